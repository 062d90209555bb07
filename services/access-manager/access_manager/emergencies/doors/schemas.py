"""Shapes of emergency access on the JSON API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from access_manager.approvals.flow import holds_a_tin
from access_manager.emergencies.rules import LONGEST_MINUTES, SHORTEST_MINUTES
from access_manager.functions.catalogue import BY_ID
from shared.web.api import Instant, Shape

FINDINGS: dict[str, str] = {
    "in_order": "It was needed, and used for that",
    "not_in_order": "It was not needed, or used for something else",
}
_FUNCTION = validate.Length(min=1, max=100)
_MINUTES = validate.Range(min=SHORTEST_MINUTES, max=LONGEST_MINUTES)


class EmergencyListOut(Schema):
    """What members may take up in an emergency, and for how many minutes."""

    functions = fields.List(fields.String(), required=True)
    minutes = fields.Integer(required=True)
    version = fields.Integer(required=True)


class EmergencyListIn(Shape):
    """The whole list: what is not named cannot be taken up."""

    functions = fields.List(fields.String(validate=_FUNCTION), required=True, validate=validate.Length(max=len(BY_ID)))
    minutes = fields.Integer(required=True, strict=True, validate=_MINUTES)


class OwnEmergencyOut(Schema):
    """One's own use of emergency access."""

    emergency_id = fields.String(required=True, attribute="id")
    organization_id = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)
    started_at = Instant(required=True)
    ends_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    reviewed_at = Instant(required=True, allow_none=True)


class EmergencyOut(OwnEmergencyOut):
    """The same as the managers see it."""

    account_id = fields.String(required=True)
    ended_by = fields.String(required=True, allow_none=True)
    reviewed_by = fields.String(required=True, allow_none=True)
    finding = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class EmergenciesOut(Schema):
    """The uses in an organization, the newest first."""

    emergencies = fields.List(fields.Nested(EmergencyOut), required=True)


class _Worded(Shape):
    """Something that people say in their own words."""

    worded = ""

    @validates_schema
    def _no_tin(self, data: dict[str, Any], **_options: object) -> None:
        if holds_a_tin(data.get(self.worded) or ""):
            raise ValidationError("Leave out the number that looks like a TIN.", self.worded)


class EmergencyIn(_Worded):
    """What is taken up, where, and why it cannot wait."""

    worded = "reason"
    organization_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    functions = fields.List(
        fields.String(validate=_FUNCTION), required=True, validate=validate.Length(min=1, max=len(BY_ID))
    )
    reason = fields.String(required=True, validate=validate.Length(min=10, max=500))


class EmergencyReviewIn(_Worded):
    """What a manager found when they looked at a use."""

    worded = "note"
    finding = fields.String(required=True, validate=validate.OneOf(tuple(FINDINGS)))
    note = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))
