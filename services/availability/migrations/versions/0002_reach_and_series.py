"""Maintenance of single functions, for single clients, with an allow-list; occurrences of one that repeats."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; empty means: whole calendars, for everybody, nobody passes, and it does not repeat."""
    op.add_column("maintenance", sa.Column("reach", JsonColumn, nullable=False, server_default="{}"))
    op.add_column("maintenance", sa.Column("series", sa.String(40)))
    op.create_index("ix_maintenance_series", "maintenance", ["series"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_maintenance_series", "maintenance")
    for column in ("series", "reach"):
        op.drop_column("maintenance", column)
