"""Shapes of the public hours API."""

from datetime import datetime

from marshmallow import Schema, ValidationError, fields, validate

from availability.calendars.compiled import FIRST_YEAR, LAST_YEAR
from shared.web.api import Instant


def _in_range(instant: datetime) -> None:
    if not FIRST_YEAR < instant.year < LAST_YEAR:
        raise ValidationError(f"Give an instant between the years {FIRST_YEAR} and {LAST_YEAR}.")


class ForClient(Schema):
    """On whose behalf somebody asks."""

    client = fields.String(
        validate=validate.Length(1, 100),
        metadata={"description": "A client id: what holds for it, where maintenance is for single clients."},
    )


class Asked(ForClient):
    """The instant asked about; now where none is given."""

    at = Instant(validate=_in_range, metadata={"description": "An instant (RFC 3339, with its offset)."})


class Stand(Schema):
    """Whether something is open, why, and when that changes."""

    open = fields.Boolean()
    reason = fields.String(allow_none=True, metadata={"description": "function_closed or maintenance."})
    notice = fields.String(allow_none=True, metadata={"description": "maintenance_allowed: it may close any moment."})
    since = fields.DateTime(allow_none=True)
    until = fields.DateTime(allow_none=True)
    next_open = fields.DateTime(allow_none=True)
    valid_until = fields.DateTime(metadata={"description": "Keep the answer no longer than this."})


class Answer(Stand):
    """How a function stands."""

    calendar = fields.String()
    clients = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(Stand),
        metadata={"description": "Client ids for which it stands otherwise; left out where there are none."},
    )


class Functions(Schema):
    """The answer for every function."""

    version = fields.Integer(metadata={"description": "Grows with every change an operator makes."})
    valid_until = fields.DateTime()
    functions = fields.Dict(keys=fields.String(), values=fields.Nested(Answer))


class Function(Answer):
    """The answer for one function."""

    function = fields.String()
    version = fields.Integer()


class Opening(Schema):
    """A piece of a day in which a function is open; half-open, `until` does not belong to it."""

    starts = fields.DateTime(data_key="from")
    until = fields.DateTime()
    notice = fields.String(allow_none=True)


class Day(Schema):
    """A local day."""

    date = fields.Date()
    weekday = fields.String()
    openings = fields.List(fields.Nested(Opening))


class Days(Schema):
    """The next days of a function, in the time zone of its calendar."""

    function = fields.String()
    calendar = fields.String()
    time_zone = fields.String()
    version = fields.Integer()
    days = fields.List(fields.Nested(Day))
