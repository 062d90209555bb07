"""Parked events: what could not be taken in, kept with the reason until an operator decides (see `replay`)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.db import insert_into
from shared.db.floor import parked_events
from shared.events.event import MAX_BYTES, Event, NotAnEventError
from shared.events.transport import Delivery


@dataclass(frozen=True)
class Parked:
    """One parked event as an operator sees it; the body is not shown, it may name people."""

    id: str
    event_id: str | None
    type: str
    sender: str
    subject: str | None
    fault: str
    error: str
    attempts: int
    state: str
    parked_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None


_SHOWN = [parked_events.c[name] for name in Parked.__dataclass_fields__]


def add(
    session: Session, delivery: Delivery, *, id: str, fault: str, error: str, attempts: int, parked_at: datetime
) -> None:
    """Park a delivery in the caller's transaction. The same bytes from the same sender are parked once, for good."""
    event = _try_to_read(delivery.body)
    values = {
        "id": id,
        "fingerprint": _fingerprint(delivery),
        "event_id": event.id if event else None,
        "type": delivery.type.replace("\x00", "")[:200],
        "sender": delivery.sender[:100],
        "subject": event.subject if event else None,
        "body": delivery.body[: MAX_BYTES + 1],  # one byte too many keeps an oversized event oversized
        "fault": fault,
        "error": error.replace("\x00", "")[:2000],
        "attempts": attempts,
        "state": "parked",
        "parked_at": parked_at,
    }
    session.execute(insert_into(session, parked_events).values(values).on_conflict_do_nothing())


def listed(session: Session, state: str = "parked", limit: int = 100) -> list[Parked]:
    """Return parked events, oldest first; `state` is parked, replayed or discarded."""
    newest_last = select(*_SHOWN).where(parked_events.c.state == state).order_by(parked_events.c.parked_at)
    return [Parked(**row._asdict()) for row in session.execute(newest_last.limit(limit))]


def waiting(session: Session) -> int:
    """Return how many events await an operator's decision."""
    count = select(func.count()).select_from(parked_events).where(parked_events.c.state == "parked")
    return int(session.execute(count).scalar_one())


def _fingerprint(delivery: Delivery) -> str:
    head = f"{delivery.sender}\n{delivery.type}\n".encode()
    return hashlib.sha256(head + delivery.body).hexdigest()


def _try_to_read(body: bytes) -> Event | None:
    try:
        return Event.from_bytes(body)
    except NotAnEventError:
        return None
