"""The page door of a person's own account: the overview, and for whom they work now."""

from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.states import Status
from identity.entitlements import service as entitlements
from identity.mfa import service as mfa
from identity.profile.frame import frame
from identity.profile.overview import switching
from identity.profile.overview.next_step import next_step, places_of_work
from identity.profile.overview.switching import Switched
from identity.profile.overview.tasks import tasks
from identity.sessions import door
from identity.sessions import service as sessions
from identity.sessions.ticket import Ticket
from shared.auth import open_page
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("profile", __name__)
blueprint.app_context_processor(frame)
STATUS_PAGE = "/register/status"
_HERE = "/account"


@blueprint.get("/")
@open_page("the way in; it shows nothing")
def home() -> ResponseReturnValue:
    """Lead to the account, or to sign-in."""
    return redirect(_HERE if door.entered() else "/login", 303)


@blueprint.get(_HERE, strict_slashes=False)
@door.signed_in()
def overview() -> ResponseReturnValue:
    """Show who is signed in, for whom they work and what they may do; a pending person sees where they stand."""
    return _overview({})


@blueprint.post("/account/organization")
@door.signed_in()
def switch() -> ResponseReturnValue:
    """Work for another of the person's organizations from now on, without a new sign-in (A6, domain §4)."""
    wanted = request.form.get("organization_id")
    if not wanted:
        return _overview({"organization_id": _("Choose the organization you are working for now")})
    with transaction() as work:
        outcome = switching.switch(work, door.here(), wanted)
    if outcome is Switched.NOT_YOURS:
        raise not_found()
    if isinstance(outcome, str):
        return door.sign_in_first(Ticket(_HERE, required_acr=outcome, organization=False))
    return redirect(f"{_HERE}?done=switched", 303)


def _overview(errors: Errors) -> ResponseReturnValue:
    with reading() as session:
        facts = _facts(session)
    if facts["person"].status == Status.PENDING.value:
        return page("profile/pending.html", status_page=STATUS_PAGE, **facts)
    done = request.args.get("done") == "switched"
    return page("profile/account.html", 422 if errors else 200, errors=errors, switched=done, **facts)


def _facts(session: Session) -> dict[str, Any]:
    here, now = door.here(), context().clock.now()
    account = accounts.existing(session, here.account_id)
    held = entitlements.active(session, account.id, now)
    active = entitlements.chosen(held, here.organization_id)
    person, methods = accounts.claims(account), mfa.methods(session, account.id)
    return {
        "person": person,
        "held": held,
        "active": active,
        "options": [(str(one.organization["id"]), str(one.organization["name"])) for one in held],
        "tasks": tasks(active.functions) if active else [],
        "here": here,
        "methods": methods,
        "sign_ins": len(sessions.listing(session, account.id, now)),
        "next_step": next_step(methods, belongs=bool(held) or person.staff_role is not None),
        "places": places_of_work(manages=entitlements.manages(held), staff_role=person.staff_role),
    }
