"""The schedule as plain values: calendars, weekly windows, dated exceptions, which function uses which calendar."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Words = Mapping[str, str]
"""One text in every language of the suite: {"en": …, "es": …}."""


class Kind(StrEnum):
    """What a dated exception does to the weekly windows."""

    CLOSURE = "closure"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Window:
    """The same hours on some days of the week, in local wall time.

    It belongs to the day it starts (0 is Monday). `closes` at or before `opens` means the next day, so equal times
    are a window of one whole day.
    """

    days: frozenset[int]
    opens: time
    closes: time

    @property
    def overnight(self) -> bool:
        """Whether the window ends on the day after it started."""
        return self.closes <= self.opens


@dataclass(frozen=True, slots=True)
class DatedException:
    """A closure or an opening between two naive local times; a closure wins over an opening."""

    kind: Kind
    starts: datetime
    ends: datetime
    words: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours of a group of functions.

    A calendar that is `part_of` another is closed whenever that one is, and shares its maintenance and notices.
    `allowances` are the hours in which maintenance may happen without being an emergency.
    """

    id: str
    title: Words
    zone: ZoneInfo
    always: bool = False
    windows: tuple[Window, ...] = ()
    allowances: tuple[Window, ...] = ()
    exceptions: tuple[DatedException, ...] = ()
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """On whose behalf somebody asks, as far as maintenance looks at it: for which function and which client, and
    whether it is one of the `kinds` that an allow-list may name."""

    function: str | None = None
    client: str | None = None
    kinds: frozenset[str] = frozenset()


ANYBODY = Asker()


@dataclass(frozen=True, slots=True)
class Outage:
    """Maintenance as the clock sees it: closed from `starts` until `ends` (None: until somebody ends it).

    It closes whole `calendars`, or some `functions`; for everybody, or for some `clients`. The allow-list are the
    kinds in `allowed` and the clients in `allowed_clients`: they pass.
    """

    id: str
    calendars: frozenset[str]
    starts: datetime
    ends: datetime | None
    words: Words = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    allowed_clients: frozenset[str] = frozenset()

    def closes(self, calendar: str, asker: Asker) -> bool:
        """Whether it closes the calendar (or the function of the asker, which uses it) to the asker."""
        if calendar not in self.calendars and asker.function not in self.functions:
            return False
        meant = not self.clients or asker.client in self.clients
        return meant and asker.client not in self.allowed_clients and self.allowed.isdisjoint(asker.kinds)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One published version: calendars by id, and the calendar of every known function."""

    version: int
    calendars: Mapping[str, Calendar]
    functions: Mapping[str, str]
    outages: tuple[Outage, ...] = ()

    def functions_of(self, calendar: str) -> tuple[str, ...]:
        """The functions that use the calendar, in order."""
        return tuple(sorted(name for name, used in self.functions.items() if used == calendar))

    def chain(self, calendar: str) -> tuple[str, ...]:
        """The calendar and those it is part of, nearest first."""
        found: list[str] = []
        step: str | None = calendar
        while step is not None:
            found.append(step)
            step = self.calendars[step].part_of
        return tuple(found)
