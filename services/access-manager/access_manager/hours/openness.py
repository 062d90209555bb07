"""How far a cached answer of availability may be trusted, pure.

An answer is fresh from the instant it was given until the instant it names as its next possible change, unless an
event cut it meanwhile. After that it may serve as a last known answer for `STALE_FOR`, while availability is away;
then nobody knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

STALE_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Openness:
    """What availability says about one function; `until` is the next instant this could change.

    `reason` is None, `function_closed` or `maintenance`. `stale` marks a last known answer given while availability
    is away.
    """

    open: bool
    reason: str | None = None
    until: datetime | None = None
    next_open: datetime | None = None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The cached answer: functions by id, when it was given, and when an event cut it (or None)."""

    functions: Mapping[str, Mapping[str, object]]
    checked_at: datetime | None
    cut_at: datetime | None


def fresh(snapshot: Snapshot, function: str, now: datetime, client: str = "") -> Openness | None:
    """Return the openness for a client where the answer still holds, else None.

    An answer from the future is not fresh: the clock went backwards, and windows that were over may be open again.
    """
    if snapshot.checked_at is None or snapshot.cut_at is not None or snapshot.checked_at > now:
        return None
    entry = _entry(snapshot, function, client)
    return entry if entry is not None and (entry.until is None or now < entry.until) else None


def last_known(snapshot: Snapshot, function: str, now: datetime, client: str = "") -> Openness | None:
    """Return the answer marked stale while it is at most `STALE_FOR` past its freshness, else None."""
    entry = _entry(snapshot, function, client)
    if entry is None or snapshot.checked_at is None:
        return None
    ended = earliest(entry.until, snapshot.cut_at) or snapshot.checked_at
    limit = max(ended, snapshot.checked_at) + STALE_FOR
    # A clock that went back further than that leaves nothing to compare with.
    if not snapshot.checked_at - STALE_FOR <= now < limit:
        return None
    return Openness(entry.open, entry.reason, limit, entry.next_open, stale=True)


def earliest(*instants: datetime | None) -> datetime | None:
    """Return the first of the instants that are known, or None where none is."""
    return min((instant for instant in instants if instant is not None), default=None)


def _entry(snapshot: Snapshot, function: str, client: str) -> Openness | None:
    found = snapshot.functions.get(function)
    if found is None:
        return None
    # maintenance may be for single clients, and may let single clients pass
    clients = found.get("clients")
    found = clients.get(client, found) if isinstance(clients, Mapping) else found
    reason = found.get("reason")
    return Openness(
        open=found.get("open") is True,
        reason=str(reason) if reason else None,
        until=_instant(found.get("valid_until")),
        next_open=_instant(found.get("next_open")),
    )


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
