"""The operator's form for one calendar: what was typed, and the schedule that it means."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from availability.calendars import lines
from availability.calendars.document import Document
from availability.calendars.schedule import DAYS, Calendar, Kind, Window
from availability.hours.forms import NOT_A_TIME, REASON
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text

ALWAYS, WINDOWS, NO_EXCEPTION = "always", "windows", "none"
_ENDS_FIRST = say("The end must be after the start.")
_LONGEST = 2000


class HourLines(Text):
    """Weekly hours, a line for each window."""

    def read(self, text: str) -> tuple[Window, ...]:  # type: ignore[override]
        """The windows."""
        try:
            return lines.read(text)
        except lines.NotHours as wrong:
            raise ValidationError(
                say("This line cannot be read: %(line)s. Write it like Mon-Sat 05:00-03:00", line=wrong.line[:60])
            ) from wrong


class WallTime(Text):
    """A local date and time, kept as the schedule writes it: a missing or repeated one has its rule there."""

    def read(self, text: str) -> str:
        """`YYYY-MM-DDTHH:MM`."""
        try:
            wall = datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError(NOT_A_TIME) from None
        if wall.tzinfo is not None:
            raise ValidationError(NOT_A_TIME)
        return wall.strftime("%Y-%m-%dT%H:%M")


class Seen(fields.Field[int]):
    """The version that the page showed: what is none was never published, and so counts no longer."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        text = str(value)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class CalendarForm(PageForm):
    """The hours of one calendar, which dated exceptions stay, one new exception, and why."""

    seen = Seen(load_default=0)
    open = Choice((ALWAYS, WINDOWS), empty=say("Choose when it is open"))
    windows = HourLines(longest=_LONGEST, multiline=True)
    allowances = HourLines(longest=_LONGEST, multiline=True)
    keep = Choices()
    kind = Choice((NO_EXCEPTION, *Kind))
    starts = WallTime()
    ends = WallTime()
    message_en = Text(longest=300)
    message_es = Text(longest=300)
    reason = Text(empty=REASON, longest=500, multiline=True)

    @validates_schema(skip_on_field_errors=True)
    def _is_whole(self, data: dict[str, Any], **_options: Any) -> None:
        if data["open"] == WINDOWS and not data["windows"]:
            raise ValidationError(say("Enter the opening hours, one line for each"), "windows")
        if data["kind"] in tuple(Kind):
            for name in ("starts", "ends"):
                if not data[name]:
                    raise ValidationError(NOT_A_TIME, name)
            if data["ends"] <= data["starts"]:
                raise ValidationError(_ENDS_FIRST, "ends")


class RollbackForm(PageForm):
    """Why an earlier version counts again."""

    seen = Seen(load_default=0)
    reason = Text(empty=REASON, longest=500, multiline=True)


def shown(calendar: Calendar) -> dict[str, Any]:
    """What the form says of a calendar before anybody typed."""
    return {
        "open": ALWAYS if calendar.always else WINDOWS,
        "windows": lines.write(calendar.windows),
        "allowances": lines.write(calendar.allowances),
        "keep": [str(number) for number in range(len(calendar.exceptions))],
        "kind": NO_EXCEPTION,
    }


def drafted(document: Document, calendar: str, values: Mapping[str, Any]) -> Document:
    """The document with one calendar as the form says."""
    entries = [_entry(one, values) if one["id"] == calendar else one for one in document["calendars"]]
    return {**document, "calendars": entries}


def _entry(one: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in one.items() if name not in {"always", "windows", "allowances", "exceptions"}}
    always = values["open"] == ALWAYS
    parts = {
        "always": always,
        "windows": [] if always else _windows(values["windows"]),
        "allowances": _windows(values["allowances"]),
        "exceptions": list(_exceptions(one.get("exceptions", []), values)),
    }
    return {**rest, **{name: value for name, value in parts.items() if value}}


def _windows(windows: tuple[Window, ...] | str) -> list[dict[str, Any]]:
    return [
        {
            "days": [DAYS[day] for day in sorted(one.days)],
            "opens": f"{one.opens:%H:%M}",
            "closes": f"{one.closes:%H:%M}",
        }
        for one in windows or ()
        if isinstance(one, Window)
    ]


def _exceptions(known: list[dict[str, Any]], values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (one for number, one in enumerate(known) if str(number) in values["keep"])
    if values["kind"] in tuple(Kind):
        words = {name: values[f"message_{name}"] for name in ("en", "es") if values[f"message_{name}"]}
        found = {"kind": str(values["kind"]), "starts": values["starts"], "ends": values["ends"]}
        yield {**found, "message": words} if words else found
