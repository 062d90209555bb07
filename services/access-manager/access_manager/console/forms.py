"""What the console's forms about members take."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

from access_manager.functions.catalogue import BY_ID
from access_manager.rules.removal import REMOVAL_REASONS
from shared.i18n import say
from shared.web.forms import Choice, Choices, PageForm, Text

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_WRONG_DAY = say("Enter the day as year, month and day, for example 2027-01-31")


class Day(Text):
    """A calendar day as a date field sends it; nothing typed gives None."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError(_WRONG_DAY) from error
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
            raise ValidationError(_WRONG_DAY)
        return day


class AccessForm(PageForm):
    """A person's functions and the last day of their access; `version` is what the manager looked at."""

    functions = Choices(options=tuple(BY_ID))
    ends_on = Day()
    version = fields.Integer(load_default=None)


class RemovalForm(PageForm):
    """Why access is removed."""

    reason = Choice(options=tuple(REMOVAL_REASONS), empty=say("Choose a reason"))
