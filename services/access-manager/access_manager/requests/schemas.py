"""Shapes of requests for more on the JSON API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from access_manager.approvals.flow import holds_a_tin
from access_manager.functions.catalogue import BY_ID
from access_manager.requests.flow import REASONS
from shared.web.api import Instant, Shape

_NO_TIN = "Leave out the number that looks like a TIN."
_SOME = validate.Length(min=1, max=len(BY_ID))


class AccessRequestOut(Schema):
    """What a member asks for, and how it was decided."""

    request_id = fields.String(required=True, attribute="id")
    organization_id = fields.String(required=True)
    account_id = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    note = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    asked_at = Instant(required=True)
    granted = fields.List(fields.String(), required=True)
    reason = fields.String(required=True, allow_none=True)
    reply = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)


class OwnRequestOut(AccessRequestOut):
    """The same as the person who asked reads it: who decided is a name they are not told."""

    class Meta:
        exclude = ("decided_by",)


class AccessRequestsOut(Schema):
    """The open ones, the oldest first."""

    access_requests = fields.List(fields.Nested(AccessRequestOut), required=True)


class OwnRequestsOut(Schema):
    """One's own, the newest first."""

    access_requests = fields.List(fields.Nested(OwnRequestOut), required=True)


class AskIn(Shape):
    """What somebody asks for, in which of their organizations."""

    organization_id = fields.String(required=True, validate=validate.Length(min=1, max=64))
    functions = fields.List(fields.String(validate=validate.Length(min=1, max=100)), required=True, validate=_SOME)
    note = fields.String(load_default="", validate=validate.Length(max=500))

    @validates_schema
    def _no_tin(self, data: dict[str, Any], **_options: object) -> None:
        if holds_a_tin(data.get("note") or ""):
            raise ValidationError(_NO_TIN, "note")


class AccessDecisionIn(Shape):
    """Give all (where none are named) or some of what was asked, or deny with a reason."""

    outcome = fields.String(required=True, validate=validate.OneOf(("give", "deny")))
    functions = fields.List(fields.String(validate=validate.Length(max=100)), load_default=None, validate=_SOME)
    reason = fields.String(load_default=None, validate=validate.OneOf(tuple(REASONS)))
    reply = fields.String(load_default=None, validate=validate.Length(max=500))

    @validates_schema
    def _fits_together(self, data: dict[str, Any], **_options: object) -> None:
        if data.get("outcome") == "give":
            if data.get("reason") or data.get("reply"):
                raise ValidationError("Giving needs no reason and no reply.", "reason")
            return
        if not data.get("reason"):
            raise ValidationError("A denial needs a reason.", "reason")
        if data["reason"] == "other" and not data.get("reply"):
            raise ValidationError("Another reason needs words.", "reply")
        if holds_a_tin(data.get("reply") or ""):
            raise ValidationError(_NO_TIN, "reply")
        if data.get("functions"):
            raise ValidationError("A denial grants no functions.", "functions")
