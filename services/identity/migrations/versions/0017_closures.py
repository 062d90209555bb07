"""Whether the website is closed for maintenance, as availability told."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "closures",
        sa.Column("calendar", sa.String(100), primary_key=True),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("until", UtcDateTime),
        sa.Column("sequence", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("closures")
