"""The page door of the proofs: the code that was sent, another way, the link that somebody else let be sent."""

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from identity.codes import door as code_door
from identity.codes.schemas import CodeForm
from identity.contacts.service import Contact
from identity.mfa.assurance import ACR_PHR
from identity.mfa.picker import APP, PASSKEY, RECOVERY_CODES
from identity.recovery import proving, service
from identity.recovery.flow import CODES, ON_THE_SPOT, Aim, Proof, Step, ways
from identity.recovery.pages import browser
from identity.recovery.pages.browser import HOME, Place, at
from identity.recovery.pages.forms import ContactForm, ProofForm
from identity.recovery.proving import Proved, Wrong
from identity.sessions import door
from identity.sessions.ticket import Ticket
from identity.throttle import door as throttle
from shared.auth import open_page
from shared.service import Actor
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.language import ngettext
from shared.web.shell.render import page

blueprint = Blueprint("recovery_proofs", __name__, url_prefix=HOME)
_TYPED = (APP, RECOVERY_CODES)


@blueprint.get("/code")
@at(Step.CODE)
def show_code(place: Place) -> ResponseReturnValue:
    """Ask for the code that was sent, if there was anything to send."""
    return _code_form(place, {})


@blueprint.post("/code")
@at(Step.CODE)
def submit_code(place: Place) -> ResponseReturnValue:
    """Check the code."""
    values, errors = read_form(CodeForm)
    if errors:
        return _code_form(place, errors)
    with transaction(_person(place)) as work:
        found = proving.prove_code(work, place.recovery, values["code"])
    if isinstance(found, Proved):
        return browser.onward_with(found.secret)
    return _code_form(place, {"code": _wrong_code(found)}) if found.left else browser.onward(browser.find())


@blueprint.post("/code/again")
@at(Step.CODE)
def send_again(place: Place) -> ResponseReturnValue:
    """Let another code be sent; the earlier one stays good (M24)."""
    with transaction(_person(place)) as work:
        wait = service.resend(work, place.recovery.id)
    if wait is not None:
        return throttle.told_to_wait(_code_form(place, code_door.not_yet(wait.until)), wait.until)
    return redirect(f"{HOME}/code?again=1", 303)


@blueprint.post("/code/other")
@at(Step.CODE)
def choose_other(place: Place) -> ResponseReturnValue:
    """Go back to the choice of ways, where there is one."""
    with transaction(_person(place)) as work:
        proving.choose_another_way(work, place.recovery)
    return browser.onward(browser.find())


@blueprint.get("/prove")
@at(Step.PROVE)
def show_ways(place: Place) -> ResponseReturnValue:
    """Offer the ways that are left to prove it."""
    return _ways_form(place, {})


@blueprint.post("/prove/send")
@at(Step.PROVE)
def send_code(place: Place) -> ResponseReturnValue:
    """Send a code to another address of the account."""
    values, errors = read_form(ContactForm)
    if errors:
        return _ways_form(place, errors)
    with transaction(_person(place)) as work:
        until = proving.send_code(work, place.recovery, values["contact"])
    if until is not None:
        return throttle.told_to_wait(_ways_form(place, code_door.not_yet(until)), until)
    return browser.onward(browser.find())


@blueprint.post("/prove")
@at(Step.PROVE)
def submit_factor(place: Place) -> ResponseReturnValue:
    """Check a second factor that is bound to the account."""
    values, errors = read_form(ProofForm)
    if errors:
        return _ways_form(place, errors)
    until = code_door.waits_until(place.recovery.account_id or "")
    if until is not None:
        return throttle.told_to_wait(_ways_form(place, {"typed": throttle.waiting(until)}), until)
    return _after_factor(place, values["kind"] or APP, values["typed"])


@blueprint.get("/link")
@open_page("the secret in the link is the proof")
def show_link() -> ResponseReturnValue:
    """Say what the link is for. Looking changes nothing: mail scanners look (threat 33)."""
    return page("recovery/link.html") if _linked() else page("recovery/over.html", 410)


@blueprint.post("/link")
@open_page("the secret in the link is the proof")
def follow_link() -> ResponseReturnValue:
    """Use the link, once."""
    recovery = _linked()
    if recovery is None:
        return page("recovery/over.html", 410)
    with transaction(Actor(recovery.account_id or "", "person")) as work:
        proved = proving.follow_link(work, recovery)
    return browser.onward_with(proved.secret) if proved else page("recovery/over.html", 410)


def _linked() -> proving.View | None:
    now = context().clock.now()
    with reading() as session:
        return proving.of_mailed_link(session, request.args.get("token", ""), now)


def _after_factor(place: Place, kind: str, typed: str) -> ResponseReturnValue:
    account_id = place.recovery.account_id or ""
    with transaction(_person(place)) as work:
        proved = proving.prove_factor(work, place.recovery, kind, typed)
    code_door.note(account_id, fits=proved is not None)
    if proved is None:
        return _ways_form(place, {"typed": _("This code does not fit, or it was used before. Check it and try again")})
    return browser.onward_with(proved.secret)


def _code_form(place: Place, errors: Errors) -> Response:
    """What became of the message is told only to somebody who has proved something (threat 26, C7)."""
    return page(
        "recovery/code.html",
        422 if errors else 200,
        errors=errors,
        shown=place.recovery.shown,
        proved=bool(place.recovery.proofs),
        deliveries=proving.deliveries(context(), place.recovery),
        again="again" in request.args,
        resend_at=place.recovery.resend_at,
        now=context().clock.now(),
    )


def _ways_form(place: Place, errors: Errors) -> Response:
    contacts, typed, passkey = _offered(place)
    return page(
        "recovery/prove.html",
        422 if errors else 200,
        errors=errors,
        contacts=[(one.id, one.masked) for one in contacts],
        kinds=typed,
        passkey_url=_passkey_url(place) if passkey else None,
        lost=place.recovery.aim is Aim.FACTOR,
        first=not place.recovery.proofs - {Proof.PASSWORD},
    )


def _offered(place: Place) -> tuple[list[Contact], list[str], bool]:
    """Return addresses for a code, the kinds of factor that are typed, and whether there is a passkey."""
    left = ways(place.facts)
    with reading() as session:
        contacts = proving.trusted_contacts(session, place.recovery, left & CODES, context().clock.now())
    usable = place.facts.usable & ON_THE_SPOT if Proof.FACTOR in left else frozenset()
    typed = [kind for kind in _TYPED if kind in usable]
    return contacts, typed, PASSKEY in usable


def _passkey_url(place: Place) -> str:
    """Where a passkey is shown: at sign-in, anew, for this page alone. It needs no password, and is proof enough."""
    begun = place.recovery.created_at
    ticket = Ticket(f"{HOME}/prove", required_acr=ACR_PHR, not_before=begun, organization=False)
    return "/login?" + urlencode({"ticket": door.ticket_text(context(), ticket)})


def _wrong_code(found: Wrong) -> str:
    return ngettext(
        "This code does not fit. You can try %(n)s more time",
        "This code does not fit. You can try %(n)s more times",
        found.left,
    )


def _person(place: Place) -> Actor:
    return Actor(place.recovery.account_id or "unknown", "person")
