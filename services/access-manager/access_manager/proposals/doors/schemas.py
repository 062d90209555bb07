"""Shapes of proposals on the JSON API."""

from marshmallow import Schema, fields, validate

from access_manager.functions.catalogue import BY_ID
from access_manager.proposals.flow import DECLINE_REASONS
from access_manager.rules.proposals import Kind
from shared.web.api import Instant, Shape

_AN_ID = validate.Length(min=1, max=64)
# What is proposed through this door; the policy has one of its own.
_KINDS = tuple(each.value for each in Kind if each is not Kind.FOUR_EYES_OFF)


class ChangeProposalOut(Schema):
    """What was proposed about whom, and whose word is missing: `acceptance` by that person, `approval` by a manager."""

    proposal_id = fields.String(required=True, attribute="id")
    organization_id = fields.String(required=True)
    kind = fields.String(required=True)
    membership_id = fields.String(required=True, allow_none=True)
    account_id = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    state = fields.String(required=True)
    missing = fields.List(fields.String(), required=True)
    proposed_by = fields.String(required=True)
    proposed_at = Instant(required=True)
    expires_at = Instant(required=True)
    accepted_at = Instant(required=True, allow_none=True)
    approved_by = fields.String(required=True, allow_none=True)
    approved_at = Instant(required=True, allow_none=True)
    closed_by = fields.String(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)


class ChangeProposalsOut(Schema):
    """What waits for somebody's word."""

    proposals = fields.List(fields.Nested(ChangeProposalOut), required=True)


class ChangeProposalIn(Shape):
    """What to propose; `functions` only for that kind: those the member is to get besides the ones they hold."""

    kind = fields.String(required=True, validate=validate.OneOf(_KINDS))
    membership_id = fields.String(required=True, validate=_AN_ID)
    functions = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        load_default=list,
        validate=validate.Length(max=len(BY_ID)),
    )


class ChangeDeclineIn(Shape):
    """Why not."""

    reason = fields.String(required=True, validate=validate.OneOf(tuple(DECLINE_REASONS)))


class FourEyes(Shape):
    """Whether giving sensitive functions takes two managers, where there are two."""

    sensitive_functions = fields.Boolean(required=True, truthy={True}, falsy={False})
