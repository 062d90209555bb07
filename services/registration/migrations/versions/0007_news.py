"""Who applies again, and the indexes by which silence and a known person are found."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_INDEXED = ("due_at", "mobile")


def upgrade() -> None:
    """Add the account that began an application signed in, and the two indexes."""
    op.add_column("applications", sa.Column("applicant_account", sa.String(64)))
    for column in _INDEXED:
        op.create_index(f"ix_applications_{column}", "applications", [column])


def downgrade() -> None:
    """Remove them."""
    for column in _INDEXED:
        op.drop_index(f"ix_applications_{column}", "applications")
    op.drop_column("applications", "applicant_account")
