"""The page door of a member's lines of business: all of them, or some; for managers who manage all of them."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.console.showing import shown
from access_manager.memberships import service
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations.models import Organization
from access_manager.rules.lines import LINES
from shared.errors import Problem
from shared.i18n import say
from shared.web.door import transaction
from shared.web.forms import Choices, Errors, PageForm, read_form
from shared.web.shell import gettext

blueprint = Blueprint("line_pages", __name__)
PEOPLE = f"{CONSOLE}/people"


class LinesForm(PageForm):
    """The lines of business; all ticked is every line, those that come later too."""

    lines = Choices(options=tuple(LINES), empty=say("Choose at least one line of business"))


@blueprint.get(f"{PEOPLE}/<membership_id>/lines")
@manager_page
@for_organization
def lines(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Ask which lines of business the person works for."""
    return _page(organization, membership_id, {})


@blueprint.post(f"{PEOPLE}/<membership_id>/lines")
@manager_act
@for_organization
def limit(organization: Organization, membership_id: str) -> ResponseReturnValue:
    """Limit the person to them, or to none."""
    values, errors = read_form(LinesForm)
    if errors:
        return _page(organization, membership_id, errors, 422)
    try:
        with transaction() as work:
            service.set_lines(work, organization.id, membership_id, values["lines"])
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(organization, membership_id, {"": gettext(problem.detail)}, problem.status)
    return redirect(f"{PEOPLE}/{membership_id}?saved=1", 303)


def _page(organization: Organization, membership_id: str, errors: Errors, status: int = 200) -> ResponseReturnValue:
    found, facts = shown(organization, membership_id)
    chosen = list(found.lines) or list(LINES)
    return console_page(
        "manage/lines.html", organization, PEOPLE, status, errors=errors, lines=LINES, chosen=chosen, **facts
    )
