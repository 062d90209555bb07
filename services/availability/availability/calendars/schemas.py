"""Shapes of the calendar API."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from availability.calendars.document import read_exception
from availability.calendars.schedule import Kind
from shared.web.api import Shape

LANGUAGES = ("en", "es")


def words(**options: Any) -> fields.Dict:
    """A short text in the languages of the suite: {"en": …, "es": …}."""
    return fields.Dict(
        keys=fields.String(validate=validate.OneOf(LANGUAGES)),
        values=fields.String(validate=validate.Length(1, 300)),
        **options,
    )


def reason(**options: Any) -> fields.String:
    """Why somebody does it; kept in the audit."""
    return fields.String(required=True, validate=validate.Length(3, 500), **options)


class ExceptionWish(Shape):
    """A dated closure or opening, in the wall time of the calendar."""

    kind = fields.String(required=True, validate=validate.OneOf([str(kind) for kind in Kind]))
    starts = fields.String(required=True, metadata={"description": "Local time, YYYY-MM-DDTHH:MM."})
    ends = fields.String(required=True, metadata={"description": "Local time, YYYY-MM-DDTHH:MM; not included."})
    message = words(load_default=dict)
    reason = reason()

    @validates_schema(skip_on_field_errors=True)
    def _can_be_read(self, data: dict[str, Any], **_options: Any) -> None:
        try:
            read_exception(data)
        except ValueError as wrong:
            raise ValidationError(f"{wrong}.", "ends") from wrong


class Published(Shape):
    """The version that counts from now on."""

    version = fields.Integer()


class ScheduleShape(Shape):
    """The schedule that counts, as published."""

    version = fields.Integer()
    revision = fields.Integer()
    author = fields.String()
    reason = fields.String()
    published_at = fields.DateTime()
    schedule = fields.Dict()
