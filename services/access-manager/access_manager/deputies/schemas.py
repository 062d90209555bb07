"""Shapes of deputies on the JSON API."""

from marshmallow import Schema, fields, validate

from access_manager.rules.deputies import DELEGABLE
from shared.web.api import Instant, Shape

_AN_ID = validate.Length(min=1, max=64)


class DeputyOut(Schema):
    """A member who acts on behalf of a manager; `ended_at` where that was ended before its time."""

    deputy_id = fields.String(required=True, attribute="id")
    organization_id = fields.String(required=True)
    manager_account_id = fields.String(required=True, attribute="manager_id")
    account_id = fields.String(required=True, attribute="deputy_id")
    scopes = fields.List(fields.String(), required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    named_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)
    ended_by = fields.String(required=True, allow_none=True)


class DeputiesOut(Schema):
    """Who acts for a manager now, or will."""

    deputies = fields.List(fields.Nested(DeputyOut), required=True)


class DeputyIn(Shape):
    """Which member may do what, from when (now where nothing is said) to when.

    `manager_account_id`: for whom; a program says it, a person names for themself.
    """

    membership_id = fields.String(required=True, validate=_AN_ID)
    scopes = fields.List(fields.String(validate=validate.OneOf(tuple(DELEGABLE))), required=True)
    starts_at = Instant(load_default=None, allow_none=True)
    ends_at = Instant(required=True)
    manager_account_id = fields.String(load_default=None, allow_none=True, validate=_AN_ID)
