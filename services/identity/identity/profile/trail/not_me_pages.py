"""The page door of the link "that was not me" in a letter about a sign-in (D2).

Opening the link changes nothing, because mail scanners open links (threat 33); pressing the button does, once, and
needs no sign-in: its owner may be locked out of everything but the mailbox.
"""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.devices import labels
from identity.devices import service as devices
from identity.mfa import service as mfa
from identity.risk import alarms
from identity.risk.alarms import Doubt
from identity.sessions import service as sessions
from shared.auth import open_page
from shared.service import Actor, Work
from shared.web.door import context, reading, transaction
from shared.web.forms import PageForm, Text, read_form
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page

blueprint = Blueprint("not_me", __name__)
_WHY = "the link in the letter is the proof; its owner may not be able to sign in"
_REASON = "not_me"


class NotMeForm(PageForm):
    """What the letter's link holds."""

    token = Text(empty="", longest=100)


@blueprint.get(alarms.PATH)
@open_page(_WHY)
def show() -> ResponseReturnValue:
    """Show what the letter was about, and ask."""
    token = request.args.get("token", "")
    with reading() as session:
        doubt = alarms.doubt(session, token, context().clock.now())
    return _question(doubt, token) if doubt else _over()


@blueprint.post(alarms.PATH)
@open_page(_WHY)
def confirm() -> ResponseReturnValue:
    """Sign the account out, demand a new password, and forget the browser that was disowned."""
    values, _errors = read_form(NotMeForm)
    token = str(values.get("token", ""))
    with reading() as session:
        doubt = alarms.doubt(session, token, context().clock.now())
    if doubt is None:
        return _over()
    # The letter went to the account's own addresses: its person acts.
    with transaction(Actor(doubt.account_id, "person")) as work:
        done = _protect(work, doubt, token)
    return redirect(f"{alarms.PATH}/done", 303) if done else _over()


@blueprint.get(f"{alarms.PATH}/done")
@open_page("says what was done, to whoever pressed the button")
def finished() -> ResponseReturnValue:
    """Say what was done and what comes next."""
    return page("profile/not_me_done.html")


def _protect(work: Work, doubt: Doubt, token: str) -> bool:
    """Use the link and do what it says; False where somebody else was first."""
    if not alarms.disown(work, token):
        return False
    accounts.require_reset(work, doubt.account_id, _REASON)
    sessions.end_all(work, doubt.account_id, _REASON)
    # Else whoever signed in there proves themself with what they bound there, and chooses the new password.
    mfa.remove_since(work, doubt.account_id, min(one.at for one in doubt.sign_ins), _REASON)
    for device_id in {one.device_id for one in doubt.sign_ins if one.device_id}:
        devices.forget(work, doubt.account_id, device_id)
    alarms.tell_disowned(work, doubt)
    return True


def _question(doubt: Doubt, token: str) -> Response:
    rows = [[labels.spoken(one.label, _), labels.where(one.place, _), one.source, one.at] for one in doubt.sign_ins]
    return page("profile/not_me.html", rows=rows, token=token)


def _over() -> Response:
    return page("profile/not_me_over.html", 410)
