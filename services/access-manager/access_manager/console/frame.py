"""Which organization a console page is about: the one chosen for the session, or the only one the person manages.

A deputy sees the pages of what they were named for, and on each of them on whose behalf they act.
"""

from collections.abc import Callable
from functools import wraps
from typing import cast

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from access_manager.memberships.authority import Standing, managed_by, standing
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.rules.deputies import Scope
from access_manager.rules.refusals import Refusal, refuse
from shared.errors import forbidden
from shared.i18n import say
from shared.web.door import context, reading
from shared.web.shell import gettext, page
from shared.web.signin import Person, person

CONSOLE = "/manage"
OWN_ACCESS = f"{CONSOLE}/mine"  # everybody's, also of who is no manager any more
View = Callable[..., ResponseReturnValue]


def mine(session: Session) -> list[Organization]:
    """Return the organizations the signed-in person manages or is a deputy in; raises 403 where there is none."""
    found = managed_by(session, person().account_id, context().clock.now())
    if not found:
        raise forbidden("managers-only", say("These pages are for access managers. You are not one at the moment."))
    return found


def for_scope(scope: Scope) -> Callable[[View], View]:
    """Call the view with the organization to act for, where the person has `scope` there: a manager, or a deputy.

    With several organizations and none chosen, lead to the choice first. Raises 403 for a deputy without the scope.
    """

    def attach(view: View) -> View:
        @wraps(view)
        def chosen(**path: str) -> ResponseReturnValue:
            with reading() as session:
                found = _chosen(person(), mine(session))
                stands = _standing(session, found) if found else None
            if found is None:
                return redirect(f"{CONSOLE}/organizations", 303)
            if stands is None or scope not in stands.scopes:
                return _elsewhere(stands)
            return view(organization=found, **path)

        return chosen

    return attach


def for_organization(view: View) -> View:
    """Call the view with the organization to act for; managers only, for what nobody hands to a deputy."""
    return for_scope(Scope.MANAGER)(view)


def console_page(
    template: str, organization: Organization | None, here: str, status: int = 200, **values: object
) -> Response:
    """Render a page of the console inside its frame; `here` is the path of the current main entry."""
    with reading() as session:
        several = len(managed_by(session, person().account_id, context().clock.now())) > 1
        stands = _standing(session, organization) if organization else None
        principal = people.name_of(session, stands.on_behalf_of) if stands else ""
    return page(
        template,
        status,
        person_name=person().name,
        person_link=(OWN_ACCESS, gettext("My access")),
        organization_name=_acting_for(organization, principal) if organization else None,
        organization=organization,
        stands=stands,
        several=several,
        nav=[(href, label, href == here) for href, label in _entries(stands, several=several)],
        home_url=CONSOLE,
        signout_url=f"{CONSOLE}/signout",
        **values,
    )


def _chosen(who: Person, organizations: list[Organization]) -> Organization | None:
    if len(organizations) == 1:
        return organizations[0]
    return next((each for each in organizations if each.id == who.organization_id), None)


def _entries(stands: Standing | None, *, several: bool = False) -> list[tuple[str, str]]:
    """The main entries, less those that a deputy may not open; with `several` organizations also their choice."""
    entries = (
        (Scope.REQUESTS, CONSOLE, gettext("Requests")),
        (Scope.PEOPLE, f"{CONSOLE}/people", gettext("People")),
        (Scope.MANAGER, f"{CONSOLE}/managers", gettext("Managers")),
        (Scope.MANAGER, f"{CONSOLE}/partners", gettext("Partners")),
        (Scope.MANAGER, f"{CONSOLE}/emergencies", gettext("Emergencies")),
        (Scope.MANAGER, f"{CONSOLE}/reviews", gettext("Reviews")),
        (Scope.MANAGER, f"{CONSOLE}/history", gettext("History")),
    )
    allowed = stands.scopes if stands else frozenset(Scope)
    found = [(href, label) for scope, href, label in entries if scope in allowed]
    return [*found, (f"{CONSOLE}/organizations", gettext("Organization"))] if several else found


def _standing(session: Session, organization: Organization) -> Standing | None:
    return standing(session, person().account_id, organization.id, context().clock.now())


def _acting_for(organization: Organization, principal: str) -> str:
    if not principal:
        return organization.name
    return gettext("%(organization)s, on behalf of %(manager)s", organization=organization.name, manager=principal)


def _elsewhere(stands: Standing | None) -> Response:
    """Lead a deputy who opens the console to the first page of theirs; raise the refusal anywhere else."""
    if stands is not None and request.method == "GET" and request.path.rstrip("/") == CONSOLE:
        return cast("Response", redirect(_entries(stands)[0][0], 303))
    raise refuse(Refusal.DEPUTY_BEYOND)
