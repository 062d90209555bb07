"""One attempt to push a set: taken by one worker, and noted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from identity.signals.delivery import queue
from identity.signals.delivery.models import CLAIM, HEAD, mine
from identity.signals.delivery.schedule import LEASE, Outcome, again_at
from identity.signals.models import SignalStream
from shared.db import claimed
from shared.service import Work

AWAY_TOO_LONG = "the receiver has not taken an event for a day"


@dataclass(frozen=True)
class Attempt:
    """A set, taken for one attempt; `number` counts from 1."""

    set_id: str
    stream_id: str
    token: str
    number: int


def head_due(connection: Connection, stream_id: str, now: datetime) -> str | None:
    """Return the set that is a stream's next, where it is due; None while somebody has it or it is too early."""
    head = connection.execute(HEAD, {"stream": stream_id}).first()
    return str(head.id) if head is not None and head.due_at <= now else None


def take(work: Work, set_id: str) -> Attempt | None:
    """Take a set for one attempt; None where another worker has it, or it is over."""
    asked = {"set": set_id, "now": work.now, "until": work.now + LEASE}
    row = work.session.execute(CLAIM, asked).one_or_none()
    return Attempt(row.id, row.stream_id, row.token, row.tries) if row is not None else None


def note(work: Work, attempt: Attempt, outcome: Outcome, why: str) -> None:
    """Note what it came to: settled, or due again. After a day of failures the stream is paused, and the set kept."""
    if outcome is not Outcome.AWAY:
        error = why if outcome is Outcome.REFUSED else None
        over = {"settled_at": work.now, "outcome": outcome.value, "last_error": error}
        work.session.execute(mine(attempt.set_id, attempt.number).values(over))
        return
    due_at = again_at(attempt.number, work.now)
    later = mine(attempt.set_id, attempt.number).values(due_at=due_at or work.now, last_error=why)
    if claimed(work.session.execute(later)) and due_at is None:
        stream = work.session.get(SignalStream, attempt.stream_id)
        if stream is None or not queue.pause(work, stream, AWAY_TOO_LONG):
            _give_up(work, attempt, why)


def _give_up(work: Work, attempt: Attempt, why: str) -> None:
    """The news of a pause is tried for a day like all others, and then nobody waits for it any more."""
    over = {"settled_at": work.now, "outcome": Outcome.AWAY.value, "last_error": why}
    work.session.execute(mine(attempt.set_id, attempt.number).values(over))
