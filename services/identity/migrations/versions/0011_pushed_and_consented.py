"""Pushed authorization requests, and what people allow apps of others."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "oidc_pushed_requests",
        sa.Column("reference_hash", sa.String(64), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("parameters", JsonColumn, nullable=False),
        sa.Column("resources", JsonColumn, nullable=False),
        sa.Column("jkt", sa.String(43)),
        sa.Column("pushed_at", UtcDateTime, nullable=False),
        sa.Column("arrived_at", UtcDateTime),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("reference_hash", name="pk_oidc_pushed_requests"),
    )
    op.create_index("ix_oidc_pushed_requests_expires_at", "oidc_pushed_requests", ["expires_at"])
    op.create_table(
        "oidc_consents",
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("topics", JsonColumn, nullable=False),
        sa.Column("given_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("account_id", "client_id", name="pk_oidc_consents"),
    )
    op.create_index("ix_oidc_consents_client_id", "oidc_consents", ["client_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("oidc_consents")
    op.drop_table("oidc_pushed_requests")
