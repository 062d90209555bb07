"""The sealed TIN of an organization beside its index, and where an applicant came from."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What we knew of it so far stood in other rows, which an import or an application may have left behind.
_FILL = """
UPDATE organizations SET tin_box = COALESCE(
  (SELECT e.tin_box FROM directory_entries e WHERE e.tin_index = organizations.tin_index),
  (SELECT MIN(a.tin_box) FROM applications a WHERE a.tin_index = organizations.tin_index)
) WHERE tin_index IS NOT NULL
"""


def upgrade() -> None:
    """Add both and fill in the TINs."""
    op.add_column("organizations", sa.Column("tin_box", sa.String(255)))
    op.execute(_FILL)
    op.add_column("applications", sa.Column("back", sa.String(2000)))


def downgrade() -> None:
    """Remove both."""
    op.drop_column("applications", "back")
    op.drop_column("organizations", "tin_box")
