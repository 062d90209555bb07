"""The schedule document: the JSON an operator edits and a version stores, read into values or refused with sentences.

Shape: `{"calendars": [{"id", "title": {"en", "es"}, "zone", "always"?, "windows"?: [{"days", "opens", "closes"}],
"allowances"?: like windows, "exceptions"?: [{"kind", "starts", "ends", "message"?}], "part_of"?}],
"functions": {function: calendar id}}`. Times are local wall times: `HH:MM` in windows, `YYYY-MM-DDTHH:MM` when dated.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime, time
from importlib.resources import files
from typing import Any, cast
from zoneinfo import ZoneInfo

from availability.calendars.schedule import DAYS, Calendar, DatedException, Kind, Schedule, Window

Document = dict[str, Any]
_TIME = re.compile(r"\d\d:\d\d", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
_CALENDAR_KEYS = {"id", "title", "zone", "always", "windows", "allowances", "exceptions", "part_of"}


class NotASchedule(ValueError):
    """The document cannot be published; `faults` holds one sentence per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def default_document() -> Document:
    """The schedule every new installation starts with (domain page, section 6)."""
    text = files(__package__).joinpath("default.json").read_text(encoding="utf-8")
    return cast(Document, json.loads(text))


def parse(document: Mapping[str, Any], version: int) -> Schedule:
    """Read a document; raises NotASchedule with every fault found."""
    faults: list[str] = []
    calendars: dict[str, Calendar] = {}
    for number, entry in enumerate(_list(document, "calendars"), start=1):
        calendar = _attempt(entry, f"Calendar {number}", faults)
        if calendar and calendar.id in calendars:
            faults.append(f"Calendar {number}: the id {calendar.id} is used twice.")
        elif calendar:
            calendars[calendar.id] = calendar
    functions = {str(name): str(calendar) for name, calendar in dict(document.get("functions", {})).items()}
    faults += _unknown(calendars, functions) + _circles(calendars)
    if faults or not calendars:
        raise NotASchedule(faults or ["A schedule needs at least one calendar."])
    return Schedule(version, calendars, functions)


def _attempt(entry: Any, where: str, faults: list[str]) -> Calendar | None:
    try:
        return _calendar(entry)
    except KeyError as missing:
        faults.append(f"{where}: {missing} is missing.")
    except (ValueError, TypeError, AttributeError) as wrong:
        faults.append(f"{where}: {wrong}.")
    return None


def _list(entry: Mapping[str, Any], key: str) -> list[Any]:
    value = entry.get(key, [])
    if not isinstance(value, list):
        raise ValueError(f"{key} must be a list")
    return value


def _calendar(entry: Mapping[str, Any]) -> Calendar:
    strange = set(entry) - _CALENDAR_KEYS
    if strange:
        raise ValueError(f"unknown entries {', '.join(sorted(strange))}")
    return Calendar(
        id=str(entry["id"]),
        title={str(language): str(text) for language, text in entry["title"].items()},
        zone=_zone(entry["zone"]),
        always=entry.get("always", False) is True,
        windows=tuple(_window(window) for window in _list(entry, "windows")),
        allowances=tuple(_window(window) for window in _list(entry, "allowances")),
        exceptions=tuple(read_exception(exception) for exception in _list(entry, "exceptions")),
        part_of=entry.get("part_of"),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"the time zone {name} is not known") from None


def _window(entry: Mapping[str, Any]) -> Window:
    days = frozenset(DAYS.index(day) for day in entry["days"])
    if not days:
        raise ValueError("a window needs at least one day")
    return Window(days, _time(entry["opens"]), _time(entry["closes"]))


def _time(text: str) -> time:
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text} is not a time like 05:00")
    return time.fromisoformat(text)


def read_exception(entry: Mapping[str, Any]) -> DatedException:
    """One dated closure or opening; raises ValueError or KeyError."""
    starts, ends = _local(entry["starts"]), _local(entry["ends"])
    if ends <= starts:
        raise ValueError("an exception must end after it starts")
    words = {str(language): str(text) for language, text in entry.get("message", {}).items()}
    return DatedException(Kind(entry["kind"]), starts, ends, words)


def _local(text: str) -> datetime:
    if not _LOCAL.fullmatch(text):
        raise ValueError(f"{text} is not a local time like 2026-12-25T05:00")
    return datetime.fromisoformat(text)


def _unknown(calendars: Mapping[str, Calendar], functions: Mapping[str, str]) -> list[str]:
    wanted = [(f"The function {name}", calendar) for name, calendar in functions.items()]
    wanted += [(f"The calendar {one.id}", one.part_of) for one in calendars.values() if one.part_of is not None]
    return [f"{who} names the calendar {which}, which is not there." for who, which in wanted if which not in calendars]


def _circles(calendars: Mapping[str, Calendar]) -> list[str]:
    faults = []
    for one in calendars.values():
        seen, step = {one.id}, one.part_of
        while step is not None and step in calendars and step not in seen:
            seen.add(step)
            step = calendars[step].part_of
        if step in seen:
            faults.append(f"The calendar {one.id} is part of itself.")
    return faults


def with_exception(document: Document, calendar: str, entry: Mapping[str, Any]) -> Document:
    """A copy of the document with one more dated exception; KeyError for an unknown calendar."""
    if all(one["id"] != calendar for one in document["calendars"]):
        raise KeyError(calendar)
    return document | {
        "calendars": [
            one | {"exceptions": [*one.get("exceptions", []), dict(entry)]} if one["id"] == calendar else one
            for one in document["calendars"]
        ]
    }
