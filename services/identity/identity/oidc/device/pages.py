"""The page door of devices: the code is typed, the question answered (RFC 8628 §3.3, threat 54).

The address may carry the code (§3.3.1), but fills in a field only: it is the person who sends it on, after comparing it
with the device, and who answers, after reading which app it is and what it learns.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from identity.accounts import service as accounts
from identity.closures.door import closed_page
from identity.closures.service import Closed
from identity.entitlements import service as entitlements
from identity.oidc import metadata
from identity.oidc.apps import sentences
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.device import codes, demands, service
from identity.oidc.device.forms import ALLOW, AnswerForm, CodeForm
from identity.oidc.device.service import Waiting
from identity.oidc.faults.people import WEBSITE_CLOSED, WRONG_POPULATION
from identity.oidc.grants.authorization import Authorization
from identity.sessions import door
from identity.sessions.ticket import Ticket
from identity.throttle.door import told_to_wait, waiting
from identity.throttle.limits import Limits
from identity.throttle.throttle import Throttle
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("device", __name__)
_HERE = metadata.DEVICE
# Five guesses at 34 bits; whoever mistypes oftener waits a quarter of an hour (RFC 8628 §5.1).
_KIND = "device-code"
_GUESSES = Limits(delay_from=3, rest_at=5)


@dataclass(frozen=True)
class _Question:
    """A device whose person is here: what it wants, and what stands in the way of saying yes."""

    waiting: Waiting
    client: Client
    inquiry: Inquiry
    outcome: demands.Outcome


@blueprint.get(_HERE)
@door.signed_in()
def show() -> ResponseReturnValue:
    """Ask for the code."""
    return _form({}, request.args.get("user_code", ""))


@blueprint.post(_HERE)
@door.signed_in()
def find() -> ResponseReturnValue:
    """Find the device that waits for the code, and make it this person's."""
    values, errors = read_form(CodeForm)
    if errors:
        return _form(errors, request.form.get("user_code", ""))
    me = door.here().account_id
    until = _guess(me)
    if until is not None:
        return told_to_wait(_form({"user_code": waiting(until)}, ""), until)
    with transaction() as work:
        found = service.typed(work, me, values["user_code"])
    _note(me, fits=found is not None)
    if found is None:
        return _form(
            {"user_code": _("No device waits for this code. Compare it with the device, or start again there")}, ""
        )
    return redirect(f"{_HERE}/{found}", 303)


@blueprint.get(f"{_HERE}/<device_id>")
@door.signed_in()
def ask(device_id: str) -> ResponseReturnValue:
    """Ask whether the device may use the account; afterwards, say what became of it."""
    with reading() as session:
        asked = _question(session, device_id)
        if isinstance(asked, Waiting):
            return page("oidc/device_done.html", state=asked.state)
        return _stopped(session, asked) or _shown(session, asked, {})


@blueprint.post(f"{_HERE}/<device_id>")
@door.signed_in()
def answer(device_id: str) -> ResponseReturnValue:
    """Take the answer."""
    values, errors = read_form(AnswerForm)
    with reading() as session:
        asked = _question(session, device_id)
        if isinstance(asked, _Question) and (errors or values["answer"] == ALLOW):
            stopped = _stopped(session, asked) or (_shown(session, asked, errors) if errors else None)
            if stopped:
                return stopped
    if isinstance(asked, _Question):
        _take(asked, allowed=values["answer"] == ALLOW)
    return redirect(f"{_HERE}/{device_id}", 303)


def _guess(account_id: str) -> datetime | None:
    """Count a guess; return until when none is taken, or None to go on."""
    return context().part(Throttle).try_once(_KIND, account_id, request.remote_addr or "", limits=_GUESSES)


def _note(account_id: str, *, fits: bool) -> None:
    """Note how a guess ended.

    One that fits is given back, and nothing is forgotten for it: whoever starts devices of their own gains no guesses.
    """
    throttle, source = context().part(Throttle), request.remote_addr or ""
    if fits:
        throttle.gave_up(_KIND, account_id, source)
    else:
        throttle.failed(_KIND, account_id, source, limits=_GUESSES)


def _take(asked: _Question, *, allowed: bool) -> None:
    here = door.here()
    with transaction() as work:
        if allowed:
            service.allow(work, asked.waiting, _grant(asked))
        else:
            service.deny(work, asked.waiting, here.account_id)


def _grant(asked: _Question) -> Authorization:
    inquiry = asked.inquiry
    return Authorization(
        client=asked.client,
        session=inquiry.person,
        redirect_uri="",  # nothing is ever sent to the device by way of a browser
        scopes=inquiry.scopes,
        audience=inquiry.audience,
        organization_id=inquiry.organization_id,
        nonce=None,
        code_challenge=None,
    )


def _question(session: Session, device_id: str) -> _Question | Waiting:
    """Return what is to be asked, or the device as it stands where nothing is; raises 404."""
    found = service.of_person(session, device_id, door.here().account_id, context().clock.now())
    if found is None:
        raise not_found()
    client = clients.find(session, found.client_id)
    if found.state != "waiting" or client is None or not client.enabled:
        return found
    return _Question(found, client, *demands.met(session, client, found, door.here()))


def _stopped(session: Session, asked: _Question) -> ResponseReturnValue | None:
    """Return the page that comes before any answer: sign-in for more proof, or that the app is for other people."""
    outcome = asked.outcome
    if outcome is None:
        return None
    if isinstance(outcome, Detour):
        path = f"{_HERE}/{asked.waiting.id}"
        return door.sign_in_first(Ticket(path, asked.client.name, required_acr=asked.inquiry.required_acr))
    if outcome.fault is WEBSITE_CLOSED:
        inquiry = asked.inquiry
        return closed_page(inquiry.known.website() or Closed(None), inquiry.now)
    if outcome.fault is not WRONG_POPULATION:
        raise outcome
    account = accounts.get(session, door.here().account_id)
    portals = clients.portals_of(session, account.population if account else "")
    return page("oidc/wrong_population.html", 403, client_name=asked.client.name, back_url=None, portals=portals)


def _shown(session: Session, asked: _Question, errors: Errors) -> Response:
    account = accounts.existing(session, door.here().account_id)
    return page(
        "oidc/device_confirm.html",
        422 if errors else 200,
        errors=errors,
        client=asked.client,
        code=asked.waiting.code,
        account=account,
        organization=_working_for(session, asked.inquiry),
        told=sentences.told(asked.waiting.scopes),
        may=sentences.done(asked.waiting.scopes),
    )


def _working_for(session: Session, inquiry: Inquiry) -> str | None:
    held = entitlements.active(session, inquiry.person.account_id, inquiry.now)
    names = [one.organization["name"] for one in held if one.organization["id"] == inquiry.organization_id]
    return names[0] if names else None


def _form(errors: Errors, typed: str) -> Response:
    code = codes.read(typed)
    status = 422 if errors else 200
    return cast(
        "Response", page("oidc/device.html", status, errors=errors, typed=codes.shown(code) if code else typed[:40])
    )
