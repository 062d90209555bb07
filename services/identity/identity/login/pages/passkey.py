"""The JSON door of passkeys at sign-in: whoever proves one is in, without a name (B2); or proves who they said.

The sign-in page asks for options on every showing, so that browsers can offer passkeys under the user ID field; they
are cheap and tell nothing (threat 26).
"""

import math
from datetime import timedelta

from flask import Blueprint, Response, jsonify, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from identity.accounts.states import Status
from identity.devices import door as devices
from identity.login import by_passkey, steps
from identity.login.flow import Step
from identity.login.service import Denied, Entered, Outcome
from identity.login.steps import Place
from identity.mfa import passkeys
from identity.mfa.passkeys import Refused
from identity.mfa.webauthn import door
from identity.risk.reasons import sentences
from identity.throttle.limits import Limits
from identity.throttle.throttle import Throttle
from shared.auth import open_page
from shared.errors import Problem, too_many
from shared.i18n import say
from shared.web.door import context, transaction
from shared.web.shell.language import words

blueprint = door.speaks_json(Blueprint("passkey", __name__, url_prefix="/login"))
_WHY = "a passkey says who comes; nobody is told anything before it is proved"
# No name rests here (threat 28). A whole office may share an address, and each sign-in page shown there asks once.
_LIMITS = Limits(delay_from=6000, rest_at=6000, rest=timedelta(minutes=1), source_a_minute=300)
_TITLE = say("You cannot sign in now")


@blueprint.record_once
def offer(state: BlueprintSetupState) -> None:
    """Let templates ask whether browsers can use passkeys at our address at all."""
    state.app.jinja_env.globals["passkeys_offered"] = passkeys.offered(state.app.extensions["gatehouse"])


@blueprint.post("/passkey/options")
@open_page(_WHY)
def options() -> ResponseReturnValue:
    """Give what the browser needs to ask its person for a passkey."""
    _count_try()
    asked, secret = passkeys.sign_in_options(context(), door.ceremony())
    answer = jsonify(asked)
    door.keep_ceremony(answer, secret)
    return answer


@blueprint.post("/passkey")
@open_page(_WHY)
def submit() -> ResponseReturnValue:
    """Check the passkey; open the session, or add to the proofs of the present one, of its own person only."""
    _count_try()
    place, used, browser, ceremony = steps.find(), door.sent(), devices.browser(), door.ceremony() or ""
    with transaction() as work:
        if place.step is Step.PROVE and place.present is not None:
            outcome = by_passkey.prove(work, ceremony, used, browser, place.present)
        else:
            outcome = by_passkey.enter(work, ceremony, used, browser, place.present)
    return lead_on(place, outcome)


def lead_on(place: Place, outcome: Outcome | Refused) -> Response:
    """Let the script go on; to somebody who is not let in say why, which only the owner of the passkey can hear."""
    if isinstance(outcome, Entered):
        return door.leads_to(steps.after_signing_in(place.ticket, outcome))
    if isinstance(outcome, Refused):
        raise door.refusal(outcome.reason)
    phone = context().settings.help_phone
    if isinstance(outcome, Denied):
        noticed = " ".join(words().render(sentence) for sentence in sentences(outcome.reasons))
        detail = say("%(noticed)s Call the support desk at %(phone)s.", noticed=noticed, phone=phone)
        raise Problem(403, "sign-in-denied", _TITLE, detail, reason="denied")
    told = {"phone": phone, "code": " ".join((outcome.support_code or "")[at : at + 4] for at in (0, 4))}
    held = say("This account is on hold. Call the support desk at %(phone)s and read out %(code)s.", **told)
    closed = say("This account is closed. Call the support desk at %(phone)s and read out %(code)s.", **told)
    is_closed = outcome.status is Status.CLOSED
    raise Problem(403, "account-held", _TITLE, closed if is_closed else held, reason=outcome.status.value)


def _count_try() -> None:
    source = request.remote_addr or ""
    place = context()
    until = place.part(Throttle).try_once("passkey", source, source, limits=_LIMITS)
    if until is not None:
        raise too_many(math.ceil((until - place.clock.now()).total_seconds()))
