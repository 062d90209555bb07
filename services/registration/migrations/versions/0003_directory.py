"""The directory at scale: several NPIs per TIN, addresses, the national file of NPIs, imports that go on."""

import sqlalchemy as sa
from alembic import op

from shared.db.columns import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CELLS = (
    *("organization", "first", "middle", "last", "street", "second"),
    *("city", "state", "postal", "country", "phone", "taxonomies"),
)


def upgrade() -> None:
    """Add what the directory says beyond names and numbers, and the tables of its imports."""
    op.add_column(
        "directory_entries", sa.Column("address", sa.String(400), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("directory_entries", sa.Column("domain", sa.String(255)))
    op.create_index("ix_directory_entries_phone", "directory_entries", ["phone"])
    _npis()
    _imports()


def _npis() -> None:
    op.create_table(
        "directory_npis",
        sa.Column("tin_index", sa.String(64), nullable=False),
        sa.Column("npi", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("tin_index", "npi", name="pk_directory_npis"),
    )
    op.create_index("ix_directory_npis_npi", "directory_npis", ["npi"])
    op.execute(
        "INSERT INTO directory_npis (tin_index, npi) SELECT tin_index, npi FROM directory_entries WHERE npi <> ''"
    )
    op.create_table(
        "npi_entries",
        sa.Column("generation", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("npi", sa.String(10), nullable=False),
        sa.Column("kind", sa.String(1), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _CELLS),
        sa.PrimaryKeyConstraint("generation", "npi", name="pk_npi_entries"),
    )
    op.create_table(
        "npi_switch",
        sa.Column("id", sa.String(10), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_npi_switch"),
    )
    op.execute("INSERT INTO npi_switch (id, generation) VALUES ('nppes', 0)")


def _imports() -> None:
    op.create_table(
        "directory_imports",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("layout", sa.String(10), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("file_digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("errors_size", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("inactive", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("touched_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_directory_imports"),
        sa.UniqueConstraint("generation", name="uq_directory_imports_generation"),
    )
    op.create_index(
        "ix_directory_imports_running",
        "directory_imports",
        ["layout"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
        sqlite_where=sa.text("state = 'running'"),
    )


def downgrade() -> None:
    """Remove them."""
    for table in ("directory_imports", "npi_switch", "npi_entries", "directory_npis"):
        op.drop_table(table)
    op.drop_index("ix_directory_entries_phone", "directory_entries")
    for column in ("domain", "address"):
        op.drop_column("directory_entries", column)
