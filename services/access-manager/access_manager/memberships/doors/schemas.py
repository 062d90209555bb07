"""Shapes of organizations and members on the JSON API."""

from datetime import UTC, datetime

from marshmallow import Schema, fields, validate

from access_manager.functions.catalogue import BY_ID
from access_manager.rules.removal import REMOVAL_REASONS
from shared.contracts.registration import LINES_OF_BUSINESS
from shared.web.api import Instant, Shape

_FAR_AWAY = datetime(2200, 1, 1, tzinfo=UTC)
_AN_ID = validate.Length(min=1, max=100)


class OrganizationOut(Schema):
    """An organization as its managers see it. `functions`: those it may hold; no others can be granted."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    contracted = fields.Boolean(required=True)
    tin_last4 = fields.String(required=True, allow_none=True)
    manager_count = fields.Integer(required=True)
    functions = fields.List(fields.String(), required=True, attribute="entitled")


class OrganizationsOut(Schema):
    """The organizations the caller may act for."""

    organizations = fields.List(fields.Nested(OrganizationOut), required=True)


class MemberOut(Schema):
    """A member with everything they hold; `version` is also the entity tag."""

    membership_id = fields.String(required=True)
    account_id = fields.String(required=True)
    display_name = fields.String(required=True)
    email = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("active", "suspended", "removed")))
    role = fields.String(required=True, validate=validate.OneOf(("member", "manager")))
    functions = fields.List(fields.String(), required=True)
    lines = fields.List(fields.String(), required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True, allow_none=True)
    version = fields.Integer(required=True)


class MembersOut(Schema):
    """Those who fit; `total` counts them all, also where this is one page of them."""

    members = fields.List(fields.Nested(MemberOut), required=True)
    total = fields.Integer(required=True)


class AccessIn(Shape):
    """The whole access of a member: what is not named is taken away."""

    functions = fields.List(fields.String(validate=_AN_ID), required=True, validate=validate.Length(max=len(BY_ID)))
    ends_at = Instant(load_default=None, allow_none=True, validate=validate.Range(max=_FAR_AWAY))


class RemovalIn(Shape):
    """Why access is removed; kept in the organization's history."""

    reason = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(tuple(REMOVAL_REASONS)))


class LinesIn(Shape):
    """The lines of business a member works for; none named means all."""

    lines = fields.List(
        fields.String(validate=validate.OneOf(LINES_OF_BUSINESS)), required=True, validate=validate.Length(max=3)
    )
