"""The page door of a password that must be chosen anew: it is stolen, too old by the operator's policy, or reset.

Only this page is reached until it is done; the session that owes it is nobody's anywhere else (domain §5).
"""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.contacts import service as contacts
from identity.devices import service as devices
from identity.login import steps
from identity.login.flow import Step
from identity.login.pages.carried import at
from identity.login.steps import Place
from identity.passwords import choice, letters
from identity.passwords import service as passwords
from identity.passwords.hasher import Hasher
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from shared.i18n import say
from shared.service import Actor, Work
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, PageForm, Secret, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.shell.render import page

blueprint = Blueprint("renew", __name__, url_prefix="/login/renew")


class RenewForm(PageForm):
    """The new password; the present one was proved a moment ago."""

    password = Secret(empty=say("Enter the password you want"))


@blueprint.get("")
@at(Step.RENEW)
def show(_place: Place, present: SessionView) -> ResponseReturnValue:
    """Ask for a new password."""
    return _form(_account(present), {})


@blueprint.post("")
@at(Step.RENEW)
def submit(place: Place, present: SessionView) -> ResponseReturnValue:
    """Take the new password and go on."""
    account = _account(present)
    values, errors = read_form(RenewForm)
    errors = errors or _faults(account, values["password"])
    if errors:
        return _form(account, errors)
    secret = _renewed(account, present, values["password"])
    return steps.onward_with(place.ticket, secret) if secret else steps.onward(place.ticket, Step.SIGN_IN)


def _account(present: SessionView) -> Account:
    with reading() as session:
        return accounts.existing(session, present.account_id)


def _faults(account: Account, typed: str) -> Errors:
    sentence = choice.fault(context(), account, typed)
    if sentence is not None:
        return {"password": words().render(sentence)}
    with reading() as session:
        stored = passwords.stored_hash(session, account.id, proved=True)
    same = context().part(Hasher).verify(stored, typed)
    return {"password": _("This is the password you have now. Choose another")} if same else {}


def _renewed(account: Account, present: SessionView, typed: str) -> str | None:
    """Write the new password; return the session's new secret, or None where the session is over."""
    hashed = context().part(Hasher).hash(typed)
    with transaction(Actor(account.id, "person", account.population)) as work:
        return _renew(work, account, present, hashed)


def _renew(work: Work, account: Account, present: SessionView, hashed: str) -> str | None:
    accounts.hold(work, account.id)  # first of all, as sign-in does: two who lock in another order wait for ever
    secret = sessions.raise_assurance(work, present.id, (), present.auth_time)
    if secret is None:
        return None
    passwords.set_password(work, account.id, hashed)
    accounts.clear_reset(work, account.id)
    sessions.settle(work, present.id, sessions.RENEW)
    # Whoever knew the old password may be signed in elsewhere, on a device that they made known.
    sessions.end_all(work, account.id, "credential_changed", except_id=present.id)
    devices.forget_all(work, account.id)
    contacts.tell_everywhere(work, account.id, letters.changed(work.now), key=f"password:{account.id}:{work.now}")
    return secret


def _form(account: Account, errors: Errors) -> ResponseReturnValue:
    shortest = choice.shortest(context(), account)
    facts = {"user_id": account.user_id, "shortest": shortest}
    return page("login/renew.html", 422 if errors else 200, values={}, errors=errors, **facts)
