"""Terms of use, as identity tells of them: which versions count from when, and what each person accepted."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both. Until identity tells of a version nobody is asked for one."""
    op.create_table(
        "terms_versions",
        sa.Column("version", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("effective_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_terms_versions"),
    )
    op.add_column("people", sa.Column("terms_version", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("people", "terms_version")
    op.drop_table("terms_versions")
