"""The proofs of a review's revokes with the form of its evidence, and where to look for ends that nobody told."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Reviews that are there already keep the evidence that was sealed for them: form 1, without these answers."""
    op.add_column("reviews", sa.Column("evidence_format", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("review_items", sa.Column("later_decisions", JsonColumn, nullable=False, server_default="[]"))
    untold = sa.text("status = 'active' AND changed_at < ends_at")
    op.create_index("ix_memberships_ends_at", "memberships", ["ends_at"], sqlite_where=untold, postgresql_where=untold)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_memberships_ends_at", "memberships")
    op.drop_column("review_items", "later_decisions")
    op.drop_column("reviews", "evidence_format")
