"""People: accounts, passwords, second factors, sessions, activation links, and what they may do where."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _accounts()
    _credentials()
    _sessions()
    _activation_links()
    _memberships()


def downgrade() -> None:
    """Drop them."""
    for table in ("memberships", "activation_links", "sessions", "authenticators", "passwords", "accounts"):
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(64)),
        sa.Column("user_id", sa.String(64)),
        sa.Column("user_id_canonical", sa.String(200)),
        sa.Column("display_name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("email_verified", sa.Boolean, nullable=False),
        sa.Column("phone", sa.String(40)),
        sa.Column("phone_verified", sa.Boolean, nullable=False),
        sa.Column("population", sa.String(20), nullable=False),
        sa.Column("staff_role", sa.String(20)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("activated_at", UtcDateTime),
        sa.Column("rests_until", UtcDateTime),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("user_id", name="uq_accounts_user_id"),
        sa.UniqueConstraint("user_id_canonical", name="uq_accounts_user_id_canonical"),
    )
    op.create_index("ix_accounts_opened_by_reference", "accounts", ["opened_by", "reference"], unique=True)
    op.create_index("ix_accounts_email_key", "accounts", ["email_key"])
    op.create_index("ix_accounts_rests_until", "accounts", ["rests_until"])


def _credentials() -> None:
    op.create_table(
        "passwords",
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("hash", sa.String(255), nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_passwords"),
    )
    op.create_table(
        "authenticators",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("secret", sa.String(500), nullable=False),
        sa.Column("last_step", sa.Integer),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_authenticators"),
    )
    op.create_index("ix_authenticators_account_id", "authenticators", ["account_id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("acr", sa.String(40), nullable=False),
        sa.Column("amr", JsonColumn, nullable=False),
        sa.Column("auth_time", UtcDateTime, nullable=False),
        sa.Column("organization_id", sa.String(40)),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("end_reason", sa.String(40)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_account_id_ended_at", "sessions", ["account_id", "ended_at"])
    op.create_index("ix_sessions_open", "sessions", ["ended_at", "ends_at"])


def _activation_links() -> None:
    op.create_table(
        "activation_links",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("return_url", sa.String(2000), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_activation_links"),
        sa.UniqueConstraint("secret_hash", name="uq_activation_links_secret_hash"),
    )
    op.create_index("ix_activation_links_account_id", "activation_links", ["account_id"])
    op.create_index("ix_activation_links_expires_at", "activation_links", ["expires_at"])


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("organization_id", sa.String(64), nullable=False),
        sa.Column("organization", JsonColumn, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("functions", JsonColumn, nullable=False),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_account_id", "memberships", ["account_id"])
    op.create_index("ix_memberships_organization_id", "memberships", ["organization_id"])
