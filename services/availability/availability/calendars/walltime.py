"""Local wall time to instants: the one place that knows what a clock change does.

A time zone's wall clock is not a line: in spring an hour is missing, in autumn one is repeated. The rules
(domain page, section 6): a local time that does not exist moves forward by the length of the gap, as RFC 5545
section 3.3.5 reads it; a repeated one takes the first pass for a start and the last pass for an end.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def of_this_century(moment: datetime) -> bool:
    """Whether hours may name it: a span to the end of time is compiled to the end of time, whose edges are no instants.

    One slip of the year would close everything.
    """
    return moment.year // 100 == 20


def first_pass(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant a naive local time begins: first pass when repeated, moved forward when missing."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def last_pass(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant a naive local time ends: last pass when repeated, moved forward when missing.

    Of the two readings PEP 495 offers, the later one is the last pass of a repeated time and, because a missing
    time is read with the offset before the gap, also the one that moves forward.
    """
    return max(wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def is_missing(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of the zone skip this naive local time."""
    return first_pass(wall, zone).astimezone(zone).replace(tzinfo=None) != wall


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant on the zone's wall clock (aware)."""
    return instant.astimezone(zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant a local day begins."""
    return first_pass(datetime.combine(day, time()), zone)


def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)
