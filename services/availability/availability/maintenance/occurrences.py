"""When a maintenance that repeats happens: the same local hours, again and again. Pure.

An occurrence is a maintenance of its own from the beginning: it can be moved, begun early, ended early or cancelled
without a word about the others.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from availability.calendars.walltime import first_pass, last_pass, local
from availability.maintenance.states import Repeat

MOST = 60
FURTHEST = timedelta(days=400)

Times = tuple[datetime, datetime | None]


class Fault(StrEnum):
    """Why nothing can be repeated so."""

    NO_START = "no_start"
    NO_COUNT = "no_count"
    TOO_MANY = "too_many"
    RUNS_INTO_ITSELF = "runs_into_itself"


def occurrences(
    starts: datetime | None, ends: datetime | None, repeat: Repeat | None, zone: ZoneInfo
) -> list[tuple[datetime | None, datetime | None]] | Fault:
    """Every start and end, the first one as it was given; or why not.

    The hours stay those of the wall clock: Sunday 02:00 is Sunday 02:00 after a change of the clocks, too, by the
    same rules as opening hours (a missing time moves forward, a repeated one is its first pass for a start).
    """
    if repeat is None:
        return [(starts, ends)]
    if starts is None:
        return Fault.NO_START
    if (repeat.times is None) == (repeat.until is None):
        return Fault.NO_COUNT
    if ends is not None and ends - starts > timedelta(days=repeat.every_days):
        return Fault.RUNS_INTO_ITSELF
    found: list[tuple[datetime | None, datetime | None]] = []
    number = 0
    while _goes_on(starts, repeat, number, zone):
        if number == MOST or repeat.every_days * number > FURTHEST.days:
            return Fault.TOO_MANY
        found.append(_moved(starts, ends, timedelta(days=repeat.every_days * number), zone))
        number += 1
    return found or Fault.NO_COUNT


def _goes_on(starts: datetime, repeat: Repeat, number: int, zone: ZoneInfo) -> bool:
    if repeat.times is not None:
        return number < repeat.times
    day = local(starts, zone).date() + timedelta(days=repeat.every_days * number)
    return repeat.until is not None and day <= repeat.until


def _moved(starts: datetime, ends: datetime | None, by: timedelta, zone: ZoneInfo) -> Times:
    if not by:
        return starts, ends
    return first_pass(_wall(starts, zone) + by, zone), last_pass(_wall(ends, zone) + by, zone) if ends else None


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return local(instant, zone).replace(tzinfo=None, fold=0)
