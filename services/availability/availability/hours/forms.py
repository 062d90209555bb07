"""The operator's forms: what was typed into a wish for maintenance."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError, validates_schema

from availability.calendars.walltime import first_pass, is_missing, last_pass
from availability.maintenance.states import Wish
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text, Tick

ZONE = ZoneInfo("America/New_York")
NOW, LATER = "now", "later"
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
        if wall.tzinfo is not None:
            raise ValidationError(NOT_A_TIME)
        if is_missing(wall, ZONE):
            raise ValidationError(say("That time does not exist: the clocks go forward. Choose another one"))
        return wall


class MaintenanceForm(PageForm):
    """A maintenance, now or later."""

    calendars = Choices(empty=say("Choose what is affected"))
    when = Choice((NOW, LATER), empty=say("Choose when it starts"))
    starts = LocalTime()
    ends = LocalTime()
    message_en = Text(longest=300)
    message_es = Text(longest=300)
    reason = Text(empty=REASON, longest=500, multiline=True)
    emergency = Tick()

    @validates_schema(skip_on_field_errors=True)
    def _needs_a_start(self, data: dict[str, Any], **_options: Any) -> None:
        if data["when"] == LATER and not data["starts"]:
            raise ValidationError(say("Enter when it starts"), "starts")


class ReasonForm(PageForm):
    """Why a maintenance is started, ended or cancelled."""

    reason = Text(empty=REASON, longest=500, multiline=True)


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
    )


def _messages(typed: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((language, text) for language, text in typed if text)


FIELD_OF = {"calendars": "calendars", "starts_at": "starts", "ends_at": "ends", "emergency": "emergency"}
"""Which field of the form a refusal of the use case is about."""
