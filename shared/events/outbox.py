"""The outbox: what a transaction promises to tell the others, stored with what it changed.

Order: rows are numbered as they are inserted, and an aggregate's version is guarded by its own row, so two events of
one subject are numbered in the order of their sequences. The relay keeps that order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.contracts import CONTRACTS, ContractError, EventContract
from shared.db.floor import outbox
from shared.events.event import MAX_BYTES, Event
from shared.together import put


@dataclass(frozen=True)
class Depth:
    """How much waits to be sent, and since when."""

    waiting: int
    oldest_at: datetime | None


def add(session: Session, event: Event, contracts: Mapping[str, EventContract] = CONTRACTS) -> None:
    """Promise an event with the caller's transaction.

    Raises ContractError (a ValueError) where no contract allows the event: unknown type, another service's type, a
    payload of another shape, or more than 64 KiB. Aware datetimes in `data` travel as RFC 3339 text.
    """
    contract = contracts.get(event.type)
    if contract is None:
        raise ContractError(f"{event.type} has no contract")
    body = event.to_bytes()
    if len(body) > MAX_BYTES:
        raise ContractError(f"{event.type} has {len(body)} bytes, {MAX_BYTES} are allowed")
    # What travels is checked, not what was passed in: a listener sees the bytes.
    contract.check(source=event.source, version=event.version, data=orjson.loads(body)["data"])
    row = {
        "event_id": event.id,
        "type": event.type,
        "subject": event.subject,
        "body": body,
        "created_at": event.time,
    }
    put(session, outbox, row)


def depth(session: Session) -> Depth:
    """Return what waits to be sent: the first thing to look at when listeners seem deaf."""
    waiting, oldest = session.execute(select(func.count(), func.min(outbox.c.created_at))).one()
    return Depth(waiting, oldest)
