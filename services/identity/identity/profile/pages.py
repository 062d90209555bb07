"""The page door of a person's own account."""

from typing import Any

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.accounts.service import Claims
from identity.accounts.states import Status
from identity.entitlements import service as entitlements
from identity.entitlements.service import Entitlement
from identity.mfa import service as mfa
from identity.sessions import door
from shared.auth import open_page
from shared.errors import not_found
from shared.web.door import context, reading
from shared.web.shell.render import page

blueprint = Blueprint("profile", __name__)
STATUS_PAGE = "/register/status"


@blueprint.get("/")
@open_page("the way in; it shows nothing")
def home() -> ResponseReturnValue:
    """Lead to the account, or to sign-in."""
    return redirect("/account" if door.present() else "/login", 303)


@blueprint.get("/account", strict_slashes=False)
@door.signed_in()
def overview() -> ResponseReturnValue:
    """Show who is signed in, for whom they work and what they may do; a pending person sees where they stand."""
    here = door.here()
    now = context().clock.now()
    with reading() as session:
        account = accounts.get(session, here.account_id)
        if account is None:
            raise not_found()
        person, held = accounts.claims(account), entitlements.active(session, account.id, now)
        factors = mfa.listing(session, account.id)
    if person.status == Status.PENDING.value:
        return page("profile/pending.html", status_page=STATUS_PAGE, **_shell(person))
    active = entitlements.chosen(held, here.organization_id)
    facts: dict[str, Any] = {"person": person, "held": held, "active": active, "here": here, "factors": factors}
    return page("profile/account.html", **facts, **_shell(person, active))


def _shell(person: Claims, active: Entitlement | None = None) -> dict[str, Any]:
    organization = active.organization["name"] if active else None
    return {"person_name": person.display_name, "organization_name": organization, "signout_url": "/logout"}
