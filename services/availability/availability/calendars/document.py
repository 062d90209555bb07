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
from availability.calendars.walltime import of_this_century
from shared.i18n import Message, say

Document = dict[str, Any]
_TIME = re.compile(r"\d\d:\d\d", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
_CALENDAR_KEYS = {"id", "title", "zone", "always", "windows", "allowances", "exceptions", "part_of"}


class Unreadable(ValueError):
    """A part of the document cannot be read; `fault` is the end of a sentence."""

    def __init__(self, fault: Message) -> None:
        super().__init__(fault)
        self.fault = fault


class NotASchedule(ValueError):
    """The document cannot be published; `faults` holds one sentence per fault."""

    def __init__(self, faults: list[Message]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


def default_document() -> Document:
    """The schedule every new installation starts with (domain page, section 6)."""
    text = files(__package__).joinpath("default.json").read_text(encoding="utf-8")
    return cast(Document, json.loads(text))


def parse(document: Mapping[str, Any], version: int) -> Schedule:
    """Read a document; raises NotASchedule with every fault found."""
    faults: list[Message] = []
    calendars: dict[str, Calendar] = {}
    for number, entry in enumerate(_list(document, "calendars"), start=1):
        calendar = _attempt(entry, number, faults)
        if calendar and calendar.id in calendars:
            faults.append(_fault(number, say("the id %(name)s is used twice.", name=calendar.id)))
        elif calendar:
            calendars[calendar.id] = calendar
    functions = {str(name): str(calendar) for name, calendar in dict(document.get("functions", {})).items()}
    faults += _unknown(calendars, functions) + _circles(calendars)
    if faults or not calendars:
        raise NotASchedule(faults or [say("A schedule needs at least one calendar.")])
    return Schedule(version, calendars, functions)


def _attempt(entry: Any, number: int, faults: list[Message]) -> Calendar | None:
    try:
        return _calendar(entry)
    except KeyError as missing:
        faults.append(_fault(number, say("%(name)s is missing.", name=missing)))
    except Unreadable as wrong:
        faults.append(_fault(number, wrong.fault))
    except (ValueError, TypeError, AttributeError):
        faults.append(_fault(number, say("something has not the form it needs.")))
    return None


def _fault(number: int, fault: Message) -> Message:
    return say("Calendar %(number)s: %(fault)s", number=number, fault=fault)


def _list(entry: Mapping[str, Any], key: str) -> list[Any]:
    value = entry.get(key, [])
    if not isinstance(value, list):
        raise Unreadable(say("%(name)s must be a list.", name=key))
    return value


def _calendar(entry: Mapping[str, Any]) -> Calendar:
    strange = set(entry) - _CALENDAR_KEYS
    if strange:
        raise Unreadable(say("unknown entries %(names)s.", names=", ".join(sorted(strange))))
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
        raise Unreadable(say("the time zone %(name)s is not known.", name=name)) from None


def _window(entry: Mapping[str, Any]) -> Window:
    strange = set(entry["days"]) - set(DAYS)
    if strange:
        raise Unreadable(say("%(names)s: not a day of the week.", names=", ".join(sorted(map(str, strange)))))
    days = frozenset(DAYS.index(day) for day in entry["days"])
    if not days:
        raise Unreadable(say("a window needs at least one day."))
    return Window(days, _time(entry["opens"]), _time(entry["closes"]))


def _time(text: str) -> time:
    if not _TIME.fullmatch(text):
        raise Unreadable(say("%(text)s is not a time like 05:00.", text=text))
    return time.fromisoformat(text)


def read_exception(entry: Mapping[str, Any]) -> DatedException:
    """One dated closure or opening; raises Unreadable, another ValueError, or KeyError."""
    starts, ends = _local(entry["starts"]), _local(entry["ends"])
    if ends <= starts:
        raise Unreadable(say("an exception must end after it starts."))
    words = {str(language): str(text) for language, text in entry.get("message", {}).items()}
    return DatedException(Kind(entry["kind"]), starts, ends, words)


def _local(text: str) -> datetime:
    if not _LOCAL.fullmatch(text) or not of_this_century(wall := datetime.fromisoformat(text)):
        raise Unreadable(say("%(text)s is not a local time like 2026-12-25T05:00.", text=text))
    return wall


def _unknown(calendars: Mapping[str, Calendar], functions: Mapping[str, str]) -> list[Message]:
    lost = [
        say("The function %(name)s names the calendar %(other)s, which is not there.", name=name, other=calendar)
        for name, calendar in functions.items()
        if calendar not in calendars
    ]
    return lost + [
        say("The calendar %(name)s names the calendar %(other)s, which is not there.", name=one.id, other=one.part_of)
        for one in calendars.values()
        if one.part_of is not None and one.part_of not in calendars
    ]


def _circles(calendars: Mapping[str, Calendar]) -> list[Message]:
    faults = []
    for one in calendars.values():
        seen, step = {one.id}, one.part_of
        while step is not None and step in calendars and step not in seen:
            seen.add(step)
            step = calendars[step].part_of
        if step in seen:
            faults.append(say("The calendar %(name)s is part of itself.", name=one.id))
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
