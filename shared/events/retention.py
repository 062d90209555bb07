"""How long the floor keeps what it no longer needs. The audit is kept for good."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, select

from shared.db import Database
from shared.db.floor import inbox, notices, parked_events

INBOX_DAYS = 30  # longer than any broker keeps an event; older duplicates are stopped by their sequence
PARKED_DAYS = 90  # settled ones
NOTICES_DAYS = 30  # sent or given up; their text is long gone
_BATCH = 5000


def sweep(database: Database, now: datetime) -> int:
    """Delete what is past its time, in short transactions; return how many rows went."""
    settled = parked_events.c.state != "parked"
    return (
        _delete(database, inbox, inbox.c.received_at < now - timedelta(days=INBOX_DAYS))
        + _delete(database, parked_events, settled & (parked_events.c.settled_at < now - timedelta(days=PARKED_DAYS)))
        + _delete(database, notices, notices.c.settled_at < now - timedelta(days=NOTICES_DAYS))
    )


def _delete(database: Database, table: Table, past: ColumnElement[bool]) -> int:
    key = next(iter(table.primary_key.columns))
    total = 0
    while True:
        with database.transaction() as session:
            old = select(key).where(past).limit(_BATCH)
            count = len(session.execute(delete(table).where(key.in_(old)).returning(key)).all())
        total += count
        if count < _BATCH:
            return total
