"""Compile one schedule version into lines of instants, a year at a time and only when somebody asks for that year."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Lock

from availability.calendars.decide import Line, Notice, Reason, Verdict, decide
from availability.calendars.schedule import ANYBODY, Asker, Calendar, Kind, Schedule
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
    outages: tuple[tuple[datetime, datetime, str], ...]
    parent: Line | None

    def state(self, instant: datetime) -> _State:
        """Maintenance wins over a closure, a closure over an opening, an opening over the weekly windows."""
        for starts, ends, outage in self.outages:
            if starts <= instant < ends:
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
        for layer in (self.hours, self.closures, self.openings, self.allowances):
            yield from layer.edges()
        for starts, ends, _outage in self.outages:
            yield starts
            yield ends
        if self.parent:
            yield from self.parent.instants


def _dated_spans(schedule: Schedule, chain: Iterable[str], asker: Asker) -> list[Span]:
    names = frozenset(chain)
    near = [one for one in schedule.outages if any(one.closes(name, asker) for name in names)]
    found = [(outage.starts, outage.ends or outage.starts) for outage in near]
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


def _outages(schedule: Schedule, name: str, asker: Asker) -> Iterator[tuple[datetime, datetime, str]]:
    for one in schedule.outages:
        ends = one.ends or ENDLESS
        if one.closes(name, asker) and one.starts < ends:
            yield one.starts, ends, one.id


def _layers(schedule: Schedule, name: str, asker: Asker, low: datetime, high: datetime) -> _Layers:
    calendar = schedule.calendars[name]
    zone = calendar.zone
    return _Layers(
        calendar,
        cover(weekly(calendar.windows, zone, low, high)),
        cover(dated(calendar.exceptions, Kind.CLOSURE, zone)),
        cover(dated(calendar.exceptions, Kind.OPENING, zone)),
        cover(weekly(calendar.allowances, zone, low, high)),
        tuple(_outages(schedule, name, asker)),
        # what is said of the function is said once, here
        _compile(schedule, calendar.part_of, replace(asker, function=None), low, high) if calendar.part_of else None,
    )


def _compile(schedule: Schedule, name: str, asker: Asker, low: datetime, high: datetime) -> Line:
    layers = _layers(schedule, name, asker, low, high)
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
    """A schedule version with its compiled lines; safe to share between threads, grows by the years asked for.

    Most answers are the same for everybody. Only functions, clients and kinds that some maintenance names have lines
    of their own: `clients` and `kinds` say which those are.
    """

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.clients = frozenset().union(*(one.clients | one.allowed_clients for one in schedule.outages))
        self.kinds = frozenset().union(*(one.allowed for one in schedule.outages))
        self._functions = frozenset().union(*(one.functions for one in schedule.outages))
        self._lines: dict[tuple[str, int, Asker | None], Line] = {}
        self._growing = Lock()

    def line(self, calendar: str, year: int, asker: Asker | None = None) -> Line:
        """The compiled line that is exact for every instant of a UTC year; KeyError for an unknown calendar."""
        found = self._lines.get((calendar, year, asker))
        return self._grow(calendar, year, asker) if found is None else found

    def _grow(self, calendar: str, year: int, asker: Asker | None) -> Line:
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
        begins, ends = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
        spans = _dated_spans(self.schedule, self.schedule.chain(calendar), asker or ANYBODY)
        line = _compile(self.schedule, calendar, asker or ANYBODY, *_reach(spans, begins, ends))
        with self._growing:
            if len(self._lines) >= YEARS_KEPT * len(self.schedule.calendars):
                self._lines.clear()
            self._lines[calendar, year, asker] = line
        return line

    def at(self, calendar: str, instant: datetime, asker: Asker | None = None) -> Verdict:
        """The verdict of a calendar at an aware instant."""
        moment = instant.astimezone(UTC)
        return decide(self.line(calendar, moment.year, asker), moment)

    def function(
        self, function: str, instant: datetime, client: str | None = None, kinds: frozenset[str] = frozenset()
    ) -> Verdict:
        """The verdict of a function for a client (None: for no client by name); KeyError for an unknown function."""
        return self.at(self.schedule.functions[function], instant, self.asker(function, client, kinds))

    def asker(self, function: str, client: str | None = None, kinds: frozenset[str] = frozenset()) -> Asker | None:
        """Who it is as far as an answer depends on it: strangers with invented names grow no lines."""
        named = function if function in self._functions else None
        known = client if client in self.clients else None
        meant = Asker(named, known, kinds & self.kinds)
        return None if meant == ANYBODY else meant

    def pieces(
        self, calendar: str, low: datetime, high: datetime, asker: Asker | None = None
    ) -> Iterator[tuple[datetime, datetime, Verdict]]:
        """Every piece of [low, high) with one verdict, in order, open and closed alike, clipped to the range."""
        moment = low
        while moment < high:
            verdict = self.at(calendar, moment, asker)
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
