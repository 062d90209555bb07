"""The page door of what single organizations are held to (A3, B5)."""

from dataclasses import asdict

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.governance import holding, showing
from identity.operators.governance.forms import LEVEL_WORDS, OrganizationForm, WhichForm, as_lines, organization_policy
from identity.operators.roles import Area
from identity.policies import bounds, service
from identity.policies.rules import OrganizationPolicy
from shared.errors import not_found
from shared.web.door import reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.language import words

blueprint = Blueprint("operators_organizations", __name__, url_prefix="/admin/organizations")


@blueprint.get("")
@staff(Area.READ_POLICIES)
def show() -> ResponseReturnValue:
    """The organizations that are held to something of their own."""
    return _listed({}, {})


@blueprint.post("")
@staff(Area.POLICIES)
def choose() -> ResponseReturnValue:
    """Go to an organization by its id."""
    values, errors = read_form(WhichForm)
    with reading() as session:
        if not errors and holding.name_of(session, values["organization_id"]) is None:
            errors = {"organization_id": words().gettext("No organization with members here has this id")}
    return _listed(values, errors) if errors else redirect(f"/admin/organizations/{values['organization_id']}", 303)


@blueprint.get("/<organization_id>")
@staff(Area.POLICIES, acting=True)
def ask(organization_id: str) -> ResponseReturnValue:
    """One organization, ready to be changed."""
    with reading() as session:
        policy = service.organization(session, organization_id)
    shown = {name: "" if value is None else value for name, value in asdict(policy).items()}
    return _form(organization_id, {**shown, "function_acr": as_lines(policy.function_acr)}, {})


@blueprint.post("/<organization_id>")
@staff(Area.POLICIES, acting=True)
def change(organization_id: str) -> ResponseReturnValue:
    """Hold the organization to what was typed; its living sessions follow at once."""
    values, errors = read_form(OrganizationForm)
    if errors:
        return _form(organization_id, values, errors)
    policy = organization_policy(values)
    errors = _faults(policy, values["justification"])
    if errors:
        return _form(organization_id, values, errors)
    with transaction() as work:
        holding.hold(work, organization_id, policy, values["justification"])
    return redirect("/admin/organizations", 303)


def _listed(values: Values, errors: Errors) -> ResponseReturnValue:
    spoken = words()
    with reading() as session:
        held = service.organizations(session)
        names = {each: holding.name_of(session, each) or each for each in held}
    rows = [
        (each, names[each], [f"{showing.title(spoken, name)}: {showing.shown(spoken, value)}" for name, value in set_])
        for each, policy in held.items()
        if (set_ := list(bounds.organization_departures(policy).items()))
    ]
    return admin_page("operators/organizations.html", 422 if errors else 200, rows=rows, values=values, errors=errors)


def _form(organization_id: str, values: Values, errors: Errors) -> ResponseReturnValue:
    with reading() as session:
        name = holding.name_of(session, organization_id)
    if name is None:
        raise not_found()
    levels = [(value, words().render(label)) for value, label in LEVEL_WORDS.items()]
    shown = {"organization_id": organization_id, "name": name, "levels": levels}
    return admin_page("operators/organization.html", 422 if errors else 200, **shown, values=values, errors=errors)


def _faults(policy: OrganizationPolicy, justification: str) -> Errors:
    found = bounds.organization_faults(policy)
    if not found and bounds.organization_departures(policy):
        missing = bounds.unjustified(justification)
        found = {"justification": missing} if missing else {}
    return {name: words().render(sentence) for name, sentence in found.items()}
