"""The page door of sign-in. Every POST does one thing and then asks the flow what comes next."""

from typing import cast

from flask import Blueprint, Flask, Response, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from identity.devices import door as devices
from identity.devices.browser import Browser
from identity.login import hints, service, steps
from identity.login.flow import Step
from identity.login.pages.forms import PasswordForm
from identity.login.service import Recognized, Refused
from identity.mfa import passkeys
from identity.passwords.checking import Waiting
from identity.policies import service as policies
from identity.sessions import door
from identity.throttle import door as throttle
from identity.throttle.sentences import seconds_left
from shared.auth import open_page
from shared.service import Actor, Context
from shared.web.door import context, reading, transaction
from shared.web.express import Asked, Reply, express
from shared.web.forms import Errors, read_form
from shared.web.shell.drawn import Drawings, drawn_page, install_drawings
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("login", __name__, url_prefix="/login")
_PAGE = "login/password.html"
_BESIDE_THE_FIELD = 60  # seconds


@blueprint.record_once
def draw_once(state: BlueprintSetupState) -> None:
    """Let the page that everybody begins with be drawn once."""
    install_drawings(cast("Flask", state.app), state.app.extensions["gatehouse"])


def _by_page() -> ResponseReturnValue:
    place = steps.find()
    if place.step is not Step.SIGN_IN:
        return steps.onward(place.ticket, place.step)
    hint = place.ticket.login_hint if place.ticket else None
    if _is_the_same_for_everybody(place):
        beside = hints.hints("", "", context().clock.now())
        return drawn_page(_PAGE, {"clock": beside.clock}, hints=beside, passkeys_offered=_offered())
    return _form(place, {"user_id": hint or ""}, {})


@blueprint.get("")
@open_page("signing in is for everybody")
@express(otherwise=_by_page)
def show(place: Context, asked: Asked) -> Reply | None:
    """The password page, or the step that is missing for somebody already signed in.

    A browser that brings no sign-in gets the drawn page without more ado.
    """
    brought = asked.header("Cookie") or ""
    if any(f"{trace}=" in brought for trace in (door.COOKIE, devices.SHARED)):
        return None
    now = place.clock.now()
    return place.part(Drawings).quick(asked, _PAGE, {"clock": hints.hints("", "", now).clock})


@blueprint.post("")
@open_page("signing in is for everybody")
def submit() -> ResponseReturnValue:
    """Check user ID and password."""
    place = steps.find()
    values, errors = read_form(PasswordForm)
    if errors:
        return _form(place, values, errors, status=422)
    browser = devices.browser()
    found = service.check_password(context(), values["user_id"], values["password"], browser)
    shown = {"user_id": values["user_id"]}
    if isinstance(found, Recognized):
        return _sign_in(place, found, browser)
    if isinstance(found, Refused):
        with transaction() as work:
            service.note_refusal(work, found, browser)
        return _form(place, shown, {"user_id": _wrong()}, status=403)
    return _wait(place, shown, found)


def _sign_in(place: steps.Place, found: Recognized, browser: Browser) -> ResponseReturnValue:
    with transaction(Actor(found.account_id, "person", found.population)) as work:
        outcome = service.sign_in(work, found, browser, place.present)
    if outcome is None:
        wrong = _("Something changed while you signed in. Enter both once more")
        return _form(place, {}, {"user_id": wrong}, status=409)
    return steps.after_signing_in(place.ticket, outcome)


def _wait(place: steps.Place, shown: dict[str, object], found: Waiting) -> ResponseReturnValue:
    """A few seconds are told beside the field; a rest of minutes has a page with the ways that are still open."""
    seconds = seconds_left(found.until, context().clock.now())
    if seconds <= _BESIDE_THE_FIELD:
        answer = _form(place, shown, {"user_id": throttle.waiting(found.until)})
    else:
        answer = page("login/resting.html", until=found.until, seconds=seconds)
    return throttle.told_to_wait(answer, found.until)


def _wrong() -> str:
    return _("The user ID or the password does not match. Check both; capital and small letters matter")


def _is_the_same_for_everybody(place: steps.Place) -> bool:
    """Nothing asked for in the address, nobody here, and nothing that a cookie of before could tell."""
    nobody = place.present is None and not door.timed_out()
    return nobody and not request.query_string and not devices.browser().shared


def _offered() -> bool:
    return passkeys.offered(context())


def _form(place: steps.Place, values: dict[str, object], errors: Errors, status: int = 200) -> Response:
    beside = _hints(str(values.get("user_id") or ""))
    return page(
        _PAGE,
        status,
        values=values,
        errors=errors,
        client_name=place.client_name,
        again=place.standing is not None,
        hints=beside,
        clock=beside.clock,
        passkeys_offered=_offered(),
    )


def _hints(typed: str) -> hints.Hints:
    if not typed:  # the page itself reads nothing
        return hints.hints("", "", context().clock.now())
    with reading() as session:
        pattern = policies.current(session).member_id_pattern
    return hints.hints(typed, pattern, context().clock.now())
