"""What a session knows of its browser, its time-outs and what it still owes."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from shared.db import JsonColumn, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_NEW = {
    "device_id": sa.String(40),
    "label": sa.String(100),
    "place": sa.String(200),
    "owes": sa.String(20),
    "reasons": JsonColumn,
    "idles_at": UtcDateTime,
}
_IDLE = timedelta(minutes=60)  # of every session begun before sessions carried their own


def upgrade() -> None:
    """Add the columns; people who are signed in stay signed in, with the hour they had."""
    for name, kind in _NEW.items():
        op.add_column("sessions", sa.Column(name, kind))
    _give_idle_instants()
    op.create_index("ix_sessions_idle", "sessions", ["ended_at", "idles_at"])
    op.create_index("ix_sessions_organization", "sessions", ["organization_id", "ended_at"])
    op.create_index("ix_oidc_grants_account_id_client_id", "oidc_grants", ["account_id", "client_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_oidc_grants_account_id_client_id", "oidc_grants")
    op.drop_index("ix_sessions_organization", "sessions")
    op.drop_index("ix_sessions_idle", "sessions")
    for name in _NEW:
        op.drop_column("sessions", name)


def _give_idle_instants() -> None:
    """In Python, because the two databases add an hour in two ways; only sessions still open are written."""
    names = (
        sa.Column("id", sa.String(40)),
        sa.Column("last_seen_at", UtcDateTime),
        sa.Column("idles_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
    )
    sessions, connection = sa.Table("sessions", sa.MetaData(), *names), op.get_bind()
    still = connection.execute(sa.select(sessions.c.id, sessions.c.last_seen_at).where(sessions.c.ended_at.is_(None)))
    for row in still.all():
        mine = sa.update(sessions).where(sessions.c.id == row.id)
        connection.execute(mine.values(idles_at=row.last_seen_at + _IDLE))
