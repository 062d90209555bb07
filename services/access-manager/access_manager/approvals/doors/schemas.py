"""Shapes of approvals on the JSON API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from access_manager.approvals.flow import DENIAL_REASONS, holds_a_tin
from access_manager.functions.catalogue import BY_ID
from shared.web.api import Instant, Shape


class ApprovalOut(Schema):
    """A request to join: who asks for what, and how it was decided."""

    approval_id = fields.String(required=True, attribute="id")
    application_id = fields.String(required=True)
    organization_id = fields.String(required=True)
    account_id = fields.String(required=True)
    display_name = fields.String(required=True)
    email = fields.String(required=True)
    kind = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    state = fields.String(required=True)
    submitted_at = Instant(required=True)
    due_at = Instant(required=True)
    escalated_at = Instant(required=True, allow_none=True)
    granted = fields.List(fields.String(), required=True)
    reason = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class ApprovalsOut(Schema):
    """The inbox."""

    approvals = fields.List(fields.Nested(ApprovalOut), required=True)


class DecisionIn(Shape):
    """Approve with functions (as asked where none are named), or deny with a reason."""

    outcome = fields.String(required=True, validate=validate.OneOf(("approve", "deny")))
    functions = fields.List(
        fields.String(validate=validate.Length(max=100)),
        load_default=None,
        validate=validate.Length(min=1, max=len(BY_ID)),
    )
    reason = fields.String(load_default=None, validate=validate.OneOf(tuple(DENIAL_REASONS)))
    note = fields.String(load_default=None, validate=validate.Length(max=500))

    @validates_schema
    def _fits_together(self, data: dict[str, Any], **_options: object) -> None:
        if data.get("outcome") == "deny":
            if not data.get("reason"):
                raise ValidationError("A denial needs a reason.", "reason")
            if data["reason"] == "other" and not data.get("note"):
                raise ValidationError("Another reason needs words.", "note")
            if holds_a_tin(data.get("note") or ""):
                raise ValidationError("Leave out the number that looks like a TIN.", "note")
            if data.get("functions"):
                raise ValidationError("A denial grants no functions.", "functions")
        elif data.get("reason") or data.get("note"):
            raise ValidationError("An approval needs no reason and no note.", "reason")
