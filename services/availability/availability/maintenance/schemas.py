"""Shapes of the maintenance API."""

from collections.abc import Collection
from typing import Any

from marshmallow import fields, validate

from availability.calendars.schemas import in_range, reason, words
from availability.maintenance.states import Allowed
from shared.web.api import Instant, Shape

CLIENT_ID = r"(?!(?:\d-?){9}\Z)[A-Za-z0-9._-]{3,64}"
"""As identity gives them out; nothing of the form of a TIN, for it goes into events."""


def names(form: str = ".{1,100}", **options: Any) -> fields.List[str]:
    """Up to 50 names of calendars, functions or clients."""
    inner = fields.String(validate=validate.Regexp(rf"\A{form}\Z"))
    return fields.List(inner, load_default=list, validate=validate.Length(max=50), **options)


def kinds(known: Collection[str]) -> fields.List[str]:
    """Who of some kinds."""
    return fields.List(fields.String(validate=validate.OneOf(known)), load_default=list)


class RepeatShape(Shape):
    """The same hours again, by the wall clock: so many `times` in all, or `until` a local date (included)."""

    every_days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 366))
    times = fields.Integer(load_default=None, strict=True, validate=validate.Range(2, 60))
    until = fields.Date(load_default=None)


class WishShape(Shape):
    """A maintenance to plan, or to start now where `starts_at` is left out."""

    calendars = names()
    functions = names(metadata={"description": "Single functions; beside calendars or alone."})
    clients = names(CLIENT_ID, metadata={"description": "Only for these client ids; alone: everything, for them."})
    allowed = kinds(list(Allowed))
    allowed_clients = names(CLIENT_ID, metadata={"description": "These client ids pass."})
    repeat = fields.Nested(RepeatShape, load_default=None)
    starts_at = Instant(validate=in_range, metadata={"description": "Left out: now."})
    ends_at = Instant(
        validate=in_range,
        metadata={"description": "Left out: the end of the allowance, or in an emergency until it is ended."},
    )
    emergency = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    message = words(load_default=dict, metadata={"description": "What people read, by language."})
    reason = reason()


class ActShape(Shape):
    """Why a maintenance is started, ended or cancelled."""

    reason = reason()


class CancelShape(ActShape):
    """Why it is cancelled, and whether the later occurrences of its series are, too."""

    rest = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class ExtensionShape(Shape):
    """Another end for a maintenance that is planned or in effect."""

    ends_at = Instant(
        validate=in_range,
        required=True,
        allow_none=True,
        metadata={"description": "Null: until somebody ends it."},
    )
    emergency = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    reason = reason()


class MaintenanceShape(Shape):
    """One maintenance as it stands."""

    id = fields.String()
    state = fields.String(metadata={"description": "scheduled, in_effect, ended or cancelled."})
    calendars = fields.List(fields.String())
    functions = fields.List(fields.String())
    clients = fields.List(fields.String())
    allowed = fields.List(fields.String(), metadata={"description": "Who passes: staff, probes."})
    allowed_clients = fields.List(fields.String())
    series_id = fields.String(allow_none=True, metadata={"description": "Shared by the occurrences of one plan."})
    starts_at = fields.String()
    ends_at = fields.String(allow_none=True)
    started_at = fields.String(allow_none=True)
    ended_at = fields.String(allow_none=True)
    emergency = fields.Boolean()
    reason = fields.String()
    message = fields.Dict()


class MaintenanceList(Shape):
    """The newest maintenance first."""

    maintenance = fields.List(fields.Nested(MaintenanceShape))
