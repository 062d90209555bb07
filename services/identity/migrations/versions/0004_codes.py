"""Codes sent to people and how often they were guessed, recovery codes, holds after a re-binding, names of factors."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; add to second factors their names and the contact that codes go to."""
    _codes()
    _recovery_codes()
    op.create_table(
        "factor_holds",
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("holds_until", UtcDateTime),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_factor_holds"),
    )
    op.add_column("authenticators", sa.Column("name", sa.String(60)))
    op.add_column("authenticators", sa.Column("contact_id", sa.String(40)))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("authenticators") as authenticators:
        authenticators.drop_column("contact_id")
        authenticators.drop_column("name")
    for table in ("factor_holds", "recovery_codes", "codes", "code_runs"):
        op.drop_table(table)


def _codes() -> None:
    op.create_table(
        "code_runs",
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("bound_to", sa.String(100), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("sends", sa.Integer, nullable=False),
        sa.Column("sent_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("purpose", "bound_to", name="pk_code_runs"),
    )
    op.create_index("ix_code_runs_ends_at", "code_runs", ["ends_at"])
    op.create_table(
        "codes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("bound_to", sa.String(100), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("contact_id", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("masked", sa.String(254), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("sent_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_codes"),
    )
    for columns in (["purpose", "bound_to"], ["contact_id", "sent_at"], ["account_id", "sent_at"], ["expires_at"]):
        op.create_index(f"ix_codes_{'_'.join(columns)}", "codes", columns)


def _recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
    )
    op.create_index("ix_recovery_codes_account_id", "recovery_codes", ["account_id"])
