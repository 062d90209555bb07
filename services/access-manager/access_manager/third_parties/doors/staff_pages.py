"""The page door of a company's own people: whom to send through a connection, with which tasks, and take them off."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from access_manager.console.days import end_of, last_day
from access_manager.console.frame import for_organization
from access_manager.console.showing import shown as member_shown
from access_manager.functions.boxes import boxes
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.roster.candidates import candidates
from access_manager.rules.refusals import Refusal
from access_manager.third_parties import service, staff
from access_manager.third_parties.doors.forms import TasksForm
from access_manager.third_parties.doors.pages import PARTNERS, link_page, refused_page
from access_manager.third_parties.models import Side
from shared.errors import Problem, not_found
from shared.web.door import reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext

blueprint = Blueprint("partner_staff_pages", __name__)
_STAFF = f"{PARTNERS}/<link_id>/staff"


@blueprint.get(_STAFF)
@manager_page
@for_organization
def people_to_send(organization: Organization, link_id: str) -> ResponseReturnValue:
    """Show our own people, and who of them works through the connection."""
    with reading() as session:
        found = service.find(session, organization.id, link_id)
        if found.side_of(organization.id) is not Side.COMPANY:
            raise not_found()
        ours = candidates(session, organization, role="")
    return link_page("manage/partner_staff.html", organization, link_id, found=ours)


@blueprint.get(f"{_STAFF}/<membership_id>")
@manager_page
@for_organization
def person(organization: Organization, link_id: str, membership_id: str) -> ResponseReturnValue:
    """Show what one of our people may do through the connection."""
    return _person_page(organization, link_id, membership_id, {}, {})


@blueprint.post(f"{_STAFF}/<membership_id>")
@manager_act
@for_organization
def assign(organization: Organization, link_id: str, membership_id: str) -> ResponseReturnValue:
    """Give them the ticked tasks; what is not ticked is taken away."""
    values, errors = read_form(TasksForm)
    if errors:
        return _person_page(organization, link_id, membership_id, values, errors, 422)
    ends_at = end_of(values["ends_on"]) if values["ends_on"] else None
    try:
        with transaction() as work:
            staff.assign(work, organization.id, link_id, membership_id, values["functions"], ends_at)
    except Problem as problem:
        if problem.status == 404:
            raise
        place = "ends_on" if problem.slug == Refusal.END_IN_THE_PAST else "functions"
        errors = {place: gettext(problem.detail)}
        return _person_page(organization, link_id, membership_id, values, errors, problem.status)
    return redirect(f"{PARTNERS}/{link_id}", 303)


@blueprint.get(f"{_STAFF}/<membership_id>/remove")
@manager_page
@for_organization
def removal(organization: Organization, link_id: str, membership_id: str) -> ResponseReturnValue:
    """Ask before one of our people is taken off."""
    _found, facts = member_shown(organization, membership_id)
    return link_page("manage/partner_remove.html", organization, link_id, {}, 200, **facts)


@blueprint.post(f"{_STAFF}/<membership_id>/remove")
@manager_act
@for_organization
def remove(organization: Organization, link_id: str, membership_id: str) -> ResponseReturnValue:
    """Take the person off the connection now."""
    _found, facts = member_shown(organization, membership_id)
    try:
        with transaction() as work:
            staff.unassign(work, organization.id, link_id, membership_id)
    except Problem as problem:
        return refused_page("manage/partner_remove.html", organization, link_id, problem, **facts)
    return redirect(f"{PARTNERS}/{link_id}", 303)


def _person_page(
    organization: Organization, link_id: str, membership_id: str, values: Values, errors: Errors, status: int = 200
) -> ResponseReturnValue:
    own, facts = member_shown(organization, membership_id)
    with reading() as session:
        found = service.find(session, organization.id, link_id)
        giver = organizations.find(session, found.provider_id)
        there = next((each for each in staff.sent(session, found) if each.account_id == own.account_id), None)
    if found.side_of(organization.id) is not Side.COMPANY:
        raise not_found()
    held = there.functions if there else ()
    return link_page(
        "manage/partner_person.html",
        organization,
        link_id,
        errors,
        status,
        **facts,
        there=there,
        boxes=boxes(values.get("functions", held), kind=giver.kind, contracted=giver.contracted, among=found.functions),
        ends_on=values["ends_on"] if "ends_on" in values else last_day(there.ends_at if there else None),
    )
