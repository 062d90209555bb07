"""Shapes of the policies API."""

from marshmallow import fields, validate

from identity.policies.bounds import LONGEST_JUSTIFICATION
from shared.web.api import Instant, Shape


class PolicyOut(Shape):
    """One policy: its value and its default as JSON has them."""

    name = fields.String()
    title = fields.String()
    value = fields.Raw(allow_none=True)
    default = fields.Raw(allow_none=True)
    departs = fields.Boolean()


class PoliciesOut(Shape):
    """Every policy."""

    policies = fields.List(fields.Nested(PolicyOut))


class PolicyIn(Shape):
    """A value, and why it departs from the default (20 characters at least; nothing for the default itself)."""

    value = fields.Raw(required=True, allow_none=True)
    justification = fields.String(load_default="", validate=validate.Length(max=LONGEST_JUSTIFICATION))


class DeviationOut(Shape):
    """One departure from a default; `organization_id` is null for the suite's own."""

    name = fields.String()
    organization_id = fields.String(allow_none=True)
    value = fields.Raw()
    default = fields.Raw(allow_none=True)
    justification = fields.String()
    set_by = fields.String()
    set_at = Instant()


class DepartureOut(Shape):
    """An app that is held to less than the defaults; `departs` says in what, in sentences."""

    id = fields.String()
    name = fields.String()
    departs = fields.List(fields.String())
    justification = fields.String()
    changed_at = Instant()


class DeviationsOut(Shape):
    """Every departure, of policies and of apps."""

    deviations = fields.List(fields.Nested(DeviationOut))
    clients = fields.List(fields.Nested(DepartureOut))


class OrganizationPolicyOut(Shape):
    """What an organization is held to; null and {} mean: as everybody."""

    idle_minutes = fields.Integer(allow_none=True, strict=True, load_default=None)
    life_hours = fields.Integer(allow_none=True, strict=True, load_default=None)
    minimum_acr = fields.String(allow_none=True, load_default=None)
    function_acr = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)


class OrganizationPolicyIn(OrganizationPolicyOut):
    """The whole policy; what is left out is as everybody has it."""

    justification = fields.String(load_default="", validate=validate.Length(max=LONGEST_JUSTIFICATION))
