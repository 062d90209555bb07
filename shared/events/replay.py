"""An operator's decision on a parked event: once more through the same door, or set aside for good."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from shared.db import claimed
from shared.db.floor import parked_events
from shared.errors import conflict, not_found
from shared.events.faults import HandlerFailedError, RefusedError
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.service import SYSTEM, Actor, Context, Work

_PARKED = parked_events.c.state == "parked"


@dataclass(frozen=True)
class Replay:
    """What a replay came to. `taken` False without an error means that the event had been handled meanwhile."""

    taken: bool
    error: str | None = None


def replay(inbox: Inbox, parked_id: str, actor: Actor | None = None) -> Replay:
    """Run a parked event through the inbox once more.

    An event that fails again stays parked with the new error. Raises Problem 404 for an unknown id, 409 for an event
    that is settled: of two operators at once, one replays.
    """
    try:
        with inbox.context.transaction(actor) as work:
            operator, row = work.actor, _settle(work, parked_id, "replayed", None)
            event = inbox.read(Delivery(row.sender, row.type, row.body))
            work.actor = SYSTEM  # the effects are the event's; only the replay is the operator's
            taken = bool(inbox.take(work, [event]))
            work.actor, work.request_id = operator, ""
            work.audit("event.replayed", target=parked_id, after={"type": row.type, "taken": taken})
    except (HandlerFailedError, RefusedError) as failure:
        with inbox.context.database.transaction() as session:
            _note_failure(session, parked_id, str(failure))
        return Replay(taken=False, error=str(failure))
    return Replay(taken)


def discard(context: Context, parked_id: str, reason: str, actor: Actor | None = None) -> None:
    """Set a parked event aside for good; raises Problem 404 or 409, or ValueError without a reason."""
    if not reason.strip():
        raise ValueError("discarding an event needs a reason")
    with context.transaction(actor) as work:
        row = _settle(work, parked_id, "discarded", reason)
        work.audit("event.discarded", target=parked_id, before={"type": row.type}, reason=reason)


def _settle(work: Work, parked_id: str, state: str, reason: str | None) -> Row[Any, Any, Any, Any]:
    mine = parked_events.c.id == parked_id
    values = {"state": state, "settled_at": work.now, "settled_by": work.actor.id, "settled_reason": reason}
    won = claimed(work.session.execute(update(parked_events).where(mine, _PARKED).values(values)))
    columns = (parked_events.c.sender, parked_events.c.type, parked_events.c.body, parked_events.c.state)
    row = work.session.execute(select(*columns).where(mine)).one_or_none()
    if row is None:
        raise not_found("There is no parked event with this id.")
    if not won:
        raise conflict("event-settled", f"The event has been {row.state} already.")
    return row


def _note_failure(session: Session, parked_id: str, error: str) -> None:
    mine = parked_events.c.id == parked_id
    values = {"error": error[:2000], "attempts": parked_events.c.attempts + 1}
    session.execute(update(parked_events).where(mine, _PARKED).values(values))
