"""The page door of a manager's own mails: at once, or one a day."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.inbox import digests
from access_manager.memberships.doors.acting import manager_page
from access_manager.organizations.models import Organization
from shared.web.door import reading, transaction
from shared.web.forms import Choice, Errors, PageForm, read_form
from shared.web.signin import person

blueprint = Blueprint("mails", __name__)
MAILS = f"{CONSOLE}/mails"


class MailsForm(PageForm):
    """How often."""

    often = Choice(options=("once", "daily"))


@blueprint.get(MAILS)
@manager_page
@for_organization
def mails(organization: Organization) -> ResponseReturnValue:
    """Show how often we write."""
    return _page(organization, {})


@blueprint.post(MAILS)
@manager_page
@for_organization
def choose(organization: Organization) -> ResponseReturnValue:
    """Write at once from now on, or once a day."""
    values, errors = read_form(MailsForm)
    if errors:
        return _page(organization, errors, 422)
    with transaction() as work:
        digests.choose(work, daily=values["often"] == "daily")
    return redirect(f"{MAILS}?saved=1", 303)


def _page(organization: Organization, errors: Errors, status: int = 200) -> ResponseReturnValue:
    with reading() as session:
        daily = digests.wants(session, person().account_id)
    saved = "saved" in request.args
    return console_page("manage/mails.html", organization, CONSOLE, status, errors=errors, daily=daily, saved=saved)
