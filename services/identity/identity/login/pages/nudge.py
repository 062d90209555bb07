"""The page door of a reminder: somebody with one way of signing in would be shut out without it. It can be skipped."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from identity.login import factors, steps
from identity.login.flow import Step
from identity.login.pages.carried import at, here, person
from identity.login.pages.forms import NudgeForm
from identity.login.steps import Place
from identity.mfa import recovery_codes
from identity.mfa import service as mfa
from identity.sessions.service import SessionView
from shared.web.door import transaction
from shared.web.forms import read_form
from shared.web.shell.render import page

blueprint = Blueprint("nudge", __name__, url_prefix="/login/nudge")


@blueprint.get("")
@at(Step.NUDGE)
def show(_place: Place, _present: SessionView) -> ResponseReturnValue:
    """Suggest a second way."""
    return page("login/nudge.html")


@blueprint.post("")
@at(Step.NUDGE)
def answer(place: Place, present: SessionView) -> ResponseReturnValue:
    """Take the answer; whatever it is, nobody is reminded again for a while."""
    values, _errors = read_form(NudgeForm)
    act = values.get("act", "skip")
    with transaction(person(present)) as work:
        mfa.note_nudged(work, present.account_id)
        mine = act == "codes" and factors.may_bind(work, present)
        codes = recovery_codes.new_set(work, present.account_id) if mine else []
    if codes:
        return page("login/saved_codes.html", codes=codes, next_at=here("/login"))
    # What this sign-in may not do without proving more, the account's own page asks the proof for.
    return steps.again(place.ticket) if act == "skip" else redirect("/account/methods", 303)
