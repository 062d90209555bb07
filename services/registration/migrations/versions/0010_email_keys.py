"""E-mail addresses as they are compared: without their capitals, and found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_applications = sa.table("applications", sa.column("id"), sa.column("email"), sa.column("email_key"))
_AT_ONCE = 1_000


def upgrade() -> None:
    """Add the column, fill it as the code does, and look addresses up by it alone."""
    op.add_column("applications", sa.Column("email_key", sa.String(400)))
    _fill(op.get_bind())
    op.create_index("ix_applications_email_key", "applications", ["email_key"])
    op.drop_index("ix_applications_email", "applications")


def downgrade() -> None:
    """Remove it."""
    op.create_index("ix_applications_email", "applications", ["email"])
    op.drop_index("ix_applications_email_key", "applications")
    op.drop_column("applications", "email_key")


def _fill(connection: sa.Connection) -> None:
    """Python's own way to leave capitals out, in bites: databases disagree about letters beyond ASCII."""
    table, last = _applications, ""
    filled = table.update().where(table.c.id == sa.bindparam("which")).values(email_key=sa.bindparam("key"))
    wanted = sa.select(table.c.id, table.c.email).where(table.c.email.is_not(None)).order_by(table.c.id)
    while rows := connection.execute(wanted.where(table.c.id > last).limit(_AT_ONCE)).all():
        connection.execute(filled, [{"which": row.id, "key": row.email.casefold()} for row in rows])
        last = rows[-1].id
