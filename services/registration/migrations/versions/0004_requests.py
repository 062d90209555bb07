"""Several organizations in one application, their kinds and lines of business."""

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a request says of its organization, and what ties the requests of one application together."""
    op.add_column("applications", sa.Column("batch", sa.String(40)))
    op.add_column("applications", sa.Column("organization_kind", sa.String(20)))
    op.add_column("applications", sa.Column("lines", JsonColumn))
    op.create_index("ix_applications_batch", "applications", ["batch"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_applications_batch", "applications")
    for column in ("lines", "organization_kind", "batch"):
        op.drop_column("applications", column)
