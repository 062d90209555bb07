"""Compile one schedule version into lines of instants, a year at a time and only when somebody asks for that year."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Lock

from availability.calendars.decide import Line, Notice, Reason, Verdict, decide
from availability.calendars.schedule import Calendar, Kind, Outage, Schedule
from availability.calendars.spans import ENDLESS, Cover, Span, cover, dated, weekly

FIRST_YEAR, LAST_YEAR = 1900, 2999
YEARS_KEPT = 16
_MARGIN = timedelta(days=40)
_AROUND = timedelta(days=3 * 366)

_State = tuple[bool, Reason | None, Notice | None, str | None]


@dataclass(frozen=True, slots=True)
class _Layers:
    """Everything that bears on one calendar, as covers; the parent's line last."""

    calendar: Calendar
    hours: Cover
    closures: Cover
    openings: Cover
    allowances: Cover
    outages: tuple[tuple[Cover, str], ...]
    parent: Line | None

    def state(self, instant: datetime) -> _State:
        """Maintenance wins over a closure, a closure over an opening, an opening over the weekly windows."""
        for span, outage in self.outages:
            if span.holds(instant):
                return False, Reason.MAINTENANCE, None, outage
        above = decide(self.parent, instant) if self.parent else None
        if above and not above.open:
            return False, above.reason, None, above.outage
        if self.closures.holds(instant) or not self._within_hours(instant):
            return False, Reason.FUNCTION_CLOSED, None, None
        warned = self.allowances.holds(instant) or (above is not None and above.notice is not None)
        return True, None, Notice.MAINTENANCE_ALLOWED if warned else None, None

    def _within_hours(self, instant: datetime) -> bool:
        return self.calendar.always or self.openings.holds(instant) or self.hours.holds(instant)

    def edges(self) -> Iterator[datetime]:
        for layer in (self.hours, self.closures, self.openings, self.allowances, *(span for span, _ in self.outages)):
            yield from layer.edges()
        if self.parent:
            yield from self.parent.instants


def _outage_cover(outage: Outage) -> Cover:
    return cover([(outage.starts, outage.ends or ENDLESS)])


def _dated_spans(schedule: Schedule, chain: Iterable[str]) -> list[Span]:
    names = frozenset(chain)
    found = [(outage.starts, outage.ends or outage.starts) for outage in schedule.outages if outage.calendars & names]
    for name in names:
        calendar = schedule.calendars[name]
        for kind in Kind:
            found.extend(dated(calendar.exceptions, kind, calendar.zone))
    return found


def _reach(spans: list[Span], low: datetime, high: datetime) -> Span:
    """Widen the range so that dated things near it are seen whole: their ends are what `until` has to name."""
    near = [(start, end) for start, end in spans if start < high + _AROUND and end > low - _AROUND]
    widest = (min([low, *(start for start, _ in near)]), max([high, *(end for _, end in near)]))
    return widest[0] - _MARGIN, widest[1] + _MARGIN


def _layers(schedule: Schedule, name: str, low: datetime, high: datetime) -> _Layers:
    calendar = schedule.calendars[name]
    zone = calendar.zone
    return _Layers(
        calendar,
        cover(weekly(calendar.windows, zone, low, high)),
        cover(dated(calendar.exceptions, Kind.CLOSURE, zone)),
        cover(dated(calendar.exceptions, Kind.OPENING, zone)),
        cover(weekly(calendar.allowances, zone, low, high)),
        tuple((_outage_cover(outage), outage.id) for outage in schedule.outages if name in outage.calendars),
        _compile(schedule, calendar.part_of, low, high) if calendar.part_of else None,
    )


def _compile(schedule: Schedule, name: str, low: datetime, high: datetime) -> Line:
    layers = _layers(schedule, name, low, high)
    instants: list[datetime] = []
    states: list[_State] = []
    for instant in [low, *sorted({edge for edge in layers.edges() if low < edge < high})]:
        state = layers.state(instant)
        if not states or states[-1] != state:
            instants.append(instant)
            states.append(state)
    return Line(instants, list(_verdicts(instants, states)))


def _verdicts(instants: list[datetime], states: list[_State]) -> Iterator[Verdict]:
    """Give every state its neighbours: since, until, next open, next change."""
    count = len(states)
    since: list[datetime | None] = [None] * count
    for place, (before, now) in enumerate(pairwise(states), start=1):
        since[place] = since[place - 1] if _same(before, now) else instants[place]
    until: list[datetime | None] = [None] * count
    next_open: list[datetime | None] = [None] * count
    for place in range(count - 2, -1, -1):
        following = place + 1
        until[place] = until[following] if _same(states[place], states[following]) else instants[following]
        next_open[place] = instants[following] if states[following][0] else next_open[following]
    for place, state in enumerate(states):
        changes = instants[place + 1] if place + 1 < count else None
        yield Verdict(*state, since[place], until[place], None if state[0] else next_open[place], changes)


def _same(one: _State, other: _State) -> bool:
    """Whether two states are one stay: a notice alone does not open or close anything."""
    return (one[0], one[1], one[3]) == (other[0], other[1], other[3])


class Timetable:
    """A schedule version with its compiled lines; safe to share between threads, grows by the years asked for."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._lines: dict[tuple[str, int], Line] = {}
        self._growing = Lock()

    def line(self, calendar: str, year: int) -> Line:
        """The compiled line that is exact for every instant of a UTC year; KeyError for an unknown calendar."""
        found = self._lines.get((calendar, year))
        return self._grow(calendar, year) if found is None else found

    def _grow(self, calendar: str, year: int) -> Line:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
        begins, ends = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        low, high = _reach(_dated_spans(self.schedule, self.schedule.chain(calendar)), begins, ends)
        line = _compile(self.schedule, calendar, low, high)
        with self._growing:
            if len(self._lines) >= YEARS_KEPT * len(self.schedule.calendars):
                self._lines.clear()
            self._lines[calendar, year] = line
        return line

    def at(self, calendar: str, instant: datetime) -> Verdict:
        """The verdict of a calendar at an aware instant."""
        moment = instant.astimezone(UTC)
        return decide(self.line(calendar, moment.year), moment)

    def function(self, function: str, instant: datetime) -> Verdict:
        """The verdict of a function; KeyError when the schedule does not know it."""
        return self.at(self.schedule.functions[function], instant)

    def pieces(self, calendar: str, low: datetime, high: datetime) -> Iterator[tuple[datetime, datetime, Verdict]]:
        """Every piece of [low, high) with one verdict, in order, open and closed alike, clipped to the range."""
        moment = low
        while moment < high:
            verdict = self.at(calendar, moment)
            ends = min(verdict.changes or high, high)
            yield moment, ends, verdict
            moment = ends

    def stays(self, calendar: str, low: datetime, high: datetime) -> Iterator[tuple[datetime, datetime, Verdict]]:
        """Every stay (open, or closed for one reason) that touches [low, high), whole where its ends are known."""
        moment = low
        while moment < high:
            verdict = self.at(calendar, moment)
            yield verdict.since or low, verdict.until or high, verdict
            moment = verdict.until or high
