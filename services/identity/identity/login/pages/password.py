"""The page door of sign-in. Every POST does one thing and then asks the flow what comes next."""

import math
from datetime import datetime

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from identity.login import service, steps
from identity.login.flow import Step
from identity.login.pages.forms import PasswordForm
from identity.login.service import Recognized, Refused, Waiting
from shared.auth import open_page
from shared.service import Actor
from shared.web.door import context, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.language import language
from shared.web.shell.moments import when
from shared.web.shell.render import page

blueprint = Blueprint("login", __name__, url_prefix="/login")


@blueprint.get("")
@open_page("signing in is for everybody")
def show() -> ResponseReturnValue:
    """The password page, or the step that is missing for somebody already signed in."""
    place = steps.find()
    if place.step is not Step.PASSWORD:
        return steps.onward(place.ticket, place.step)
    hint = place.ticket.login_hint if place.ticket else None
    return _form(place, {"user_id": hint or ""}, {})


@blueprint.post("")
@open_page("signing in is for everybody")
def submit() -> ResponseReturnValue:
    """Check user ID and password."""
    place = steps.find()
    values, errors = read_form(PasswordForm)
    if errors:
        return _form(place, values, errors, status=422)
    found = service.check_password(context(), values["user_id"], values["password"], request.remote_addr or "")
    shown = {"user_id": values["user_id"]}
    if isinstance(found, Recognized):
        return _sign_in(place, found)
    if isinstance(found, Refused):
        with transaction() as work:
            service.note_refusal(work, found)
        return _form(place, shown, {"user_id": _wrong()}, status=403)
    return _wait(place, shown, found)


def _sign_in(place: steps.Place, found: Recognized) -> ResponseReturnValue:
    with transaction(Actor(found.account_id, "person", found.population)) as work:
        secret = service.sign_in(work, found, place.present)
    if secret is None:
        return _form(
            place, {}, {"user_id": _("Something changed while you signed in. Enter both once more")}, status=409
        )
    return steps.onward_with(place.ticket, secret)


def _wait(place: steps.Place, shown: dict[str, object], found: Waiting) -> ResponseReturnValue:
    now = context().clock.now()
    answer = _form(place, shown, {"user_id": waiting_sentence(found.until, now)}, status=429)
    answer.headers["Retry-After"] = str(max(1, math.ceil((found.until - now).total_seconds())))
    return answer


def waiting_sentence(until: datetime, now: datetime) -> str:
    """Say how long to wait: in seconds, or by the clock."""
    seconds = math.ceil((until - now).total_seconds())
    if seconds <= 60:
        return _("Too many attempts. Wait %(seconds)s seconds, then try again", seconds=max(1, seconds))
    return _("Too many attempts. For your protection, try again after %(time)s", time=when(until, language(), "time"))


def _wrong() -> str:
    return _("The user ID or the password does not match. Check both; capital and small letters matter")


def _form(place: steps.Place, values: dict[str, object], errors: Errors, status: int = 200) -> Response:
    client = place.ticket.client_name if place.ticket else None
    again = place.standing is not None
    return page("login/password.html", status, values=values, errors=errors, client_name=client, again=again)
