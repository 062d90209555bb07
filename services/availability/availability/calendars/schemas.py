"""Shapes of the calendar API."""

from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from availability.calendars.advice import Slip
from availability.calendars.document import read_exception
from availability.calendars.schedule import Kind
from availability.calendars.walltime import of_this_century
from shared.web.api import Instant, Shape

LANGUAGES = ("en", "es")


def in_range(moment: datetime) -> None:
    """Refuse an instant that hours cannot name."""
    if not of_this_century(moment):
        raise ValidationError("Give an instant of this century.")


def words(**options: Any) -> fields.Dict:
    """A short text in the languages of the suite: {"en": …, "es": …}."""
    return fields.Dict(
        keys=fields.String(validate=validate.OneOf(LANGUAGES)),
        values=fields.String(validate=validate.Length(1, 300)),
        **options,
    )


def _version(says: str) -> fields.Integer:
    """The number of a version of the schedule, 0 where there is none yet."""
    numbers = validate.Range(0, 2**31 - 1)
    return fields.Integer(required=True, strict=True, validate=numbers, metadata={"description": says})


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
            raise ValidationError(str(wrong).capitalize(), "ends") from wrong


class Published(Shape):
    """The version that counts from now on."""

    version = fields.Integer()


class DraftShape(Shape):
    """A whole schedule that somebody thinks of publishing."""

    schedule = fields.Dict(required=True)


class PublishWish(DraftShape):
    """A whole schedule to publish after the version that its author saw."""

    seen = _version("The version it was made from.")
    reason = reason()


class RollbackWish(Shape):
    """An earlier version to publish again."""

    version = _version("The version that is to count again.")
    seen = _version("The version that counts now.")
    reason = reason()


class FlipShape(Shape):
    """Functions that would stand otherwise for a while."""

    functions = fields.List(fields.String())
    starts = Instant()
    ends = Instant()
    open = fields.Boolean(metadata={"description": "How they would stand."})
    function_minutes = fields.Integer()


class AdviceShape(Shape):
    """Something to look at twice; nothing that forbids to publish."""

    calendar = fields.String()
    slip = fields.String(validate=validate.OneOf([str(each) for each in Slip]))
    at = fields.String(metadata={"description": "A local wall time; empty where it is the whole calendar."})


class PreviewShape(Shape):
    """What publishing would change over the next eight weeks, maintenance aside."""

    seen = fields.Integer()
    function_minutes = fields.Integer()
    flips = fields.List(fields.Nested(FlipShape))
    added = fields.List(fields.String())
    removed = fields.List(fields.String())
    advice = fields.List(fields.Nested(AdviceShape))


class VersionShape(Shape):
    """A published version, without its schedule."""

    version = fields.Integer()
    author = fields.String()
    reason = fields.String()
    created_at = Instant()


class WholeVersion(VersionShape):
    """A published version."""

    document = fields.Dict(data_key="schedule")


class VersionsShape(Shape):
    """The newest first; ask for those `before` the last one to go on."""

    versions = fields.List(fields.Nested(VersionShape))


class VersionsQuery(Shape):
    """Which part of the history."""

    before = fields.Integer(load_default=None, validate=validate.Range(1, 2**31 - 1))


class ScheduleShape(Shape):
    """The schedule that counts, as published."""

    version = fields.Integer()
    revision = fields.Integer()
    author = fields.String()
    reason = fields.String()
    published_at = fields.DateTime()
    schedule = fields.Dict()
