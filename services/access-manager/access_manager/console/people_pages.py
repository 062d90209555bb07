"""The page door of members: people, one person, their access and its end."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.console.days import end_of, last_day
from access_manager.console.forms import AccessForm, RemovalForm
from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.console.showing import shown
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import PROFILES
from access_manager.memberships import service
from access_manager.memberships.doors import manager_act, manager_page
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.rules.removal import REMOVAL_REASONS
from shared.errors import Problem
from shared.web.door import reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext

blueprint = Blueprint("membership_pages", __name__)
PEOPLE = f"{CONSOLE}/people"


@blueprint.get(PEOPLE)
@manager_page
@for_organization
def people_list(organization: Organization) -> ResponseReturnValue:
    """Show everybody who has access."""
    with reading() as session:
        members = service.members(session, organization.id)
        names = people.names(session, [each.account_id for each in members])
    return console_page("manage/people.html", organization, PEOPLE, members=members, names=names)


@blueprint.get(f"{PEOPLE}/<membership_id>")
@manager_page
@for_organization
def member(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Show one person with their functions as plain tasks."""
    return _member_page(organization, membership_id)


@blueprint.post(f"{PEOPLE}/<membership_id>")
@manager_act
@for_organization
def change(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Replace the person's functions and end date."""
    values, errors = read_form(AccessForm)
    if errors:
        return _member_page(organization, membership_id, values, errors, status=422)
    ends_on = values.get("ends_on")
    try:
        with transaction() as work:
            ends_at = end_of(ends_on) if ends_on else None
            service.set_access(
                work, organization.id, membership_id, values["functions"], ends_at, values.get("version")
            )
    except Problem as problem:
        return _refused(problem, organization, membership_id, values)
    return redirect(f"{PEOPLE}/{membership_id}?saved=1", 303)


@blueprint.get(f"{PEOPLE}/<membership_id>/remove")
@manager_page
@for_organization
def removal(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Ask before access is removed, and why."""
    return _removal_page(organization, membership_id, {})


@blueprint.post(f"{PEOPLE}/<membership_id>/remove")
@manager_act
@for_organization
def remove(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Remove the person's access now."""
    values, errors = read_form(RemovalForm)
    if errors:
        return _removal_page(organization, membership_id, errors, status=422)
    try:
        with transaction() as work:
            service.remove(work, organization.id, membership_id, values["reason"])
    except Problem as problem:
        if problem.status == 404:
            raise
        return _removal_page(organization, membership_id, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{PEOPLE}/{membership_id}", 303)


def _refused(problem: Problem, organization: Organization, membership_id: str, values: Values) -> ResponseReturnValue:
    if problem.status == 404:
        raise problem
    place = "ends_on" if problem.slug in {"end-in-the-past", "manager-without-end"} else "functions"
    errors = {place if problem.status != 412 else "": gettext(problem.detail)}
    return _member_page(organization, membership_id, values, errors, problem.status)


def _member_page(
    organization: Organization,
    membership_id: str,
    values: Values | None = None,
    errors: Errors | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    found, facts = shown(organization, membership_id)
    typed = values or {}
    profile = request.args.get("profile") if values is None else None
    ticks = boxes(typed.get("functions", found.functions), contracted=organization.contracted, profile=profile)
    return console_page(
        "manage/member.html",
        organization,
        PEOPLE,
        status=status,
        errors=errors or {},
        **facts,
        boxes=ticks,
        profiles=PROFILES,
        ends_on=typed["ends_on"] if "ends_on" in typed else last_day(found.ends_at),
        saved="saved" in request.args,
    )


def _removal_page(
    organization: Organization, membership_id: str, errors: Errors, status: int = 200
) -> ResponseReturnValue:
    _found, facts = shown(organization, membership_id)
    return console_page(
        "manage/remove.html",
        organization,
        PEOPLE,
        status=status,
        errors=errors,
        **facts,
        reasons=REMOVAL_REASONS,
    )
