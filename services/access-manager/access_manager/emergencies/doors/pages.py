"""The managers' page door of emergency access: the list, every use of it, its review."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.emergencies import service
from access_manager.emergencies.doors.forms import PolicyForm, ReviewForm
from access_manager.emergencies.doors.schemas import FINDINGS
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from shared.errors import Problem, not_found
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext
from shared.web.signin import person

blueprint = Blueprint("emergency_pages", __name__)
EMERGENCIES = f"{CONSOLE}/emergencies"


@blueprint.get(EMERGENCIES)
@manager_page
@for_organization
def emergencies(organization: Organization) -> ResponseReturnValue:
    """Show what is listed and who used it, the newest first."""
    with reading() as session:
        found = service.listed(session, organization.id)
        names = people.names(session, [each.account_id for each in found])
        policy = service.policy_of(session, organization.id)
    facts = {"found": found, "names": names, "policy": policy, "catalogue": BY_ID, "now": context().clock.now()}
    return console_page("manage/emergencies.html", organization, EMERGENCIES, 200, **facts)


@blueprint.get(f"{EMERGENCIES}/list")
@manager_page
@for_organization
def policy(organization: Organization) -> ResponseReturnValue:
    """Show what members may take up in an emergency."""
    return _policy_page(organization, {}, {})


@blueprint.post(f"{EMERGENCIES}/list")
@manager_act
@for_organization
def set_policy(organization: Organization) -> ResponseReturnValue:
    """Replace the list and the time."""
    values, errors = read_form(PolicyForm)
    if errors:
        return _policy_page(organization, values, errors, 422)
    try:
        with transaction() as work:
            minutes = int(values["minutes"])
            service.set_policy(work, organization.id, values["functions"], minutes, values["version"])
    except Problem as problem:
        place = "" if problem.status == 412 else "functions"
        return _policy_page(organization, values, {place: gettext(problem.detail)}, problem.status)
    return redirect(EMERGENCIES, 303)


@blueprint.get(f"{EMERGENCIES}/<emergency_id>")
@manager_page
def emergency(emergency_id: str) -> ResponseReturnValue:
    """Show one use with its reason; a mail's link may lead to any organization of the manager."""
    return _one_page(emergency_id, {}, {})


@blueprint.post(f"{EMERGENCIES}/<emergency_id>/end")
@manager_act
def end(emergency_id: str) -> ResponseReturnValue:
    """End it early."""
    try:
        with transaction() as work:
            service.end(work, _organization_of(emergency_id).id, emergency_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _one_page(emergency_id, {}, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{EMERGENCIES}/{emergency_id}", 303)


@blueprint.post(f"{EMERGENCIES}/<emergency_id>")
@manager_act
def review(emergency_id: str) -> ResponseReturnValue:
    """Keep what the manager found; the member may use it again from then on."""
    values, errors = read_form(ReviewForm)
    if errors:
        return _one_page(emergency_id, values, errors, 422)
    try:
        with transaction() as work:
            service.review(work, _organization_of(emergency_id).id, emergency_id, values["finding"], values["note"])
    except Problem as problem:
        if problem.status == 404:
            raise
        return _one_page(emergency_id, values, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{EMERGENCIES}/{emergency_id}", 303)


def _organization_of(emergency_id: str) -> Organization:
    """Return the organization of a use that the person may see; raises 404 for everybody else."""
    with reading() as session:
        found = service.of_id(session, emergency_id)
        if found is None:
            raise not_found()
        insist_manager(session, actor(), found.organization_id)
        return organizations.find(session, found.organization_id)


def _one_page(emergency_id: str, values: Values, errors: Errors, status: int = 200) -> ResponseReturnValue:
    organization = _organization_of(emergency_id)
    with reading() as session:
        found = service.find(session, organization.id, emergency_id)
        names = people.names(session, [found.account_id, found.reviewed_by or "", found.ended_by or ""])
    return console_page(
        "manage/emergency.html",
        organization,
        EMERGENCIES,
        status=status,
        found=found,
        runs=found.runs(context().clock.now()),
        names=names,
        findings=FINDINGS,
        own=found.account_id == person().account_id,
        catalogue=BY_ID,
        values=values,
        errors=errors,
    )


def _policy_page(organization: Organization, values: Values, errors: Errors, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        found = service.policy_of(session, organization.id)
    return console_page(
        "manage/emergency_list.html",
        organization,
        EMERGENCIES,
        status=status,
        boxes=boxes(
            values.get("functions", found.functions), kind=organization.kind, contracted=organization.contracted
        ),
        minutes=values.get("minutes", found.minutes),
        version=found.version,
        errors=errors,
    )
