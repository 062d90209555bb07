"""Some functions of a membership end before it does."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when; empty: none does."""
    op.add_column("memberships", sa.Column("function_ends", JsonColumn, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("memberships", "function_ends")
