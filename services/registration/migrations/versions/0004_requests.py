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
    op.create_table(
        "draft_organizations",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("application_id", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("lines", JsonColumn),
        sa.Column("has_tin", sa.Boolean(), nullable=False),
        sa.Column("tin_box", sa.String(255)),
        sa.Column("tin_index", sa.String(64)),
        sa.Column("npi", sa.String(10)),
        sa.PrimaryKeyConstraint("id", name="pk_draft_organizations"),
        sa.UniqueConstraint("application_id", "tin_index", name="uq_draft_organizations_tin"),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name="fk_draft_organizations_application_id",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("draft_organizations")
    op.drop_index("ix_applications_batch", "applications")
    for column in ("lines", "organization_kind", "batch"):
        op.drop_column("applications", column)
