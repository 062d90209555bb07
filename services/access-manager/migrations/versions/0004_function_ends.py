"""A membership names its lines of business, its functions with an end of their own, and the link it comes through."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; empty means: every line, no end of its own, no link."""
    op.add_column("memberships", sa.Column("lines", JsonColumn, nullable=False, server_default="[]"))
    op.add_column("memberships", sa.Column("function_ends", JsonColumn, nullable=False, server_default="{}"))
    op.add_column("memberships", sa.Column("link_id", sa.String(length=64)))
    op.create_index("ix_memberships_link_id", "memberships", ["link_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_memberships_link_id", "memberships")
    for column in ("link_id", "function_ends", "lines"):
        op.drop_column("memberships", column)
