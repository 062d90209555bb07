"""A week of one calendar as bars and words: what the status page draws and says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from availability.calendars.compiled import Timetable
from availability.calendars.decide import Verdict
from availability.calendars.schedule import Calendar
from availability.calendars.walltime import local, midnight, next_day

DAY = timedelta(days=1)
WIDTH = 1440
"""The width of a day's picture: a minute each, on an ordinary day."""


class Paint(StrEnum):
    """How a piece of a day is drawn."""

    OPEN = "open"
    NOTICE = "notice"
    CLOSED = "closed"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of a day's picture."""

    x: int
    width: int
    paint: Paint


@dataclass(frozen=True, slots=True)
class Hours:
    """An open piece of a day; None where it goes on beyond the day."""

    opens: datetime | None
    closes: datetime | None


@dataclass(frozen=True, slots=True)
class DayRow:
    """A local day: picture, open hours, and where the present moment lies (None on other days)."""

    date: date
    bars: tuple[Bar, ...]
    hours: tuple[Hours, ...]
    ordinary: bool
    now: int | None


def week(timetable: Timetable, calendar: Calendar, at: datetime, count: int = 7) -> Iterator[DayRow]:
    """The local day of `at` and those after it."""
    day = local(at, calendar.zone).date()
    for _ in range(count):
        yield _row(timetable, calendar, day, at)
        day = next_day(day)


def _row(timetable: Timetable, calendar: Calendar, day: date, at: datetime) -> DayRow:
    low, high = midnight(day, calendar.zone), midnight(next_day(day), calendar.zone)
    pieces = list(timetable.pieces(calendar.id, low, high))

    def place(instant: datetime) -> int:
        return round((instant - low) / (high - low) * WIDTH)

    bars = tuple(Bar(place(start), place(end) - place(start), _paint(verdict)) for start, end, verdict in pieces)
    now = place(at) if low <= at < high else None
    return DayRow(day, bars, tuple(_hours(pieces, low, high)), high - low == DAY, now)


def _hours(pieces: list[tuple[datetime, datetime, Verdict]], low: datetime, high: datetime) -> Iterator[Hours]:
    for is_open, group in groupby(pieces, lambda piece: piece[2].open):
        run = list(group)
        if is_open:
            opens, closes = run[0][0], run[-1][1]
            yield Hours(None if opens == low else opens, None if closes == high else closes)


def _paint(verdict: Verdict) -> Paint:
    if verdict.open:
        return Paint.NOTICE if verdict.notice else Paint.OPEN
    return Paint.MAINTENANCE if verdict.outage else Paint.CLOSED
