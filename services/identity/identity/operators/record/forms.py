"""What somebody asks the audit for."""

from datetime import date

from marshmallow import ValidationError

from identity.operators.record.reading import Filters
from shared.i18n import say
from shared.web.forms import Choice, PageForm, Text, Values

FORMATS = ("csv", "jsonl")


class Day(Text):
    """A day as a browser's date field sends it: 2026-11-23. Gives text that is one, or ""."""

    def read(self, text: str) -> str:
        """The day, checked."""
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise ValidationError(say("Write the day like 2026-11-23")) from error


class FilterForm(PageForm):
    """Every field may be empty."""

    action = Text(longest=100)
    actor = Text(longest=64)
    target = Text(longest=200)
    organization = Text(longest=64)
    since = Day(longest=10)
    until = Day(longest=10)


class ExportForm(FilterForm):
    """The same, with the kind of file."""

    format = Choice(FORMATS, empty=say("Choose one of the answers"))


def filters(values: Values) -> Filters:
    """Return what the form asked for."""
    texts = {name: values.get(name, "") for name in ("action", "actor", "target", "organization")}
    return Filters(**texts, since=_day(values.get("since", "")), until=_day(values.get("until", "")))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
