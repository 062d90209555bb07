"""Managers are reminded of requests that wait."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when managers are reminded next, and when after that."""
    op.add_column("approvals", sa.Column("remind_at", UtcDateTime))
    op.add_column("approvals", sa.Column("later_reminders", JsonColumn))
    op.create_index("ix_approvals_remind_at", "approvals", ["remind_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_approvals_remind_at", "approvals")
    for column in ("later_reminders", "remind_at"):
        op.drop_column("approvals", column)
