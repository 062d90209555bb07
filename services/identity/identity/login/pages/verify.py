"""The page door of one more proof, for people without a second factor: a code to an address they proved before.

Risk asked for it, and says why in the words of `risk.reasons` (D4). The first code was sent when the sign-in began, so
showing the page sends nothing.
"""

from typing import Any

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from identity.codes import door as code_door
from identity.codes import service as codes
from identity.codes.schemas import CodeForm
from identity.codes.service import Wait
from identity.contacts import service as contacts
from identity.devices import door as devices
from identity.login import service, steps
from identity.login.flow import Step
from identity.login.pages.carried import at, here, person
from identity.login.pages.forms import ContactForm
from identity.login.steps import Place
from identity.risk.reasons import sentences
from identity.sessions.service import SessionView
from identity.throttle import door as throttle
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.render import page

blueprint = Blueprint("verify", __name__, url_prefix="/login/verify")


@blueprint.get("")
@at(Step.VERIFY)
def show(_place: Place, present: SessionView) -> ResponseReturnValue:
    """Ask for the code that was sent."""
    return _form(present, {})


@blueprint.post("")
@at(Step.VERIFY)
def submit(place: Place, present: SessionView) -> ResponseReturnValue:
    """Check the code."""
    values, errors = read_form(CodeForm)
    # Counted for the account too, so that another sign-in gives a guesser no new guesses (threat 29).
    errors = errors or code_door.waiting(present.account_id, "code")
    if errors:
        return _form(present, errors)
    with transaction(person(present)) as work:
        secret = service.verify(work, present, values["code"], devices.browser())
    code_door.note(present.account_id, fits=secret is not None)
    if secret is None:
        return _form(present, {"code": _wrong(present)})
    return steps.onward_with(place.ticket, secret)


@blueprint.post("/again")
@at(Step.VERIFY)
def send_again(place: Place, present: SessionView) -> ResponseReturnValue:
    """Send another code, to this address or another; the earlier one keeps working (M24)."""
    values, _errors = read_form(ContactForm)
    with transaction(person(present)) as work:
        wanted = values.get("contact_id") or None
        sent = service.send_verification(work, present.account_id, present.id, wanted)
    if isinstance(sent, Wait):
        return throttle.told_to_wait(_form(present, code_door.not_yet(sent.until)), sent.until)
    return steps.onward(place.ticket, Step.VERIFY)


def _form(present: SessionView, errors: Errors) -> Response:
    now = context().clock.now()
    with reading() as session:
        trusted = contacts.for_recovery(session, present.account_id, now)
        sent = codes.delivery(session, purpose=service.VERIFY, bound_to=present.id)
    addresses = [(one.id, one.masked) for one in trusted]
    shown: dict[str, Any] = {"reasons": sentences(present.reasons), "sent": sent, "addresses": addresses}
    shown |= {"errors": errors, "again_at": here("/login/verify/again"), "now": now}
    return page("login/verify.html", 422 if errors else 200, **shown)


def _wrong(present: SessionView) -> str:
    now = context().clock.now()
    with reading() as session:
        return code_door.wrong(codes.guesses(session, purpose=service.VERIFY, bound_to=present.id, now=now))
