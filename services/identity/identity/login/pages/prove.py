"""The page door of the second factor: the strongest way first, every other one a page away (B1, B3, B4)."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from identity.codes import door as code_door
from identity.codes import service as codes
from identity.codes.schemas import CodeForm
from identity.codes.service import Sent
from identity.devices import door as devices_door
from identity.devices import service as devices
from identity.login import factors, steps
from identity.login.factors import Ways
from identity.login.flow import Step
from identity.login.pages.carried import at, here, own_lane, person
from identity.login.pages.forms import RecoveryCodeForm, WayForm
from identity.login.steps import Place
from identity.mfa import service as mfa
from identity.mfa.picker import RECOVERY_CODES, SENT
from identity.sessions.service import SessionView
from identity.throttle import door as throttle
from shared.errors import forbidden
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, Values, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("prove", __name__, url_prefix="/login/prove")


@blueprint.get("")
@at(Step.PROVE)
def show(place: Place, present: SessionView) -> ResponseReturnValue:
    """Ask for the second factor. Showing it sends nothing."""
    return _form(place, present, {}, {})


@blueprint.post("")
@at(Step.PROVE)
def submit(place: Place, present: SessionView) -> ResponseReturnValue:
    """Check what was typed."""
    kind = _ways(place, present).chosen.kind
    field = "recovery_code" if kind == RECOVERY_CODES else "code"
    values, errors = read_form(RecoveryCodeForm if kind == RECOVERY_CODES else CodeForm)
    lane = own_lane(present)
    errors = errors or code_door.waiting(present.account_id, field, lane)
    if errors:
        return _form(place, present, values, errors)
    secret = _prove(present, kind, values[field])
    code_door.note(present.account_id, fits=secret is not None, device=lane)
    if secret is None:
        return _form(place, present, {}, {field: _wrong(present, kind)})
    return steps.onward_with(place.ticket, secret)


@blueprint.get("/ways")
@at(Step.PROVE)
def show_ways(place: Place, present: SessionView) -> ResponseReturnValue:
    """Let the person choose among the ways that are set up, strongest first."""
    return _picker(place, present, {})


@blueprint.post("/ways")
@at(Step.PROVE)
def choose(place: Place, present: SessionView) -> ResponseReturnValue:
    """Go to the way that was chosen; where a code is sent, send it."""
    values, errors = read_form(WayForm)
    if errors:
        return _picker(place, present, errors)
    method = _ways(place, present, values["by"]).chosen
    fresh = method.kind in SENT and not _deliveries(present)
    return _send(place, present, method.id) if fresh else redirect(here("/login/prove", by=method.id), 303)


@blueprint.post("/send")
@at(Step.PROVE)
def send(place: Place, present: SessionView) -> ResponseReturnValue:
    """Send a code, or another one; the earlier ones keep working (M24)."""
    return _send(place, present, request.args.get("by", ""))


def _send(place: Place, present: SessionView, wanted: str) -> ResponseReturnValue:
    method = _ways(place, present, wanted).chosen
    with transaction(person(present)) as work:
        outcome = factors.send(work, present, method)
    if outcome is None or isinstance(outcome, Sent):
        return redirect(here("/login/prove", by=method.id), 303)
    answer = _form(place, present, {}, code_door.not_yet(outcome.until), wanted)
    return throttle.told_to_wait(answer, outcome.until)


def _prove(present: SessionView, kind: str, typed: str) -> str | None:
    with transaction(person(present)) as work:
        browser = devices_door.browser()
        return factors.prove(work, present, kind, typed, browser, remember="remember" in request.form)


def _ways(place: Place, present: SessionView, wanted: str | None = None) -> Ways:
    with reading() as session:
        wanted, now = wanted or request.args.get("by"), context().clock.now()
        found = factors.ways(session, present, place.standing, place.demand, wanted, now) if place.standing else None
    if found is None:
        detail = say("Every second way of signing in to your account is switched off. Call the support desk.")
        raise forbidden("no-usable-factor", detail)
    return found


def _wrong(present: SessionView, kind: str) -> str:
    if kind == RECOVERY_CODES:
        return _("This is none of your unused recovery codes. Each of them works once")
    if kind not in SENT:
        return code_door.wrong_app()
    now = context().clock.now()
    with reading() as session:
        left = codes.guesses(session, purpose=mfa.PURPOSE, bound_to=present.id, now=now)
    return code_door.wrong(left)


def _deliveries(present: SessionView) -> list[codes.Delivery]:
    with reading() as session:
        return codes.delivery(session, purpose=mfa.PURPOSE, bound_to=present.id)


def _form(place: Place, present: SessionView, values: Values, errors: Errors, wanted: str | None = None) -> Response:
    ways = _ways(place, present, wanted)
    sent = [one for one in _deliveries(present) if one.channel == ways.chosen.kind]
    facts = {
        "method": ways.chosen,
        "several": len(ways.offered) > 1,
        "deliveries": sent,
        "now": context().clock.now(),
        # Named, because the answer to a refused sending stands at another address.
        "prove_at": here("/login/prove", by=ways.chosen.id),
        "send_to": here("/login/prove/send", by=ways.chosen.id),
        "ways_at": here("/login/prove/ways"),
        "may_remember": _may_remember(present),
        "client_name": place.client_name,
    }
    return page("login/prove.html", 422 if errors else 200, values=values, errors=errors, **facts)


def _may_remember(present: SessionView) -> bool:
    """Whether to offer it: never at a shared computer (it has no device), never to staff and managers (A8)."""
    if present.device_id is None:
        return False
    with reading() as session:
        return devices.may_remember(session, present.account_id, context().clock.now())


def _picker(place: Place, present: SessionView, errors: Errors) -> Response:
    ways = _ways(place, present)
    options = [(method.id, *_label(method)) for method in ways.offered]
    status = 422 if errors else 200
    return page("login/ways.html", status, errors=errors, options=options, chosen=ways.offered[0].id)


def _label(method: mfa.Method) -> tuple[str, str]:
    """What the way is called, and what it takes."""
    labels = {
        "passkey": (_("Passkey"), _("Unlock the device that holds it")),
        "authenticator_app": (_("Code from your authenticator app"), method.name),
        "sms": (_("Code by text message"), method.name),
        "email": (_("Code by e-mail"), method.name),
        "recovery_codes": (_("Recovery code"), _("Codes left: %(n)s", n=method.remaining)),
    }
    return labels[method.kind]
