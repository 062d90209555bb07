"""What an author should look at twice before publishing: nothing here is forbidden, all of it is often a slip. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from availability.calendars.schedule import Calendar, Schedule, Window
from availability.calendars.walltime import first_pass, is_missing, last_pass

SHORT_GAP = timedelta(hours=1)
LOOKS_AHEAD = timedelta(days=730)
_WEEK = 7 * 24 * 60
_DAY = timedelta(days=1)


class Slip(StrEnum):
    """What stands out."""

    OVERLAP = "overlap"
    SHORT_GAP = "short_gap"
    MISSING_TIME = "missing_time"
    REPEATED_TIME = "repeated_time"
    PAST_EXCEPTION = "past_exception"
    NEVER_OPEN = "never_open"


@dataclass(frozen=True, slots=True)
class Advice:
    """One remark about a calendar; `at` is a local wall time ("monday 05:00" or a date with a time)."""

    calendar: str
    slip: Slip
    at: str


def advice(schedule: Schedule, now: datetime) -> list[Advice]:
    """Every remark about a schedule, calendar by calendar."""
    return [remark for one in schedule.calendars.values() for remark in _of(one, now)]


def _of(one: Calendar, now: datetime) -> Iterator[Advice]:
    if not one.always and not one.windows and not one.exceptions:
        yield Advice(one.id, Slip.NEVER_OPEN, "")
    for slip, minute in _joints(one.windows):
        yield Advice(one.id, slip, _weekly(minute))
    for slip, wall in _clock_changes(one, now):
        yield Advice(one.id, slip, f"{wall:%Y-%m-%d %H:%M}")
    for exception in one.exceptions:
        if last_pass(exception.ends, one.zone) <= now:
            yield Advice(one.id, Slip.PAST_EXCEPTION, f"{exception.starts:%Y-%m-%d %H:%M}")


def _joints(windows: Iterable[Window]) -> Iterator[tuple[Slip, int]]:
    """Where one window of the week meets the next: overlaps, and gaps too short to be meant."""
    spans = sorted(span for window in windows for span in _minutes(window))
    if not spans:
        return
    around = [*spans, (spans[0][0] + _WEEK, spans[0][1] + _WEEK)]
    for (_starts, ends), (following, _ends) in pairwise(around):
        if following < ends:
            yield Slip.OVERLAP, following
        elif 0 < following - ends < SHORT_GAP.total_seconds() / 60:
            yield Slip.SHORT_GAP, ends


def _minutes(window: Window) -> Iterator[tuple[int, int]]:
    """The window in minutes since Monday midnight, by the wall clock."""
    for day in window.days:
        starts = day * 1440 + window.opens.hour * 60 + window.opens.minute
        ends = day * 1440 + window.closes.hour * 60 + window.closes.minute + (1440 if window.overnight else 0)
        yield starts, ends


def _weekly(minute: int) -> str:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    day, rest = divmod(minute % _WEEK, 1440)
    return f"{names[day]} {rest // 60:02}:{rest % 60:02}"


def _clock_changes(one: Calendar, now: datetime) -> Iterator[tuple[Slip, datetime]]:
    """Edges of windows on wall times that a change of the clocks skips or repeats."""
    for day in _change_days(one, now):
        for window in one.windows:
            for wall in _edges(window, day):
                if is_missing(wall, one.zone):
                    yield Slip.MISSING_TIME, wall
                elif first_pass(wall, one.zone) != last_pass(wall, one.zone):
                    yield Slip.REPEATED_TIME, wall


def _edges(window: Window, day: date) -> Iterator[datetime]:
    """The wall times at which the window opens or closes on this date."""
    if day.weekday() in window.days:
        yield datetime.combine(day, window.opens)
    begins = day - _DAY if window.overnight else day
    if begins.weekday() in window.days:
        yield datetime.combine(day, window.closes)


def _change_days(one: Calendar, now: datetime) -> Iterator[date]:
    """The local dates within two years on which the zone changes its clocks."""
    day = now.astimezone(one.zone).date()
    last = day + LOOKS_AHEAD
    while day < last:
        midnight = datetime.combine(day, datetime.min.time(), one.zone)
        if midnight.utcoffset() != (datetime.combine(day + _DAY, datetime.min.time(), one.zone)).utcoffset():
            yield day
        day += _DAY
