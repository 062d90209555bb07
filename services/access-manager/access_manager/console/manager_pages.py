"""The page door of the manager's seat: who manages, make one, step down. Each change has a page that asks first."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.console.showing import shown
from access_manager.memberships import seats, service
from access_manager.memberships.doors import manager_act, manager_page
from access_manager.organizations.limits import MANAGERS_ADVISED, MANAGERS_MAXIMUM
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from shared.errors import Problem
from shared.web.door import reading, transaction
from shared.web.forms import Choice, Errors, PageForm, read_form
from shared.web.shell import gettext
from shared.web.signin import person

blueprint = Blueprint("manager_pages", __name__)
MANAGERS = f"{CONSOLE}/managers"


class SeatForm(PageForm):
    """Which way the seat changes; the page says which, so that a page grown old does not do the opposite."""

    act = Choice(options=("promote", "demote"))


@blueprint.get(MANAGERS)
@manager_page
@for_organization
def managers(organization: Organization) -> ResponseReturnValue:
    """Show who manages the organization, and who could."""
    with reading() as session:
        members = service.members(session, organization.id)
        names = people.names(session, [each.account_id for each in members])
    seated = [each for each in members if each.is_manager]
    return console_page(
        "manage/managers.html",
        organization,
        MANAGERS,
        managers=seated,
        others=[each for each in members if not each.is_manager and each.status == "active"],
        names=names,
        me=person().account_id,
        limits=_limits(len(seated)),
    )


@blueprint.get(f"{MANAGERS}/<membership_id>")
@manager_page
@for_organization
def seat(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Ask before somebody becomes a manager or steps down."""
    return _seat_page(organization, membership_id, {})


@blueprint.post(f"{MANAGERS}/<membership_id>")
@manager_act
@for_organization
def change_seat(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Make the person a manager, or end that role."""
    values, errors = read_form(SeatForm)
    if errors or not values["act"]:
        return _seat_page(organization, membership_id, errors, status=422)
    act = seats.promote if values["act"] == "promote" else seats.demote
    try:
        with transaction() as work:
            changed = act(work, organization.id, membership_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _seat_page(organization, membership_id, {"": gettext(problem.detail)}, problem.status)
    stepped_down = not changed.is_manager and changed.account_id == person().account_id
    return redirect(f"{CONSOLE}/organizations" if stepped_down else MANAGERS, 303)


def _limits(seated: int) -> dict[str, object]:
    return {"few": seated < MANAGERS_ADVISED, "full": seated >= MANAGERS_MAXIMUM, "most": MANAGERS_MAXIMUM}


def _seat_page(
    organization: Organization, membership_id: str, errors: Errors, status: int = 200
) -> ResponseReturnValue:
    _found, facts = shown(organization, membership_id)
    return console_page(
        "manage/seat.html",
        organization,
        MANAGERS,
        status=status,
        errors=errors,
        **facts,
    )
