"""The page door of a reminder: somebody with one way of signing in would be shut out without it. It can be skipped."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from identity.login import factors, steps
from identity.login.flow import Step
from identity.login.pages.carried import here, person
from identity.login.pages.forms import NudgeForm
from identity.mfa import recovery_codes
from identity.mfa import service as mfa
from shared.auth import open_page
from shared.web.door import transaction
from shared.web.forms import read_form
from shared.web.shell.render import page

blueprint = Blueprint("nudge", __name__, url_prefix="/login/nudge")
_WHY = "the session and the flow decide; without them it leads to the first step"


@blueprint.get("")
@open_page(_WHY)
def show() -> ResponseReturnValue:
    """Suggest a second way, if that is the step."""
    place = steps.find()
    return page("login/nudge.html") if place.step is Step.NUDGE else steps.onward(place.ticket, place.step)


@blueprint.post("")
@open_page(_WHY)
def answer() -> ResponseReturnValue:
    """Take the answer; whatever it is, nobody is reminded again for a while."""
    place = steps.find()
    if place.step is not Step.NUDGE or place.present is None:
        return steps.onward(place.ticket, place.step)
    values, _errors = read_form(NudgeForm)
    act = values.get("act", "skip")
    with transaction(person(place.present)) as work:
        mfa.note_nudged(work, place.present.account_id)
        mine = act == "codes" and factors.may_bind(work, place.present)
        codes = recovery_codes.new_set(work, place.present.account_id) if mine else []
    if codes:
        return page("login/saved_codes.html", codes=codes, next_at=here("/login"))
    # What this sign-in may not do without proving more, the account's own page asks the proof for.
    return steps.again(place.ticket) if act == "skip" else redirect("/account/methods", 303)
