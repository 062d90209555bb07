"""Under which name identity makes the account of a person: one for all drafts they have side by side."""

import sqlalchemy as sa
from alembic import op

from shared.db.columns import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "applicants",
        sa.Column("person_key", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(40), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person_key", name="pk_applicants"),
    )
    op.create_index("ix_applicants_claimed_at", "applicants", ["claimed_at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("applicants")
