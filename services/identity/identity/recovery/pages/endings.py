"""The page door of the end: a new password, factors removed, the desk, too late, done. Nobody is signed in by it."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.passwords import choice
from identity.passwords.hasher import Hasher
from identity.recovery import holding, proving
from identity.recovery.flow import Aim, Step
from identity.recovery.pages import browser
from identity.recovery.pages.browser import HOME, Place
from identity.recovery.pages.forms import NewPasswordForm
from shared.auth import open_page
from shared.errors import not_found
from shared.service import Actor
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import words
from shared.web.shell.render import page

blueprint = Blueprint("recovery_endings", __name__, url_prefix=HOME)
_WHY = "the cookie of the recovery and the flow decide; without them it leads to the beginning"


@blueprint.get("/new-password")
@open_page(_WHY)
def show_password() -> ResponseReturnValue:
    """Ask for the new password."""
    place = browser.at(Step.NEW_PASSWORD)
    return _password_form(place, {}) if isinstance(place, Place) else place


@blueprint.post("/new-password")
@open_page(_WHY)
def submit_password() -> ResponseReturnValue:
    """Replace the password, once."""
    place = browser.at(Step.NEW_PASSWORD)
    if not isinstance(place, Place):
        return place
    values, errors = read_form(NewPasswordForm)
    errors = errors or _faults(place, values["password"])
    if errors:
        return _password_form(place, errors)
    return _finish(place, context().part(Hasher).hash(values["password"]))


@blueprint.get("/remove")
@open_page(_WHY)
def show_removal() -> ResponseReturnValue:
    """Say what will be removed, before it is."""
    place = browser.at(Step.REMOVE)
    if not isinstance(place, Place):
        return place
    with reading() as session:
        hold_hours = holding.hours(session, place.recovery.account_id or "", context().clock.now())
    return page("recovery/remove.html", hold_hours=hold_hours)


@blueprint.post("/remove")
@open_page(_WHY)
def submit_removal() -> ResponseReturnValue:
    """Remove the account's second factors, once."""
    place = browser.at(Step.REMOVE)
    return _finish(place, None) if isinstance(place, Place) else place


@blueprint.get("/done")
@open_page(_WHY)
def show_done() -> ResponseReturnValue:
    """Say what has changed, and lead to sign-in."""
    place = browser.at(Step.DONE)
    if not isinstance(place, Place):
        return place
    return page("recovery/done.html", aim=place.recovery.aim.value, chosen=place.recovery.aim is not Aim.FACTOR)


@blueprint.get("/desk")
@open_page("whom to call is told to everybody")
def show_desk() -> ResponseReturnValue:
    """Say who helps, and what they will ask."""
    return page("recovery/desk.html")


@blueprint.get("/over")
@open_page("how to begin anew is told to everybody")
def show_over() -> ResponseReturnValue:
    """Say that this attempt is over, and why that may be."""
    return page("recovery/over.html")


def _finish(place: Place, hashed: str | None) -> ResponseReturnValue:
    with transaction(Actor(place.recovery.account_id or "", "person")) as work:
        done = proving.finish(work, place.recovery, hashed)
    return browser.onward(browser.find()) if done else page("recovery/over.html", 409)


def _faults(place: Place, typed: str) -> Errors:
    fault = choice.fault(context(), _account(place), typed)
    return {"password": words().render(fault)} if fault else {}


def _password_form(place: Place, errors: Errors) -> Response:
    account = _account(place)
    shortest = choice.shortest(context(), account)
    status = 422 if errors else 200
    return page("recovery/new_password.html", status, errors=errors, user_id=account.user_id, shortest=shortest)


def _account(place: Place) -> Account:
    with reading() as session:
        account = accounts.get(session, place.recovery.account_id or "")
    if account is None:
        raise not_found()
    return account
