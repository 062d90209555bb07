"""The page door of one member: what they may do, their end, and the removal of their access."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.console.days import end_of, last_day
from access_manager.console.forms import AccessForm, RemovalForm
from access_manager.console.frame import console_page, for_scope
from access_manager.console.showing import shown
from access_manager.functions.boxes import boxes
from access_manager.functions.catalogue import BY_ID, PROFILES
from access_manager.memberships import service
from access_manager.memberships.authority import lines_of
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.roster import members as roster
from access_manager.roster.list_pages import PEOPLE
from access_manager.roster.members import Wanted, sought
from access_manager.rules.deputies import Scope
from access_manager.rules.removal import REMOVAL_REASONS
from shared.errors import Problem
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell import gettext

blueprint = Blueprint("membership_pages", __name__)
_COLLEAGUES = 10  # how many of those who fit are offered to copy from


@blueprint.get(f"{PEOPLE}/<membership_id>")
@manager_page
@for_scope(Scope.PEOPLE)
def member(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Show one person with their functions as plain tasks."""
    return _member_page(organization, membership_id)


@blueprint.post(f"{PEOPLE}/<membership_id>")
@manager_act
@for_scope(Scope.PEOPLE)
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
@for_scope(Scope.PEOPLE)
def removal(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Ask before access is removed, and why."""
    return _removal_page(organization, membership_id, {})


@blueprint.post(f"{PEOPLE}/<membership_id>/remove")
@manager_act
@for_scope(Scope.PEOPLE)
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
    if problem.status == 412:  # what was typed is about access that is no more; sent again it would undo it unseen
        return _member_page(organization, membership_id, None, {"": gettext(problem.detail)}, problem.status)
    return _member_page(organization, membership_id, values, {place: gettext(problem.detail)}, problem.status)


def _member_page(
    organization: Organization,
    membership_id: str,
    values: Values | None = None,
    errors: Errors | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    found, facts = shown(organization, membership_id)
    typed = values or {}
    return console_page(
        "manage/member.html",
        organization,
        PEOPLE,
        status=status,
        errors=errors or {},
        **facts,
        **_offered(organization, typed.get("functions", found.functions), asked=values is None),
        profiles=PROFILES,
        catalogue=BY_ID,
        ends=[(BY_ID[each], datetime.fromisoformat(end)) for each, end in sorted(found.function_ends.items())],
        ends_on=typed["ends_on"] if "ends_on" in typed else last_day(found.ends_at),
        saved="saved" in request.args,
    )


def _offered(organization: Organization, held: Sequence[str], *, asked: bool) -> dict[str, object]:
    """What is ticked: what they hold, or a usual job, or what a colleague has. The address asks; it changes nothing."""
    copied, looked_for = request.args.get("copy", ""), sought(request.args.get("colleague", ""))
    profile = request.args.get("profile") if asked else None
    colleague, found = None, []
    with reading() as session:
        now = context().clock.now()
        if asked and copied:
            colleague = service.seen(session, actor(), organization.id, copied, now)
        if looked_for:
            reach = tuple(lines_of(session, actor(), organization.id, now))
            wanted = Wanted(text=looked_for, status="active", size=_COLLEAGUES, reach=reach)
            found = list(roster.look(session, organization.id, wanted, now).rows)
        names = people.names(session, [colleague.account_id] if colleague else [])
    chosen = colleague.functions if colleague else held
    return {
        "boxes": boxes(chosen, kind=organization.kind, contracted=organization.contracted, profile=profile),
        "colleague": names.get(colleague.account_id) if colleague else None,
        "colleagues": found,
        "looked_for": looked_for,
    }


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
