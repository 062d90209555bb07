"""Weekly hours as a person writes them, one line for each window: `Mon-Sat 05:00-03:00`. Pure.

Days in English or Spanish, whole or shortened, single (`Mon, Wed`) or from one to another (`Mon-Sat`, `lunes a
viernes`). A closing at or before the opening is on the next day; `24:00` is midnight.
"""

import re
from collections.abc import Iterable
from datetime import time

from availability.calendars.schedule import DAYS, Window

_SPANISH = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_PLAIN = str.maketrans("áéíóú", "aeiou")
_LINE = re.compile(r"(\D+?)[\s:]+(\d{1,2}:\d\d)\s*(?:-|–|to|a)\s*(\d{1,2}:\d\d)", re.ASCII)
_RANGE = re.compile(r"\s*(?:-|–|\bto\b|\ba\b)\s*")
_LEAST = 3  # letters of a day; `mar` is Spanish for Tuesday and no English day


class NotHours(ValueError):
    """A line cannot be read; `line` is its text."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def read(text: str) -> tuple[Window, ...]:
    """The windows of a text; blank lines count for nothing. Raises NotHours with the first line it cannot read."""
    return tuple(_window(line.strip()) for line in text.splitlines() if line.strip())


def write(windows: Iterable[Window]) -> str:
    """The text that `read` turns into these windows."""
    return "\n".join(f"{_days(sorted(one.days))} {one.opens:%H:%M}-{one.closes:%H:%M}" for one in windows)


def _window(line: str) -> Window:
    found = _LINE.fullmatch(line.lower().translate(_PLAIN))
    if found is None:
        raise NotHours(line)
    try:
        return Window(_read_days(found[1]), _time(found[2]), _time(found[3]))
    except ValueError:
        raise NotHours(line) from None


def _read_days(text: str) -> frozenset[int]:
    days: set[int] = set()
    for part in re.split(r"[,;]|\band\b|\by\b", text):
        ends = [_day(word) for word in _RANGE.split(part.strip())]
        if len(ends) > 2:
            raise ValueError(part)
        first, last = ends[0], ends[-1]
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(days)


def _day(word: str) -> int:
    word = word.strip(" .")
    for names in (DAYS, _SPANISH):
        for number, name in enumerate(names):
            if len(word) >= _LEAST and name.startswith(word):
                return number
    raise ValueError(word)


def _time(text: str) -> time:
    hours, minutes = map(int, text.split(":"))
    return time(0, 0) if (hours, minutes) == (24, 0) else time(hours, minutes)


def _days(days: list[int]) -> str:
    names = [DAYS[day][:_LEAST].title() for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]}-{names[-1]}"
    return ", ".join(names)
