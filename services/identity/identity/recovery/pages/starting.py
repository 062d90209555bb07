"""The page door of the beginning: what is lost, and whose it is. The same answers for names that nobody has."""

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from identity.devices import door as devices
from identity.mfa import service as mfa
from identity.recovery import password, service
from identity.recovery.pages import browser
from identity.recovery.pages.browser import HOME
from identity.recovery.pages.forms import FactorForm, PasswordForm, UserIdForm
from identity.recovery.password import Known, Refused
from identity.recovery.service import Begun
from identity.throttle import door as throttle
from shared.auth import open_page
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("recovery", __name__, url_prefix=HOME)
_WHY = "who cannot sign in is not known yet"


@blueprint.get("")
@open_page(_WHY)
def show() -> ResponseReturnValue:
    """Ask what is lost."""
    return page("recovery/recover.html")


@blueprint.get("/user-id")
@open_page(_WHY)
def show_user_id() -> ResponseReturnValue:
    """Ask where the user ID should be sent."""
    return page("recovery/user_id.html", values={}, errors={})


@blueprint.post("/user-id")
@open_page(_WHY)
def submit_user_id() -> ResponseReturnValue:
    """Let the user ID be sent there, if there is one (C1)."""
    values, errors = read_form(UserIdForm)
    if errors:
        return page("recovery/user_id.html", 422, values=values, errors=errors)
    with transaction() as work:
        wait = service.remind(work, values["address"], browser.source())
    if wait is not None:
        errors = {"address": throttle.waiting(wait.until)}
        return throttle.told_to_wait(page("recovery/user_id.html", 429, values=values, errors=errors), wait.until)
    return redirect(f"{HOME}/user-id/sent", 303)


@blueprint.get("/user-id/sent")
@open_page(_WHY)
def show_sent() -> ResponseReturnValue:
    """Say what happens now; the same for every address."""
    return page("recovery/sent.html")


@blueprint.get("/password")
@open_page(_WHY)
def show_password() -> ResponseReturnValue:
    """Ask for the user ID, and for one of the addresses of the account."""
    return _password_form({}, {})


@blueprint.post("/password")
@open_page(_WHY)
def submit_password() -> ResponseReturnValue:
    """Begin; a code goes to the address if it is the account's (C2)."""
    values, errors = read_form(PasswordForm)
    if errors:
        return _password_form(values, errors, 422)
    with transaction() as work:
        begun = service.begin_password(work, values["user_id"], values["address"], browser.source())
    if isinstance(begun, Begun):
        return browser.onward_with(begun.secret)
    errors = {"user_id": throttle.waiting(begun.until)}
    return throttle.told_to_wait(_password_form(values, errors, 429), begun.until)


@blueprint.get("/lost")
@open_page(_WHY)
def show_lost() -> ResponseReturnValue:
    """Ask for what is left: user ID and password."""
    return _lost_form({}, {})


@blueprint.post("/lost")
@open_page(_WHY)
def submit_lost() -> ResponseReturnValue:
    """Begin, for somebody who knows the password."""
    values, errors = read_form(FactorForm)
    if errors:
        return _lost_form(values, errors, 422)
    found = password.check(context(), values["user_id"], values["password"], browser.source())
    shown = {"user_id": values["user_id"]}
    if isinstance(found, Known):
        return _begin_factor(found, shown)
    if isinstance(found, Refused):
        with transaction() as work:
            password.note_refusal(work, found, devices.browser())
        return _lost_form(shown, {"user_id": _wrong()}, 403)
    return throttle.told_to_wait(_lost_form(shown, {"user_id": throttle.waiting(found.until)}, 429), found.until)


def _begin_factor(found: Known, shown: Values) -> ResponseReturnValue:
    with reading() as session:
        something_to_lose = mfa.enrolled(session, found.account_id)
    if not something_to_lose:
        return _lost_form(shown, {"user_id": _("Your account has no app, passkey or phone yet. Sign in as usual")}, 409)
    with transaction() as work:
        begun = service.begin_factor(work, found.account_id)
    if isinstance(begun, Begun):
        return browser.onward_with(begun.secret)
    errors = {"user_id": throttle.waiting(begun.until)}
    return throttle.told_to_wait(_lost_form(shown, errors, 429), begun.until)


def _wrong() -> str:
    return _("The user ID or the password does not match. Check both; capital and small letters matter")


def _password_form(values: Values, errors: Errors, status: int = 200) -> Response:
    return page("recovery/password.html", status, values=values, errors=errors)


def _lost_form(values: Values, errors: Errors, status: int = 200) -> Response:
    return page("recovery/lost.html", status, values=values, errors=errors)
