"""A slow and obvious second opinion: walks every minute of real time and reads the wall clock off each.

It shares no code with the product. Where the product computes instants from wall times, the oracle looks for the
minutes at which the wall clock shows them.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from availability.calendars.schedule import Calendar, DatedException, Kind, Window

MINUTE = timedelta(minutes=1)


class WallClock:
    """Every minute of a stretch of time and what the clock on the wall showed then."""

    def __init__(self, zone: ZoneInfo, low: datetime, high: datetime) -> None:
        self.shown: dict[datetime, list[datetime]] = {}
        instant = low
        while instant < high:
            wall = instant.astimezone(zone).replace(tzinfo=None, fold=0)
            self.shown.setdefault(wall, []).append(instant)
            instant += MINUTE

    def first(self, wall: datetime) -> datetime | None:
        """The first minute that shows it; for a skipped time, as if the clock had not been moved."""
        return self._find(wall, 0)

    def last(self, wall: datetime) -> datetime | None:
        """The last minute that shows it."""
        return self._find(wall, -1)

    def _find(self, wall: datetime, place: int) -> datetime | None:
        if wall in self.shown:
            return self.shown[wall][place]
        # a skipped time: walk back to a minute the clock did show, and let as much real time pass
        back = timedelta(0)
        while back < timedelta(hours=25):
            back += MINUTE
            if wall - back in self.shown:
                return self.shown[wall - back][-1] + back
        return None


class Oracle:
    """Answers from plain lists of (start, end); no bisection, no union, no compilation."""

    def __init__(self, calendars: Mapping[str, Calendar], low: datetime, high: datetime) -> None:
        slack = timedelta(days=4)
        self.low, self.high = low, high
        self.calendars = calendars
        self.clocks = {one.id: WallClock(one.zone, low - slack, high + slack) for one in calendars.values()}

    def weekly(self, calendar: Calendar, windows: tuple[Window, ...]) -> list[tuple[datetime, datetime]]:
        """The start and end of each window on each day of the stretch."""
        found = []
        clock = self.clocks[calendar.id]
        day = (self.low - timedelta(days=3)).date()
        while day <= (self.high + timedelta(days=2)).date():
            for window in windows:
                if day.weekday() in window.days:
                    ends_on = day + timedelta(days=1) if window.closes <= window.opens else day
                    start = clock.first(datetime.combine(day, window.opens))
                    end = clock.last(datetime.combine(ends_on, window.closes))
                    if start is not None and end is not None:
                        found.append((start, end))
            day += timedelta(days=1)
        return found

    def dated(self, calendar: Calendar, kind: Kind) -> list[tuple[datetime, datetime]]:
        """The start and end of each dated exception of a kind."""
        clock = self.clocks[calendar.id]
        wanted: list[DatedException] = [one for one in calendar.exceptions if one.kind is kind]
        ends = [(clock.first(one.starts), clock.last(one.ends)) for one in wanted]
        return [(start, end) for start, end in ends if start is not None and end is not None]

    def minutes(self, name: str) -> list[tuple[datetime, bool, bool]]:
        """(minute, open, notice) for every minute of the stretch."""
        calendar = self.calendars[name]
        hours = self.weekly(calendar, calendar.windows)
        allowed = self.weekly(calendar, calendar.allowances)
        closed, opened = self.dated(calendar, Kind.CLOSURE), self.dated(calendar, Kind.OPENING)
        above = self.minutes(calendar.part_of) if calendar.part_of else None
        found = []
        instant, number = self.low, 0
        while instant < self.high:
            is_open = calendar.always or _within(instant, hours) or _within(instant, opened)
            is_open = is_open and not _within(instant, closed)
            notice = _within(instant, allowed)
            if above:
                is_open = is_open and above[number][1]
                notice = notice or above[number][2]
            found.append((instant, is_open, is_open and notice))
            instant, number = instant + MINUTE, number + 1
        return found


def _within(instant: datetime, spans: list[tuple[datetime, datetime]]) -> bool:
    return any(start <= instant < end for start, end in spans)


def utc(year: int, month: int, day: int) -> datetime:
    """A midnight in UTC."""
    return datetime(year, month, day, tzinfo=UTC)
