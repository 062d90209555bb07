"""The operator's forms: what was typed into a wish for maintenance."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, validates_schema

from availability.calendars.walltime import first_pass, is_missing, last_pass, of_this_century
from availability.maintenance.schemas import CLIENT_ID
from availability.maintenance.states import Allowed, Repeat, Wish
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text, Tick

ZONE = ZoneInfo("America/New_York")
NOW, LATER = "now", "later"
ONCE, EVERY = "once", ("1", "7", "14", "28")
"""How often: days."""
REASON = say("Enter the reason")
NOT_A_TIME = say("Enter a date and time, such as 2026-11-29 05:00")


class LocalTime(Text):
    """A local date and time, as the browser's own picker or a person writes it."""

    def read(self, text: str) -> datetime:  # type: ignore[override]
        """The naive local time."""
        try:
            wall = datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError(NOT_A_TIME) from None
        if wall.tzinfo is not None or not of_this_century(wall):
            raise ValidationError(NOT_A_TIME)
        if is_missing(wall, ZONE):
            raise ValidationError(say("That time does not exist: the clocks go forward. Choose another one"))
        return wall


class LocalDay(Text):
    """A local date, as the browser's own picker or a person writes it."""

    def read(self, text: str) -> date:  # type: ignore[override]
        """The date."""
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValidationError(say("Enter a date, such as 2026-11-29")) from None


class Count(Text):
    """How many times."""

    def read(self, text: str) -> int:  # type: ignore[override]
        """From 2 to 60."""
        if not (text.isascii() and text.isdigit() and 2 <= int(text[:3]) <= 60):
            raise ValidationError(say("Enter a number from 2 to 60"))
        return int(text)


class ClientIds(Text):
    """Client ids, separated by spaces, commas or line ends."""

    def read(self, text: str) -> frozenset[str]:  # type: ignore[override]
        """The ids."""
        found = re.split(r"[\s,;]+", text)
        for one in found:
            if not re.fullmatch(CLIENT_ID, one):
                raise ValidationError(say("%(name)s is not a client ID", name=one[:60]))
        return frozenset(found)


class MaintenanceForm(PageForm):
    """A maintenance, now or later."""

    calendars = Choices()
    functions = Choices()
    clients = ClientIds(longest=2000, multiline=True)
    when = Choice((NOW, LATER), empty=say("Choose when it starts"))
    starts = LocalTime()
    ends = LocalTime()
    every = Choice((ONCE, *EVERY))
    times = Count()
    until = LocalDay()
    allowed = Choices(list(Allowed))
    allowed_clients = ClientIds(longest=2000, multiline=True)
    message_en = Text(longest=300)
    message_es = Text(longest=300)
    reason = Text(empty=REASON, longest=500, multiline=True)
    emergency = Tick()

    @validates_schema(skip_on_field_errors=True)
    def _names_something(self, data: dict[str, Any], **_options: Any) -> None:
        if not (data["calendars"] or data["functions"] or data["clients"]):
            raise ValidationError(say("Choose what is affected"), "calendars")

    @validates_schema(skip_on_field_errors=True)
    def _needs_a_start(self, data: dict[str, Any], **_options: Any) -> None:
        if data["when"] == LATER and not data["starts"]:
            raise ValidationError(say("Enter when it starts"), "starts")


class ReasonForm(PageForm):
    """Why a maintenance is started, ended or cancelled."""

    reason = Text(empty=REASON, longest=500, multiline=True)


class CancelForm(ReasonForm):
    """Whether the later ones of its series are cancelled, too."""

    rest = Tick()


class ExtensionForm(ReasonForm):
    """Another end for a maintenance."""

    ends = LocalTime()
    emergency = Tick()


def end_of(values: dict[str, Any]) -> datetime | None:
    """The end that was typed, as an instant."""
    return last_pass(values["ends"], ZONE) if values["ends"] else None


def wish_of(values: dict[str, Any]) -> Wish:
    """The wish behind a filled form; local times become instants here."""
    starts, ends = values["starts"], values["ends"]
    return Wish(
        calendars=frozenset(values["calendars"]),
        reason=values["reason"],
        starts_at=first_pass(starts, ZONE) if values["when"] == LATER else None,
        ends_at=last_pass(ends, ZONE) if ends else None,
        emergency=values["emergency"],
        message=tuple(_messages((("en", values["message_en"]), ("es", values["message_es"])))),
        functions=frozenset(values["functions"]),
        clients=values["clients"] or frozenset(),
        allowed=frozenset(values["allowed"]),
        allowed_clients=values["allowed_clients"] or frozenset(),
        repeat=_repeat(values),
    )


def _repeat(values: dict[str, Any]) -> Repeat | None:
    if values["every"] not in EVERY:
        return None
    return Repeat(int(values["every"]), values["times"] or None, values["until"] or None)


def _messages(typed: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((language, text) for language, text in typed if text)


FIELD_OF = {
    "calendars": "calendars",
    "functions": "functions",
    "starts_at": "starts",
    "ends_at": "ends",
    "repeat": "times",
    "emergency": "emergency",
}
"""Which field of the form a refusal of the use case is about."""
