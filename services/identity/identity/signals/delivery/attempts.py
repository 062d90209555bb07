"""What is next of a stream that is pushed, and what an attempt came to."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.orm import Session

from identity.oidc.outbound.patience import Attempt, Outcome
from identity.signals.delivery import queue
from identity.signals.delivery.models import DEBTS, NEXT
from identity.signals.delivery.schedule import again_at
from identity.signals.models import SignalStream
from shared.service import Work

AWAY_TOO_LONG = "the receiver has not taken an event for a day"


def due(session: Session, stream_id: str, now: datetime, most: int) -> Sequence[str]:
    """Return the first sets of a stream, in order, up to one that is not due: none while somebody carries them."""
    waiting = session.execute(NEXT, {"stream": stream_id, "limit": most})
    return [row.id for row in takewhile(lambda row: row.due_at <= now, waiting)]


def person(debt: Row[Any]) -> str:
    """Return whom a set is about, as its own claims name them; what is about the stream comes under the stream."""
    claims = debt.token.split(".")[1]
    subject = orjson.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub_id"]
    who: str = subject.get("user", subject).get("sub", debt.stream_id)
    return who


def note(work: Work, debt: Row[Any], made: Attempt) -> None:
    """Note what it came to: settled, or due again. After a day of failures the stream is paused, and the set kept."""
    if made.outcome is not Outcome.AWAY:
        DEBTS.settle(work, debt, str(made.outcome), made.why if made.outcome is Outcome.REFUSED else None)
        return
    due_at = again_at(DEBTS.number(debt), work.now, made.asked)
    if DEBTS.again(work, debt, due_at or work.now, made.why) and due_at is None:
        stream = work.session.get(SignalStream, debt.stream_id)
        if stream is None or not queue.pause(work, stream, AWAY_TOO_LONG):
            # The news of a pause is tried for a day like all others, and then nobody waits for it any more.
            DEBTS.settle(work, debt, Outcome.AWAY, made.why)
