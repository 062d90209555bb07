"""The page door of the password: its person changes it, with the one they have (ASVS 6.2.3)."""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.accounts.canonical import canonical
from identity.accounts.models import Account
from identity.contacts import service as contacts
from identity.devices import service as devices
from identity.passwords import checking, choice, letters, policy
from identity.passwords import service as passwords
from identity.passwords.checking import Attempt, Fits, Waiting, Wrong
from identity.passwords.hasher import Hasher
from identity.policies import service as policies
from identity.sessions import door
from identity.sessions import service as sessions
from identity.sessions.service import SessionView
from identity.throttle import door as throttle
from identity.throttle.limits import password_limits
from shared.i18n import say
from shared.service import Work
from shared.web.door import context, reading, transaction
from shared.web.forms import Choices, Errors, PageForm, Secret, Values, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.language import words
from shared.web.shell.render import page

blueprint = Blueprint("password", __name__, url_prefix="/account/methods/password")
_END = "end"


class ChangeForm(PageForm):
    """The password of today, the one of tomorrow, and whether other places are signed out."""

    current = Secret(empty=say("Enter the password you have now"))
    password = Secret(empty=say("Enter the password you want"))
    elsewhere = Choices((_END,))


@blueprint.get("")
@door.sensitive()
def show() -> ResponseReturnValue:
    """The form; after a change, that it is done."""
    return _form(_account(), {"elsewhere": [_END]}, {}, done="done" in request.args)


@blueprint.post("")
@door.sensitive()
def change() -> ResponseReturnValue:
    """Change the password; whoever is signed in elsewhere is signed out if the person wants it."""
    account, present = _account(), door.here()
    values, errors = read_form(ChangeForm)
    if errors:
        return _form(account, values, errors)
    found = _check(account, present, values["current"])
    if isinstance(found, Waiting):
        return throttle.told_to_wait(_form(account, values, {"current": throttle.waiting(found.until)}), found.until)
    if isinstance(found, Wrong):
        return _form(account, values, {"current": _refused(account)})
    errors = _faults(account, values)
    if errors:
        return _form(account, values, errors)
    return _changed(account, present, found, values)


def _account() -> Account:
    with reading() as session:
        return accounts.existing(session, door.here().account_id)


def _check(account: Account, present: SessionView, typed: str) -> Fits | Wrong | Waiting:
    """Check the present password under the same count as sign-in: a stolen session is no place to guess (threat 27)."""
    with reading() as session:
        limits = password_limits(policies.current(session))
        stored = passwords.stored_hash(session, account.id, proved=True)
    # Whoever is signed in here has a count of their own, so that strangers who guess elsewhere do not stop them.
    attempt = Attempt(canonical(account.user_id or ""), request.remote_addr or "", present.id, limits)
    return checking.check(context(), attempt, stored, typed)


def _refused(account: Account) -> str:
    with transaction() as work:
        passwords.note_failure(work, account.id, proved=True)
        work.audit("password_change.refused", target=account.id)
    return _("This is not the password you have now")


def _faults(account: Account, values: Values) -> Errors:
    if values["password"] == values["current"]:
        return {"password": _("This is the password you have now. Choose another")}
    sentence = choice.fault(context(), account, values["password"])
    return {"password": words().render(sentence)} if sentence else {}


def _changed(account: Account, present: SessionView, found: Fits, values: Values) -> ResponseReturnValue:
    hashed = context().part(Hasher).hash(values["password"])
    with transaction() as work:
        secret = _change(work, account, present, found, hashed, end_others=_END in values["elsewhere"])
    if secret is None:
        return _form(account, values, {"current": _("Your password was changed meanwhile. Start over")}, 409)
    answer = redirect(f"{blueprint.url_prefix}?done", 303)
    door.give_cookie(answer, secret)
    return answer


def _change(
    work: Work, account: Account, present: SessionView, found: Fits, hashed: str, *, end_others: bool
) -> str | None:
    """Write the change; return the session's new secret (ASVS 7.2.4), or None where a rival was first."""
    accounts.hold(work, account.id)  # first of all, as sign-in does: two who lock in another order wait for ever
    if not passwords.replace(work, account.id, found.old_hash, hashed):
        return None
    accounts.clear_reset(work, account.id)
    devices.forget_all(work, account.id)
    if end_others:
        sessions.end_all(work, account.id, "credential_changed", except_id=present.id)
    contacts.tell_everywhere(work, account.id, letters.changed(work.now), key=f"password:{account.id}:{work.now}")
    return sessions.raise_assurance(work, present.id, (), present.auth_time)


def _form(
    account: Account, values: Values, errors: Errors, status: int | None = None, *, done: bool = False
) -> Response:
    with reading() as session:
        rules = policies.current(session)
    shown = {"elsewhere": values.get("elsewhere", ())}
    shortest = policy.shortest(rules, alone=policy.alone(account.population))
    facts = {"user_id": account.user_id, "done": done, "shortest": shortest, "days": rules.password_max_age_days}
    code = status or (422 if errors else 200)
    return page("methods/password.html", code, values=shown, errors=errors, end=_END, **facts)
