"""What is owed to a stream: put in order, shown while it waits, acknowledged or refused. One function per verb."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import Row, insert
from sqlalchemy.orm import Session

from identity.oidc.keys.ring import KeyRing
from identity.oidc.outbound.patience import Outcome
from identity.oidc.provider import Provider
from identity.signals import kinds
from identity.signals.delivery.models import (
    ABOUT_STREAM,
    BACKLOG,
    ENABLED,
    LAST_MADE,
    PAUSED,
    WAITING,
    begun_anew,
    paused,
    settled,
)
from identity.signals.delivery.schedule import MOST_WAITING
from identity.signals.models import SignalStream, sets
from shared.db import changed, claimed
from shared.service import Work

SET_TYPE = "secevent+jwt"  # RFC 8417 §2.3
ALGORITHM = "RS256"  # what the interoperability profile of CAEP wants of all events, whatever a client's ID tokens have
TOO_MANY = "too many events wait for their receiver"
_STEP = timedelta(microseconds=1)
_log = structlog.get_logger("signals")


def put(work: Work, stream: SignalStream, claims: Mapping[str, object]) -> str:
    """Owe a stream one set and return its `jti`. `claims`: `sub_id`, `events` with one event, and what else is said.

    The token is made once: whatever is tried again is the very same. Sets that one lock follows after the other (the
    account's) wait in the order in which they were made, by clocks that differ as well.
    """
    events = cast("Mapping[str, object]", claims["events"])
    (kind,) = events
    set_id, now = work.ids.new("set"), work.context.clock.now()
    last = cast("datetime | None", work.session.execute(LAST_MADE, {"stream": stream.id}).scalar())
    row = {
        "id": set_id,
        "stream_id": stream.id,
        "kind": kind,
        "token": _signed(work, stream, set_id, claims, now),
        "made_at": max(now, last + _STEP) if last else now,
        "due_at": now,
        "tries": 0,
    }
    work.session.execute(insert(sets).values(row))
    return set_id


def offer(work: Work, stream: SignalStream, claims: Mapping[str, object]) -> str | None:
    """The same for a stream that has room; one that has none is paused, and its receiver is told of that alone."""
    asked = {"stream": stream.id, "limit": MOST_WAITING}
    if work.session.execute(BACKLOG, asked).scalar_one() < MOST_WAITING:
        return put(work, stream, claims)
    pause(work, stream, TOO_MANY)
    return None


def pause(work: Work, stream: SignalStream, reason: str) -> bool:
    """Pause a stream that is enabled, and owe its receiver the news (SSF 1.0 §8.1.5); False where it is not enabled.

    What waits is kept, and is due with all of its tries before it as soon as the receiver enables the stream again.
    """
    if not claimed(work.session.execute(paused(stream.id, reason, work.now))):
        return False
    work.session.execute(begun_anew(stream.id, work.now))
    event = {kinds.STREAM_UPDATED: {"status": PAUSED, "reason": reason}}
    put(work, stream, {"sub_id": kinds.of_stream(stream.id), "events": event, "txn": work.ids.new("txn")})
    work.audit("signal_stream.turned", target=stream.id, after={"status": PAUSED}, reason=reason)
    _log.warning("stream_paused", stream=stream.id, client=stream.client_id, why=reason)
    return True


def waiting(session: Session, stream: SignalStream, limit: int) -> Sequence[Row[Any]]:
    """Return (id, token) of at most `limit` sets that wait, in order; while it is not enabled, only news of itself."""
    statement = WAITING if stream.status == ENABLED else ABOUT_STREAM
    return session.execute(statement, {"stream": stream.id, "limit": limit}).all()


def acknowledge(work: Work, stream_id: str, ids: Iterable[str]) -> int:
    """Settle sets that their receiver has (RFC 8936 §2.4.2); return how many. Others' are not touched."""
    return changed(work.session.execute(settled(stream_id, ids, Outcome.TAKEN, None, work.now)))


def refuse(work: Work, stream_id: str, set_id: str, code: str) -> bool:
    """Settle a set that its receiver will not have, with its error code (RFC 8936 §2.6)."""
    refused = changed(work.session.execute(settled(stream_id, [set_id], Outcome.REFUSED, code, work.now))) == 1
    if refused:
        _log.warning("set_refused", stream=stream_id, set=set_id, code=code)
    return refused


def _signed(work: Work, stream: SignalStream, set_id: str, claims: Mapping[str, object], now: datetime) -> str:
    """RFC 8417 §2.2, SSF 1.0 §4.1: the audience is the client; no `exp` and no `sub`."""
    issuer, iat = work.context.part(Provider).issuer, int(now.timestamp())
    said = {"iss": issuer, "aud": stream.client_id, "iat": iat, "jti": set_id, **claims}
    return work.context.part(KeyRing).sign(said, typ=SET_TYPE, algorithm=ALGORITHM)
