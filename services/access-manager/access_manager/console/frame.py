"""Which organization a console page is about: the one chosen for the session, or the only one the person manages."""

from collections.abc import Callable
from functools import wraps

from flask import Response, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from access_manager.memberships.authority import managed_by
from access_manager.organizations.models import Organization
from shared.errors import forbidden
from shared.i18n import say
from shared.web.door import reading
from shared.web.shell import gettext, page
from shared.web.signin import Person, person

CONSOLE = "/manage"


def mine(session: Session) -> list[Organization]:
    """Return the organizations the signed-in person manages; raises 403 where there is none."""
    found = managed_by(session, person().account_id)
    if not found:
        raise forbidden("managers-only", say("These pages are for access managers. You are not one at the moment."))
    return found


def for_organization(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Call the view with the organization to act for; with several and none chosen, lead to the choice first."""

    @wraps(view)
    def chosen(**path: str) -> ResponseReturnValue:
        with reading() as session:
            organizations = mine(session)
        found = _chosen(person(), organizations)
        if found is None:
            return redirect(f"{CONSOLE}/organizations", 303)
        return view(organization=found, **path)

    return chosen


def console_page(
    template: str, organization: Organization | None, here: str, status: int = 200, **values: object
) -> Response:
    """Render a page of the console inside its frame; `here` is the path of the current main entry."""
    entries = (
        (CONSOLE, gettext("Requests")),
        (f"{CONSOLE}/people", gettext("People")),
        (f"{CONSOLE}/managers", gettext("Managers")),
        (f"{CONSOLE}/history", gettext("History")),
        (f"{CONSOLE}/organizations", gettext("Organization")),
    )
    return page(
        template,
        status,
        person_name=person().name,
        organization_name=organization.name if organization else None,
        organization=organization,
        nav=[(href, label, href == here) for href, label in entries],
        home_url=CONSOLE,
        signout_url=f"{CONSOLE}/signout",
        **values,
    )


def _chosen(who: Person, organizations: list[Organization]) -> Organization | None:
    if len(organizations) == 1:
        return organizations[0]
    return next((each for each in organizations if each.id == who.organization_id), None)
