"""The page door of the manager's seat: who manages, who is asked to, step down, hand over. Each change asks first."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from access_manager.console.frame import CONSOLE, OWN_ACCESS, console_page, for_organization
from access_manager.console.showing import shown
from access_manager.memberships import service as memberships
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.memberships.models import Membership
from access_manager.organizations.limits import MANAGERS_ADVISED, MANAGERS_MAXIMUM
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.proposals import making, service
from access_manager.proposals.doors.forms import PolicyForm, SeatForm
from access_manager.proposals.flow import SUMMARIES
from access_manager.proposals.models import Proposal
from access_manager.roster.candidates import candidates
from access_manager.rules.proposals import Kind
from shared.errors import Problem
from shared.service import Work
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell import gettext
from shared.web.signin import person

blueprint = Blueprint("manager_pages", __name__)
MANAGERS = f"{CONSOLE}/managers"


@blueprint.get(MANAGERS)
@manager_page
@for_organization
def managers(organization: Organization) -> ResponseReturnValue:
    """Show who manages the organization, who could, and what waits for somebody's word."""
    return console_page("manage/managers.html", organization, MANAGERS, 200, **_facts(organization))


@blueprint.get(f"{MANAGERS}/hand-over")
@manager_page
@for_organization
def successors(organization: Organization) -> ResponseReturnValue:
    """Show who could manage in one's place."""
    return console_page("manage/managers.html", organization, MANAGERS, 200, handing_over=True, **_facts(organization))


@blueprint.post(f"{MANAGERS}/four-eyes")
@manager_act
@for_organization
def policy(organization: Organization) -> ResponseReturnValue:
    """Ask for two managers where sensitive tasks are given; to end that is a proposal."""
    values, errors = read_form(PolicyForm)
    try:
        with transaction() as work:
            if not errors and values["wanted"]:
                making.want_four_eyes(work, organization.id, wanted=values["wanted"] == "on")
    except Problem as problem:
        told = {"": gettext(problem.detail)}
        facts = {**_facts(organization), "errors": told}
        return console_page("manage/managers.html", organization, MANAGERS, problem.status, **facts)
    return redirect(MANAGERS, 303)


@blueprint.get(f"{MANAGERS}/<membership_id>")
@manager_page
@for_organization
def seat(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Ask before somebody is proposed, or steps down."""
    return _seat_page(organization, membership_id, {})


@blueprint.get(f"{MANAGERS}/<membership_id>/hand-over")
@manager_page
@for_organization
def succession(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Ask before one's own seat is offered to somebody."""
    return _seat_page(organization, membership_id, {}, handing_over=True)


@blueprint.post(f"{MANAGERS}/<membership_id>")
@manager_act
@for_organization
def change_seat(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Step down, or propose a change of managers."""
    values, errors = read_form(SeatForm)
    if errors or not values["act"]:
        return _seat_page(organization, membership_id, errors, status=422)
    try:
        with transaction() as work:
            done = _change(work, values["act"], organization.id, membership_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _seat_page(organization, membership_id, {"": gettext(problem.detail)}, problem.status)
    # Whoever stepped down may not open the pages of managers any more, and is not sent to one.
    return redirect(
        f"{CONSOLE}/proposals/{done.id}" if isinstance(done, Proposal) else f"{OWN_ACCESS}?stepped_down=1", 303
    )


def _change(work: Work, act: str, organization_id: str, membership_id: str) -> Membership | Proposal:
    if act == "promote":
        return making.make_manager(work, organization_id, membership_id)
    if act == "hand_over":
        return making.propose(work, organization_id, Kind.HAND_OVER, membership_id)
    return making.end_role(work, organization_id, membership_id)


def _facts(organization: Organization) -> dict[str, object]:
    with reading() as session:
        now = context().clock.now()
        seated = memberships.managers(session, organization.id)
        found = candidates(session, organization)
        waiting = service.seen_by(session, actor(), organization.id, now)
        accounts = {each.account_id for each in seated}
        accounts |= {account for each in waiting for account in (each.account_id, each.proposed_by)}
        names = people.names(session, accounts)
    return {
        "managers": seated,
        "others": found,
        "waiting": waiting,
        "summaries": {kind.value: words for kind, words in SUMMARIES.items()},
        "names": names,
        "me": person().account_id,
        "limits": _limits(len(seated)),
    }


def _limits(seated: int) -> dict[str, object]:
    return {"few": seated < MANAGERS_ADVISED, "full": seated >= MANAGERS_MAXIMUM, "most": MANAGERS_MAXIMUM}


def _seat_page(
    organization: Organization,
    membership_id: str,
    errors: Errors,
    status: int = 200,
    *,
    handing_over: bool = False,
) -> ResponseReturnValue:
    _found, facts = shown(organization, membership_id)
    return console_page(
        "manage/seat.html", organization, MANAGERS, status, errors=errors, handing_over=handing_over, **facts
    )
