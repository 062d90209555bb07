"""The life of one maintenance, and when the clock moves it. The picture is states.mermaid, beside this file.

`allowed` is no state of a row: it is the allowance of the calendar, in which maintenance may happen and nothing is
closed yet. Only `in_effect` closes. A planned start or end counts from its instant on, at every gate alike; the
worker that writes the state down and announces it comes a moment later.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    """Where a maintenance stands."""

    SCHEDULED = "scheduled"
    IN_EFFECT = "in_effect"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Fault(StrEnum):
    """Why a wish for maintenance is refused."""

    STARTS_IN_THE_PAST = "starts_in_the_past"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    OUTSIDE_ALLOWANCE = "outside_allowance"


class Allowed(StrEnum):
    """Kinds of people and programs that an allow-list may let pass; clients are named beside it."""

    STAFF = "staff"
    PROBES = "probes"


@dataclass(frozen=True, slots=True)
class Repeat:
    """Again after so many days by the wall clock: so many times in all, or until a local date (included)."""

    every_days: int
    times: int | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: `starts_at` None means now, `ends_at` None means until it is ended.

    Of `calendars` and `functions` one is needed; with `clients` alone it is everything, for those clients.
    """

    calendars: frozenset[str]
    reason: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    emergency: bool = False
    message: tuple[tuple[str, str], ...] = ()
    functions: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    allowed_clients: frozenset[str] = frozenset()
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A wish that may be carried out: the instants it will have."""

    state: State
    starts_at: datetime
    ends_at: datetime | None


def judge(wish: Wish, now: datetime, allowance_ends: datetime | None) -> Plan | Fault:
    """Turn a wish into a plan, or say why not.

    `allowance_ends` is the end of the allowance that holds at the start, None outside any. Within an allowance a
    maintenance without an end ends with the allowance, for that is what has been promised; beyond it, only an
    emergency goes.
    """
    starts = wish.starts_at or now
    if starts < now:
        return Fault.STARTS_IN_THE_PAST
    if wish.ends_at is not None and wish.ends_at <= starts:
        return Fault.ENDS_BEFORE_IT_STARTS
    ends = wish.ends_at
    if not wish.emergency:
        if allowance_ends is None or (ends is not None and ends > allowance_ends):
            return Fault.OUTSIDE_ALLOWANCE
        ends = ends or allowance_ends
    return Plan(State.IN_EFFECT if starts <= now else State.SCHEDULED, starts, ends)
