"""Half-open spans of instants: from windows in wall time to a tidy, disjoint, ordered cover."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from availability.calendars.schedule import DatedException, Kind, Window
from availability.calendars.walltime import first_pass, last_pass, next_day

ENDLESS = datetime.max.replace(tzinfo=UTC)
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Cover:
    """Disjoint spans in order; touching spans are one."""

    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]

    def holds(self, instant: datetime) -> bool:
        """Whether the instant lies in a span (starts belong to it, ends do not)."""
        place = bisect_right(self.starts, instant) - 1
        return place >= 0 and instant < self.ends[place]

    def edges(self) -> Iterator[datetime]:
        """Every instant at which `holds` changes."""
        yield from self.starts
        yield from self.ends

    def spans(self) -> Iterator[Span]:
        """The spans themselves, in order."""
        return zip(self.starts, self.ends, strict=True)


def cover(spans: Iterable[Span]) -> Cover:
    """The union of spans; empty ones (an end moved before its start by a clock change) vanish."""
    starts: list[datetime] = []
    ends: list[datetime] = []
    for start, end in sorted(spans):
        if end <= start:
            continue
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return Cover(tuple(starts), tuple(ends))


def weekly(windows: Iterable[Window], zone: ZoneInfo, low: datetime, high: datetime) -> Iterator[Span]:
    """Every span of the weekly windows that can touch [low, high)."""
    ordered = tuple(windows)
    # two days of slack: a window belongs to the day before it ends, and zones lie up to a day apart
    day, last = low.date() - timedelta(days=2), high.date() + timedelta(days=2)
    while day <= last:
        for window in ordered:
            if day.weekday() in window.days:
                closing = next_day(day) if window.overnight else day
                yield (
                    first_pass(datetime.combine(day, window.opens), zone),
                    last_pass(datetime.combine(closing, window.closes), zone),
                )
        day = next_day(day)


def dated(exceptions: Iterable[DatedException], kind: Kind, zone: ZoneInfo) -> Iterator[Span]:
    """The spans of the closures, or of the openings."""
    for exception in exceptions:
        if exception.kind is kind:
            yield first_pass(exception.starts, zone), last_pass(exception.ends, zone)
