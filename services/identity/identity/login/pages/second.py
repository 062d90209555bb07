"""The page door of the second factor: the code of an app, and enrolling one where it is demanded and missing."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from identity.accounts import service as accounts
from identity.login import service, steps
from identity.login.flow import Step
from identity.login.pages.forms import CodeForm
from identity.login.pages.password import waiting_sentence
from identity.mfa import qr, totp
from identity.mfa import service as mfa
from identity.sessions.service import SessionView
from identity.throttle.throttle import Throttle
from shared.auth import open_page
from shared.service import Actor
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("factor", __name__, url_prefix="/login")
_WHY = "the session and the flow decide; without them it leads to the first step"


@blueprint.get("/code")
@open_page(_WHY)
def show_code() -> ResponseReturnValue:
    """Ask for the code, if that is the step that is missing."""
    place = steps.find()
    return _code_form(place, {}) if place.step is Step.CODE else steps.onward(place.ticket, place.step)


@blueprint.post("/code")
@open_page(_WHY)
def submit_code() -> ResponseReturnValue:
    """Check the code."""
    place = steps.find()
    if place.step is not Step.CODE or place.present is None:
        return steps.onward(place.ticket, place.step)
    values, errors = read_form(CodeForm)
    errors = errors or _waiting(place.present)
    if errors:
        return _code_form(place, errors)
    with transaction(_person(place.present)) as work:
        secret = service.prove_code(work, place.present, values["code"])
    return _after(place, secret) or _code_form(place, {"code": _wrong_code()})


@blueprint.get("/enrol")
@open_page(_WHY)
def show_enrolment() -> ResponseReturnValue:
    """Show the secret to a person who needs a second factor and has none. Showing it stores nothing."""
    place = steps.find()
    if place.step is not Step.ENROL or place.present is None:
        return steps.onward(place.ticket, place.step)
    return _enrolment_form(place, place.present, {})


@blueprint.post("/enrol")
@open_page(_WHY)
def submit_enrolment() -> ResponseReturnValue:
    """Bind the app by its first code."""
    place = steps.find()
    if place.step is not Step.ENROL or place.present is None:
        return steps.onward(place.ticket, place.step)
    values, errors = read_form(CodeForm)
    errors = errors or _waiting(place.present)
    if errors:
        return _enrolment_form(place, place.present, errors)
    secret = _enrol(place.present, values)
    return _after(place, secret) or _enrolment_form(place, place.present, {"code": _wrong_code()})


def _enrol(present: SessionView, values: Values) -> str | None:
    with transaction(_person(present)) as work:
        return service.enrol(work, present, mfa.offered_secret(context(), present.id), values["code"])


def _after(place: steps.Place, secret: str | None) -> ResponseReturnValue | None:
    """Go on with the new secret, or count the failure."""
    if place.present is None:
        return steps.onward(place.ticket, Step.PASSWORD)
    throttle, name = context().part(Throttle), place.present.account_id
    if secret is None:
        throttle.failed("code", name, request.remote_addr or "")
        return None
    throttle.succeeded("code", name)
    return steps.onward_with(place.ticket, secret)


def _waiting(present: SessionView) -> Errors:
    until = context().part(Throttle).try_once("code", present.account_id, request.remote_addr or "")
    return {"code": waiting_sentence(until, context().clock.now())} if until else {}


def _wrong_code() -> str:
    return _("This code does not fit. Enter the code that the app shows now; each code works once")


def _code_form(place: steps.Place, errors: Errors) -> Response:
    client = place.ticket.client_name if place.ticket else None
    return page("login/code.html", 422 if errors else 200, errors=errors, client_name=client)


def _enrolment_form(place: steps.Place, present: SessionView, errors: Errors) -> Response:
    secret = mfa.offered_secret(context(), present.id)
    with reading() as session:
        account = accounts.get(session, present.account_id)
    address = totp.address(secret, account.user_id or "" if account else "", context().settings.brand)
    picture = Markup(qr.svg(address))  # noqa: S704 - drawn by us from base 32 and percent-encoded text
    client = place.ticket.client_name if place.ticket else None
    status = 422 if errors else 200
    key = totp.in_groups(secret)
    return page(
        "login/enrol.html", status, errors=errors, picture=picture, key=key, address=address, client_name=client
    )


def _person(present: SessionView) -> Actor:
    return Actor(present.account_id, "person")
