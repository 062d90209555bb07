"""The page door of dormancy: who has stopped signing in, and letting somebody back."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.dormancy import service
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations.models import Organization
from shared.errors import Problem
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Errors
from shared.web.shell import gettext

blueprint = Blueprint("dormancy_pages", __name__)
DORMANT = f"{CONSOLE}/dormant"


@blueprint.get(DORMANT)
@manager_page
@for_organization
def dormant(organization: Organization) -> ResponseReturnValue:
    """Show who was warned and who is suspended."""
    return _page(organization, {})


@blueprint.post(f"{DORMANT}/<membership_id>")
@manager_act
@for_organization
def lift(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Let somebody work again."""
    try:
        with transaction() as work:
            service.lift(work, organization.id, membership_id)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(organization, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{DORMANT}?saved=1", 303)


def _page(organization: Organization, errors: Errors, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        found = service.sleepers(session, actor(), organization.id, context().clock.now())
    saved = "saved" in request.args
    here = f"{CONSOLE}/people"
    return console_page(
        "manage/dormant.html", organization, here, status=status, errors=errors, sleepers=found, saved=saved
    )
