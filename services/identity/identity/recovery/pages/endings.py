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
from identity.recovery.pages.browser import HOME, Place, at
from identity.recovery.pages.forms import NewPasswordForm
from shared.auth import open_page
from shared.service import Actor
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import words
from shared.web.shell.render import page

blueprint = Blueprint("recovery_endings", __name__, url_prefix=HOME)


@blueprint.get("/new-password")
@at(Step.NEW_PASSWORD)
def show_password(place: Place) -> ResponseReturnValue:
    """Ask for the new password."""
    return _password_form(place, {})


@blueprint.post("/new-password")
@at(Step.NEW_PASSWORD)
def submit_password(place: Place) -> ResponseReturnValue:
    """Replace the password, once."""
    values, errors = read_form(NewPasswordForm)
    errors = errors or _faults(place, values["password"])
    if errors:
        return _password_form(place, errors)
    return _finish(place, context().part(Hasher).hash(values["password"]))


@blueprint.get("/remove")
@at(Step.REMOVE)
def show_removal(place: Place) -> ResponseReturnValue:
    """Say what will be removed, before it is."""
    with reading() as session:
        hold_hours = holding.hours(session, place.recovery.account_id or "", context().clock.now())
    return page("recovery/remove.html", hold_hours=hold_hours)


@blueprint.post("/remove")
@at(Step.REMOVE)
def submit_removal(place: Place) -> ResponseReturnValue:
    """Remove the account's second factors, once."""
    return _finish(place, None)


@blueprint.get("/done")
@at(Step.DONE)
def show_done(place: Place) -> ResponseReturnValue:
    """Say what has changed, and lead to sign-in."""
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
        return accounts.existing(session, place.recovery.account_id or "")
