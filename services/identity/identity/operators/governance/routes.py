"""The API door of policies for operators' programs (scope `policies.manage`)."""

from typing import Any

from flask_smorest import Blueprint

from identity.operators.governance import departures, holding
from identity.operators.governance.departures import Departing
from identity.operators.governance.schemas import (
    DeviationsOut,
    OrganizationPolicyIn,
    OrganizationPolicyOut,
    PoliciesOut,
    PolicyIn,
    PolicyOut,
)
from identity.policies import bounds, rules, service
from identity.policies.rules import OrganizationPolicy, Policies
from shared.auth import insist_program, requires
from shared.errors import not_found
from shared.web.door import context, reading, transaction

blueprint = Blueprint("operators_policies", __name__, url_prefix="/api/identity/v1", description="Policies")
_SCOPE = "policies.manage"


@blueprint.get("/policies")
@requires(_SCOPE)
@blueprint.response(200, PoliciesOut)
def show() -> dict[str, Any]:
    """List every policy with its value and its default."""
    insist_program()
    with reading() as session:
        current = service.current(session)
    return {"policies": [described(name, current) for name in rules.NAMES]}


@blueprint.get("/policies/deviations")
@requires(_SCOPE)
@blueprint.response(200, DeviationsOut)
def deviations() -> Departing:
    """List every departure from a default, with its justification."""
    insist_program()
    with reading() as session:
        return departures.all_of(context(), session)


@blueprint.put("/policies/<name>")
@requires(_SCOPE)
@blueprint.arguments(PolicyIn)
@blueprint.response(200, PolicyOut)
def change(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Change one policy; 422 for a value out of bounds and for a departure without a justification."""
    insist_program()
    if name not in bounds.BOUNDS:
        raise not_found()
    with transaction() as work:
        service.set_policy(work, name, body["value"], body["justification"])
        return described(name, service.current(work.session))


@blueprint.get("/organizations/<organization_id>/policy")
@requires(_SCOPE)
@blueprint.response(200, OrganizationPolicyOut)
def show_organization(organization_id: str) -> OrganizationPolicy:
    """Show what an organization is held to."""
    insist_program()
    with reading() as session:
        return service.organization(session, organization_id)


@blueprint.put("/organizations/<organization_id>/policy")
@requires(_SCOPE)
@blueprint.arguments(OrganizationPolicyIn)
@blueprint.response(200, OrganizationPolicyOut)
def change_organization(body: dict[str, Any], organization_id: str) -> OrganizationPolicy:
    """Hold an organization to a policy, whole; its living sessions follow at once."""
    insist_program()
    justification = body.pop("justification")
    with transaction() as work:
        holding.hold(work, organization_id, OrganizationPolicy(**body), justification)
        return service.organization(work.session, organization_id)


def described(name: str, current: Policies) -> dict[str, Any]:
    """Return one policy as `PolicyOut` has it."""
    value = getattr(current, name)
    return {
        "name": name,
        "title": bounds.BOUNDS[name].title,
        "value": rules.plain(value),
        "default": rules.default_of(name),
        "departs": bounds.departs(name, value),
    }
