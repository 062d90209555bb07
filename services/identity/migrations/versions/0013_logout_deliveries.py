"""Logout tokens on their way to the apps of an ended session."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, and the way from a session to its grants."""
    op.create_table(
        "oidc_logout_deliveries",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("session_id", sa.String(40), nullable=False),
        sa.Column("client_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(40), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("last_error", sa.String(200)),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("outcome", sa.String(10)),
        sa.PrimaryKeyConstraint("id", name="pk_oidc_logout_deliveries"),
        sa.UniqueConstraint("session_id", "client_id", name="uq_oidc_logout_deliveries_session_id_client_id"),
    )
    op.create_index("ix_oidc_logout_deliveries_settled_at_due_at", "oidc_logout_deliveries", ["settled_at", "due_at"])
    op.create_index("ix_oidc_grants_session_id", "oidc_grants", ["session_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_oidc_grants_session_id", "oidc_grants")
    op.drop_table("oidc_logout_deliveries")
