"""The statements of the queue: a set is carried by one worker at a time, and settled once.

A stream's first set that waits is its head. Whoever has the head carries what follows it, and nobody else does. While
a stream is not enabled, only what is about the stream itself goes out (SSF 1.0 §8.1.5).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Delete, Integer, Select, Update, bindparam, delete, func, or_, select, update

from identity.oidc.outbound.debts import Debts
from identity.signals.kinds import STREAM_UPDATED
from identity.signals.models import sets, streams
from shared.db import UtcDateTime

_set, _stream = sets.c, streams.c
ENABLED, PAUSED, PUSH = "enabled", "paused", "push"

_NOW = bindparam("now", type_=UtcDateTime)
_LIMIT = bindparam("limit", type_=Integer)
_OF_STREAM = _set.stream_id == bindparam("stream")
_WAITS = _set.settled_at.is_(None)
_MAY_GO = or_(_stream.status == ENABLED, _set.kind == STREAM_UPDATED)
_IN_ORDER = (_set.made_at, _set.id)

_WAITING = select(_set.id, _set.token).where(_OF_STREAM, _WAITS).order_by(*_IN_ORDER)
# Every set that waits, or only what is about the stream; `limit` is asked for with one more than may be told.
WAITING: Select[Any] = _WAITING.limit(_LIMIT)
ABOUT_STREAM: Select[Any] = _WAITING.where(_set.kind == STREAM_UPDATED).limit(_LIMIT)
LAST_MADE: Select[Any] = select(_set.made_at).where(_OF_STREAM, _WAITS).order_by(_set.made_at.desc()).limit(1)
# Counts no further than `limit`.
BACKLOG: Select[Any] = select(func.count()).select_from(
    select(_set.id).where(_OF_STREAM, _WAITS).limit(_LIMIT).subquery()
)
_head = sets.alias("head")
_DUE_OF_HEAD = (
    select(_head.c.due_at)
    .where(
        _head.c.stream_id == _stream.id,
        _head.c.settled_at.is_(None),
        or_(_stream.status == ENABLED, _head.c.kind == STREAM_UPDATED),
    )
    .order_by(_head.c.made_at, _head.c.id)
    .limit(1)
    .scalar_subquery()
)
STREAMS_WITH_DUE: Select[Any] = select(_stream.id, _stream.client_id).where(
    _stream.method == PUSH, _DUE_OF_HEAD <= _NOW
)
# Whether any set at all waits to be pushed, due or not: asked each second, so one that nobody has is found at once.
ANY_TO_PUSH: Select[Any] = (
    select(_stream.id)
    .where(_stream.method == PUSH, select(_set.id).where(_set.stream_id == _stream.id, _WAITS).exists())
    .limit(1)
)
NEXT: Select[Any] = (
    select(_set.id, _set.due_at)
    .join(streams, _stream.id == _set.stream_id)
    .where(_OF_STREAM, _WAITS, _MAY_GO, _stream.method == PUSH)
    .order_by(*_IN_ORDER)
    .limit(_LIMIT)
)
DEBTS = Debts(sets, _set.tries)


def settled(stream_id: str, ids: Iterable[str], outcome: str, error: str | None, now: datetime) -> Update:
    """An UPDATE that settles those of `ids` that are this stream's and wait; the others are left as they are."""
    over = {"settled_at": now, "outcome": outcome, "last_error": error}
    return update(sets).where(_set.stream_id == stream_id, _set.id.in_(list(ids)), _WAITS).values(over)


def paused(stream_id: str, reason: str, now: datetime) -> Update:
    """An UPDATE that pauses a stream which is enabled."""
    mine_still = (_stream.id == stream_id) & (_stream.status == ENABLED)
    return update(streams).where(mine_still).values(status=PAUSED, reason=reason, changed_at=now)


def begun_anew(stream_id: str, now: datetime) -> Update:
    """An UPDATE after which what waits is due, with all of its tries before it."""
    return update(sets).where(_set.stream_id == stream_id, _WAITS).values(due_at=now, tries=0)


def forgotten(stream_id: str, before: datetime, limit: int) -> Delete:
    """Delete a batch of a stream's sets that were made before an instant and still wait."""
    old = select(_set.id).where(_set.stream_id == stream_id, _WAITS, _set.made_at < before).limit(limit)
    return delete(sets).where(_set.id.in_(old))
