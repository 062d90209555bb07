"""The page door of one's organizations: choose the one to act for. The choice lives with the sign-in session."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.console.frame import CONSOLE, console_page, mine
from access_manager.memberships.authority import managed_by
from access_manager.memberships.doors.acting import manager_page
from shared.errors import not_found
from shared.web.door import reading, transaction
from shared.web.signin import choose_organization, person

blueprint = Blueprint("organization_pages", __name__)


@blueprint.get(f"{CONSOLE}/organizations")
@manager_page
def organizations() -> ResponseReturnValue:
    """Show the organizations the person manages, the present one marked."""
    with reading() as session:
        found = mine(session)
    present = found[0] if len(found) == 1 else next((o for o in found if o.id == person().organization_id), None)
    return console_page("manage/organizations.html", present, f"{CONSOLE}/organizations", organizations=found)


@blueprint.post(f"{CONSOLE}/organizations")
@manager_page
def choose() -> ResponseReturnValue:
    """Act for another of one's organizations from now on."""
    wanted = request.form.get("organization", "")
    with transaction() as work:
        if wanted not in {each.id for each in managed_by(work.session, work.actor.id, work.now)}:
            raise not_found()
        choose_organization(work, wanted)
    return redirect(CONSOLE, 303)
