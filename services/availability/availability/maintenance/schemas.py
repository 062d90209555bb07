"""Shapes of the maintenance API."""

from marshmallow import fields, validate

from availability.calendars.schemas import reason, words
from shared.web.api import Shape


class WishShape(Shape):
    """A maintenance to plan, or to start now where `starts_at` is left out."""

    calendars = fields.List(fields.String(), required=True, validate=validate.Length(1, 50))
    starts_at = fields.AwareDateTime(format="iso", metadata={"description": "Left out: now."})
    ends_at = fields.AwareDateTime(
        format="iso",
        metadata={"description": "Left out: the end of the allowance, or in an emergency until it is ended."},
    )
    emergency = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    message = words(load_default=dict, metadata={"description": "What people read, by language."})
    reason = reason()


class ActShape(Shape):
    """Why a maintenance is started, ended or cancelled."""

    reason = reason()


class ExtensionShape(Shape):
    """Another end for a maintenance that is planned or in effect."""

    ends_at = fields.AwareDateTime(
        format="iso", required=True, allow_none=True, metadata={"description": "Null: until somebody ends it."}
    )
    emergency = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    reason = reason()


class MaintenanceShape(Shape):
    """One maintenance as it stands."""

    id = fields.String()
    state = fields.String(metadata={"description": "scheduled, in_effect, ended or cancelled."})
    calendars = fields.List(fields.String())
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
