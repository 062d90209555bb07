"""The page door of contact points: the list, adding one with a code, confirming, making it the main one, removing.

Every page needs a fresh and strong sign-in, and nothing that is still held back after a recovery (ASVS 7.5.1, B6).
"""

from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from identity.codes import door as code_door
from identity.codes import service as codes
from identity.codes.schemas import CodeForm
from identity.codes.service import Sent
from identity.contacts import changes, rules
from identity.contacts import service as contacts
from identity.contacts.changes import Refused
from identity.contacts.service import Contact
from identity.mfa import service as mfa
from identity.mfa.assurance import ACR_2
from identity.mfa.picker import SENT
from identity.policies import service as policies
from identity.profile.contact_points.forms import BOUND, STAYS, EmailForm, MobileForm
from identity.sessions import door
from identity.sessions.ticket import Ticket
from identity.throttle import door as throttle
from shared.errors import not_found
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.shell.render import page

blueprint = Blueprint("contact_points", __name__, url_prefix="/account/contacts")
_LIST = "/account/contacts"
_FORMS = {"email": EmailForm, "sms": MobileForm}
_PURPOSE = "contact"


@blueprint.get("", strict_slashes=False)
@door.signed_in()
def show() -> ResponseReturnValue:
    """Every address, what it may do, and what can be done with it."""
    now = context().clock.now()
    with reading() as session:
        found = contacts.listing(session, door.here().account_id)
    return page("profile/contacts.html", contacts=found, now=now)


@blueprint.get("/add/<any(email,sms):kind>")
@door.sensitive(hold=True)
def ask(kind: str) -> ResponseReturnValue:
    """The form for a new address."""
    return page("profile/contact_add.html", kind=kind)


@blueprint.post("/add/<any(email,sms):kind>")
@door.sensitive(hold=True)
def add(kind: str) -> ResponseReturnValue:
    """Note the address and send a code there."""
    values, errors = read_form(_FORMS[kind])
    if errors:
        return page("profile/contact_add.html", 422, kind=kind, values=values, errors=errors)
    with transaction() as work:
        found = changes.add(work, door.here().account_id, kind, values["address"])
        if isinstance(found, Contact):
            codes.send(work, purpose=_PURPOSE, bound_to=found.id, contact=found)
    if isinstance(found, Refused):
        return page("profile/contact_add.html", 422, kind=kind, values=values, errors={"address": _refusal(found)})
    return redirect(f"{_LIST}/{found.id}/code", 303)


@blueprint.get("/<contact_id>/code")
@door.sensitive(hold=True)
def ask_code(contact_id: str) -> ResponseReturnValue:
    """Ask for the code, and say what became of the message."""
    return _code_page(_unproved(contact_id))


@blueprint.post("/<contact_id>/code")
@door.sensitive(hold=True)
def prove(contact_id: str) -> ResponseReturnValue:
    """Take the code: the address is proved."""
    contact = _unproved(contact_id)
    values, errors = read_form(CodeForm)
    # Counted for the account too, so that codes for other addresses give no new guesses (threat 29, ASVS 6.6.3).
    errors = errors or code_door.waiting(contact.account_id, "code")
    if errors:
        return _code_page(contact, errors)
    with transaction() as work:
        right = codes.prove(work, purpose=_PURPOSE, bound_to=contact.id, typed=values["code"]) is not None
        if right:
            changes.prove(work, contact.account_id, contact.id)
    code_door.note(contact.account_id, fits=right)
    return redirect(_LIST, 303) if right else _wrong(contact)


@blueprint.post("/<contact_id>/resend")
@door.sensitive(hold=True)
def resend(contact_id: str) -> ResponseReturnValue:
    """Send another code; the earlier one stays good."""
    contact = _unproved(contact_id)
    with transaction() as work:
        sent = codes.send(work, purpose=_PURPOSE, bound_to=contact.id, contact=contact)
    if not isinstance(sent, Sent):
        return throttle.told_to_wait(_code_page(contact, code_door.not_yet(sent.until)), sent.until)
    return redirect(f"{_LIST}/{contact.id}/code", 303)


@blueprint.get("/<contact_id>/confirm")
@door.sensitive(hold=True)
def ask_confirm(contact_id: str) -> ResponseReturnValue:
    """Say how a quarantine can end before its time."""
    contact = _mine(contact_id)
    if contact.trusted_from is None or rules.is_trusted(contact.trusted_from, context().clock.now()):
        return redirect(_LIST, 303)
    able = _may_confirm(contact)
    return page("profile/contact_confirm.html", contact=contact, enrolled=able, proved=able and _confirms(contact))


@blueprint.post("/<contact_id>/confirm")
@door.sensitive(hold=True)
def confirm(contact_id: str) -> ResponseReturnValue:
    """End the quarantine on two factors that were proved after the address was; ask for them first if need be."""
    contact = _mine(contact_id)
    if not _may_confirm(contact):
        return redirect(f"{_LIST}/{contact.id}/confirm", 303)
    if not _confirms(contact):
        return _prove_anew(contact)
    with transaction() as work:
        changes.confirm(work, contact.account_id, contact.id, "second_factor")
    return redirect(_LIST, 303)


@blueprint.get("/<contact_id>/main")
@door.sensitive(hold=True)
def ask_main(contact_id: str) -> ResponseReturnValue:
    """Ask before the main address changes: organizations and apps see it."""
    return page("profile/contact_main.html", contact=_mine(contact_id))


@blueprint.post("/<contact_id>/main")
@door.sensitive(hold=True)
def make_main(contact_id: str) -> ResponseReturnValue:
    """Make it the main one; one in quarantine stays what it is."""
    contact = _mine(contact_id)
    with transaction() as work:
        done = changes.make_main(work, contact.account_id, contact.id)
    if done or contact.primary:
        return redirect(_LIST, 303)
    errors = {"": _("This address is not confirmed yet. Confirm it first, or wait until it can be used.")}
    return page("profile/contact_main.html", 409, contact=contact, errors=errors)


@blueprint.get("/<contact_id>/remove")
@door.sensitive(hold=True)
def ask_remove(contact_id: str) -> ResponseReturnValue:
    """Ask before an address goes."""
    return page("profile/contact_remove.html", contact=_mine(contact_id))


@blueprint.post("/<contact_id>/remove")
@door.sensitive(hold=True)
def remove(contact_id: str) -> ResponseReturnValue:
    """Remove the address, unless the account cannot do without it."""
    contact = _mine(contact_id)
    with transaction() as work:
        needed = any(method.contact_id == contact.id for method in mfa.methods(work.session, contact.account_id))
        stays = BOUND if needed else STAYS.get(changes.remove(work, contact.account_id, contact.id))
    if stays is None:
        return redirect(_LIST, 303)
    return page("profile/contact_remove.html", 409, contact=contact, errors={"": words().render(stays)})


def _mine(contact_id: str) -> Contact:
    """Return the address; another person's is not found, like one that does not exist (threat 15)."""
    with reading() as session:
        found = contacts.find(session, door.here().account_id, contact_id)
    if found is None:
        raise not_found()
    return found


def _unproved(contact_id: str) -> Contact:
    contact = _mine(contact_id)
    if contact.proved:
        raise not_found()
    return contact


def _may_confirm(contact: Contact) -> bool:
    """Whether the account's second factors are old enough; where they are not, an older address answers, or time."""
    with reading() as session:
        quarantine = timedelta(hours=policies.current(session).quarantine_hours)
        bound = [one.added_at for one in mfa.methods(session, contact.account_id) if one.kind not in SENT]
    return contact.proved_at is not None and rules.may_confirm(bound, contact.proved_at, quarantine)


def _confirms(contact: Contact) -> bool:
    here = door.here()
    return contact.proved_at is not None and rules.confirms(here.amr, here.auth_time, contact.proved_at)


def _prove_anew(contact: Contact) -> Response:
    """Sign-in asks for password and second factor once more, then leads back to the question."""
    path, now = f"{_LIST}/{contact.id}/confirm", context().clock.now()
    ticket = Ticket(path, required_acr=ACR_2, not_before=now, organization=False)
    return redirect(f"/login?ticket={door.ticket_text(context(), ticket)}", 303)


def _wrong(contact: Contact) -> Response:
    """Say how many tries are left; once there are none, the page itself says until when."""
    with reading() as session:
        left = codes.guesses(session, purpose=_PURPOSE, bound_to=contact.id, now=context().clock.now())
    if left.left:
        return _code_page(contact, {"code": code_door.wrong(left)})
    return redirect(f"{_LIST}/{contact.id}/code", 303)


def _code_page(contact: Contact, errors: Errors | None = None) -> Response:
    now = context().clock.now()
    with reading() as session:
        sent = codes.delivery(session, purpose=_PURPOSE, bound_to=contact.id)
        left = codes.guesses(session, purpose=_PURPOSE, bound_to=contact.id, now=now)
    shown: dict[str, Any] = {"contact": contact, "sent": sent, "left": left, "now": now}
    return page("profile/contact_code.html", 422 if errors else 200, errors=errors or {}, **shown)


def _refusal(refused: Refused) -> str:
    if refused.why == "known":
        return _("This address is among your contact points already")
    return _("You have added as many addresses as we keep. Remove one, or try again tomorrow")
