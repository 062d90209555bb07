"""People's main address follows identity, in an order of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the order of what identity tells of contact points."""
    op.add_column("people", sa.Column("contact_sequence", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("people") as people:
        people.drop_column("contact_sequence")
