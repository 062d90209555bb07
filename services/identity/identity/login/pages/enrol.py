"""The page door of a first second factor, where one is demanded and missing: a passkey, an app or a phone."""

from typing import Any

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from identity.codes import door as code_door
from identity.codes import service as codes
from identity.codes.schemas import CodeForm, WhereForm
from identity.codes.service import Sent
from identity.devices import door as devices
from identity.login import factors, steps
from identity.login.flow import Step
from identity.login.pages.carried import at, here, person
from identity.login.steps import Place
from identity.mfa import binding, passkeys
from identity.mfa import service as mfa
from identity.mfa.assurance import ACR_PHR
from identity.sessions.service import SessionView
from identity.throttle import door as throttle
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.render import page

blueprint = Blueprint("enrol", __name__, url_prefix="/login/enrol")


@blueprint.get("")
@at(Step.ENROL)
def show(place: Place, present: SessionView) -> ResponseReturnValue:
    """Show what can be set up, safest first."""
    facts: dict[str, Any] = {
        "passkeys_offered": passkeys.offered(context()),
        "passkey_only": place.standing is not None and factors.level(place.standing, place.demand) == ACR_PHR,
        "phones": _phones(present),
        "client_name": place.client_name,
        "query": here(""),
    }
    return page("login/enrol.html", **facts)


@blueprint.get("/app")
@at(Step.ENROL)
def show_app(_place: Place, present: SessionView) -> ResponseReturnValue:
    """Show the secret that an app takes. Showing it stores nothing."""
    return _app_form(present, {})


@blueprint.post("/app")
@at(Step.ENROL)
def bind_app(place: Place, present: SessionView) -> ResponseReturnValue:
    """Bind the app by its first code."""
    values, errors = read_form(CodeForm)
    errors = errors or code_door.waiting(present.account_id, "code")
    if errors:
        return _app_form(present, errors)
    secret = _bind_app(present, values["code"])
    code_door.note(present.account_id, fits=secret is not None)
    if secret is None:
        return _app_form(present, {"code": code_door.wrong_app()})
    return steps.onward_with(place.ticket, secret)


@blueprint.get("/phone")
@at(Step.ENROL)
def show_phone(place: Place, present: SessionView) -> ResponseReturnValue:
    """Offer the numbers that the person has proved; after a code was sent, ask for it."""
    if not _phones(present):
        return steps.onward(place.ticket, place.step)
    return _phone_form(present, {})


@blueprint.post("/phone/send")
@at(Step.ENROL)
def send(_place: Place, present: SessionView) -> ResponseReturnValue:
    """Send the code that shows that the phone is at hand."""
    values, errors = read_form(WhereForm)
    if errors:
        return _phone_form(present, errors)
    with transaction(person(present)) as work:
        outcome = factors.send_binding(work, present, values["contact_id"])
    if outcome is None or isinstance(outcome, Sent):
        return redirect(here("/login/enrol/phone"), 303)
    answer = _phone_form(present, code_door.not_yet(outcome.until))
    return throttle.told_to_wait(answer, outcome.until)


@blueprint.post("/phone")
@at(Step.ENROL)
def bind_phone(place: Place, present: SessionView) -> ResponseReturnValue:
    """Bind the phone by the code that was sent to it."""
    values, errors = read_form(CodeForm)
    errors = errors or code_door.waiting(present.account_id, "code")
    if errors:
        return _phone_form(present, errors)
    with transaction(person(present)) as work:
        secret = factors.bind_phone(work, present, values["code"], devices.browser())
    code_door.note(present.account_id, fits=secret is not None)
    if secret is None:
        return _phone_form(present, {"code": _wrong_phone(present)})
    return steps.onward_with(place.ticket, secret)


def _bind_app(present: SessionView, code: str) -> str | None:
    with transaction(person(present)) as work:
        secret = binding.offered_secret(context(), work.session, present.account_id, present.id)
        return factors.bind_app(work, present, secret, code, devices.browser())


def _phones(present: SessionView) -> list[tuple[str, str]]:
    with reading() as session:
        mine = factors.phones(session, present.account_id, context().clock.now())
    return [(contact.id, contact.masked) for contact in mine]


def _app_form(present: SessionView, errors: Errors) -> Response:
    with reading() as session:
        offer = binding.offer(context(), session, present.account_id, present.id)
    return page("login/enrol_app.html", 422 if errors else 200, errors=errors, offer=offer, query=here(""))


def _phone_form(present: SessionView, errors: Errors) -> Response:
    with reading() as session:
        sent = codes.delivery(session, purpose=mfa.BINDING, bound_to=present.id)
    phones = _phones(present)
    facts = {"phones": phones, "chosen": phones[0][0] if phones else None, "query": here("")}
    now, status = context().clock.now(), 422 if errors else 200
    return page("login/enrol_phone.html", status, errors=errors, deliveries=sent, now=now, **facts)


def _wrong_phone(present: SessionView) -> str:
    now = context().clock.now()
    with reading() as session:
        left = codes.guesses(session, purpose=mfa.BINDING, bound_to=present.id, now=now)
    return code_door.wrong(left)
