"""The page door of sign-in methods: see them, give an app a name, take one away (ASVS 6.5.6)."""

from typing import Any

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from identity.methods.forms import NameForm
from identity.mfa import passkeys, picker
from identity.mfa import service as mfa
from identity.mfa.picker import APP, RECOVERY_CODES, Method
from identity.mfa.service import LastMethod, Unknown
from identity.passwords import service as passwords
from identity.sessions import door
from identity.sessions import service as sessions
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.render import page

blueprint = Blueprint("methods", __name__, url_prefix="/account/methods")
HOME = "/account/methods"
_SAID = ("added", "removed")  # what the list may say happened, by its query


@blueprint.get("", strict_slashes=False)
@door.signed_in()
def show() -> ResponseReturnValue:
    """List how the person signs in, strongest first, and what they may add."""
    here, now = door.here(), context().clock.now()
    with reading() as session:
        known = mfa.methods(session, here.account_id)
        facts: dict[str, Any] = {
            "password_since": passwords.changed_at(session, here.account_id),
            "factors": [method for method in known if method.kind != RECOVERY_CODES],
            "recovery": next((method for method in known if method.kind == RECOVERY_CODES), None),
            "kinds": mfa.kinds_for(session, here.account_id, now),
            "held_until": mfa.held_until(session, here.account_id, now),
            "others": len(sessions.listing(session, here.account_id, now)) - 1,
        }
    said = next((word for word in _SAID if word in request.args), None)
    return page("methods/methods.html", said=said, passkeys_offered=passkeys.offered(context()), **facts)


@blueprint.get("/<method_id>/name")
@door.sensitive()
def show_name(method_id: str) -> ResponseReturnValue:
    """Ask what an app is called."""
    method = _mine(method_id, APP)
    return _name_form(method, {"name": method.name}, {})


@blueprint.post("/<method_id>/name")
@door.sensitive()
def rename(method_id: str) -> ResponseReturnValue:
    """Keep the name."""
    method = _mine(method_id, APP)
    values, errors = read_form(NameForm)
    if errors:
        return _name_form(method, values, errors)
    with transaction() as work:
        mfa.rename(work, door.here().account_id, method.id, values["name"])
    return redirect(HOME, 303)


@blueprint.get("/<method_id>/remove")
@door.sensitive()
def ask_remove(method_id: str) -> ResponseReturnValue:
    """Ask before a method goes; of the last one, say why it stays."""
    return _remove_page(_mine(method_id))


@blueprint.post("/<method_id>/remove")
@door.sensitive()
def remove(method_id: str) -> ResponseReturnValue:
    """Take the method away, unless it is the last one."""
    with transaction() as work:
        outcome = mfa.remove(work, door.here().account_id, method_id)
    if isinstance(outcome, Unknown):
        raise not_found()
    if isinstance(outcome, LastMethod):
        return _remove_page(_mine(method_id), 409)
    return redirect(f"{HOME}?removed", 303)


def _mine(method_id: str, kind: str | None = None) -> Method:
    """Return the method of the person who asks; the 404 Problem for another's and for none (threat 15)."""
    found = next((method for method in _known() if method.id == method_id), None)
    if found is None or kind not in (None, found.kind):
        raise not_found()
    return found


def _known() -> list[Method]:
    with reading() as session:
        return mfa.methods(session, door.here().account_id)


def _remove_page(method: Method, status: int = 200) -> Response:
    last = picker.is_last(_known(), method.id)
    return page("methods/remove.html", status, method=method, last=last)


def _name_form(method: Method, values: Values, errors: Errors) -> Response:
    return page("methods/name.html", 422 if errors else 200, method=method, values=values, errors=errors)
