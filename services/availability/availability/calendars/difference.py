"""What a change of the schedule would do: every stretch of time in which a function stands otherwise. Pure.

Maintenance is left aside: it belongs to no version, and a change of hours does not touch it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from availability.calendars.compiled import Timetable

LOOKS_AHEAD = timedelta(weeks=8)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Flip:
    """Functions that stand otherwise from `starts` to `ends` (not included); `open` is how they stand afterwards."""

    functions: tuple[str, ...]
    starts: datetime
    ends: datetime
    open: bool

    @property
    def function_minutes(self) -> int:
        """Minutes times functions."""
        return int((self.ends - self.starts) / _MINUTE) * len(self.functions)


def difference(before: Timetable, after: Timetable, low: datetime, high: datetime) -> list[Flip]:
    """Every flip in [low, high) by its start; a function that only one of the two knows has nothing to compare."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name, calendar in sorted(before.schedule.functions.items()):
        if name in after.schedule.functions:
            groups.setdefault((calendar, after.schedule.functions[name]), []).append(name)
    flips = [
        Flip(tuple(names), starts, ends, stands)
        for (old, new), names in groups.items()
        for starts, ends, stands in _flips(before, old, after, new, low, high)
    ]
    return sorted(flips, key=lambda flip: (flip.starts, flip.functions))


def _flips(
    before: Timetable, old: str, after: Timetable, new: str, low: datetime, high: datetime
) -> Iterator[tuple[datetime, datetime, bool]]:
    """The stretches of one pair of calendars; neighbours of one kind are one stretch."""
    begun: tuple[datetime, bool] | None = None
    moment = low
    while moment < high:
        was, will = before.at(old, moment), after.at(new, moment)
        flipped = (will.open,) if was.open != will.open else ()
        if begun is not None and flipped != (begun[1],):
            yield begun[0], moment, begun[1]
            begun = None
        if flipped and begun is None:
            begun = (moment, will.open)
        moment = min(was.changes or high, will.changes or high, high)
    if begun is not None:
        yield begun[0], high, begun[1]
