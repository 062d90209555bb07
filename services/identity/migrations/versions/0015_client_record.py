"""What went wrong for each client lately, and dynamic registration."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the record of failures, and who may register what."""
    op.create_table(
        "oidc_client_failures",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("code", sa.String(12), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("examples", JsonColumn, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_oidc_client_failures"),
    )
    op.create_index("ix_oidc_client_failures_client_id", "oidc_client_failures", ["client_id"])
    op.create_index("ix_oidc_client_failures_last_at", "oidc_client_failures", ["last_at"])
    op.create_table(
        "oidc_initial_tokens",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("profile", sa.String(20), nullable=False),
        sa.Column("purpose", sa.String(300), nullable=False),
        sa.Column("scopes", JsonColumn, nullable=False),
        sa.Column("populations", JsonColumn, nullable=False),
        sa.Column("uses_left", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_oidc_initial_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_oidc_initial_tokens_token_hash"),
    )
    op.create_index("ix_oidc_initial_tokens_expires_at", "oidc_initial_tokens", ["expires_at"])
    op.create_table(
        "oidc_registrations",
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("initial_token_id", sa.String(40), nullable=False),
        sa.Column("scopes", JsonColumn, nullable=False),
        sa.Column("registered_at", UtcDateTime, nullable=False),
        sa.Column("rotated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("client_id", name="pk_oidc_registrations"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("oidc_registrations")
    op.drop_table("oidc_initial_tokens")
    op.drop_table("oidc_client_failures")
