"""The page door of a passkey as the factor that a sign-in is missing, and the JSON door of the script on it."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from identity.accounts import service as accounts
from identity.devices import door as devices
from identity.login import by_passkey, steps
from identity.login.by_passkey import CHANGED
from identity.login.flow import Step
from identity.login.pages.carried import at, here, person
from identity.login.pages.passkey import lead_on
from identity.login.steps import Place
from identity.mfa import passkeys
from identity.mfa.webauthn import door
from identity.sessions.service import SessionView
from shared.auth import open_page
from shared.web.door import context, reading, transaction
from shared.web.shell.render import page

blueprint = Blueprint("passkey_enrol", __name__, url_prefix="/login/enrol/passkey")
scripts = door.speaks_json(Blueprint("passkey_enrol_scripts", __name__, url_prefix="/login/enrol/passkey"))
_WHY = "the session and the flow decide; without them nothing is shown or bound"


@blueprint.get("")
@at(Step.ENROL)
def show(place: Place, _present: SessionView) -> ResponseReturnValue:
    """Explain passkeys and offer to make one."""
    if not passkeys.offered(context()):
        return steps.onward(place.ticket, place.step)
    return page("login/enrol_passkey.html", ways_at=here("/login/enrol"))


@scripts.post("/options")
@open_page(_WHY)
def options() -> ResponseReturnValue:
    """Give what the browser needs to make a passkey for this person."""
    present = _enrolling(steps.find())
    with reading() as session:
        account = accounts.existing(session, present.account_id)
    shared = devices.browser().shared
    return jsonify(passkeys.registration_options(context(), present.id, account, elsewhere=shared))


@scripts.post("/made")
@open_page(_WHY)
def finish() -> ResponseReturnValue:
    """Bind the passkey, which also proves its person now."""
    place, made = steps.find(), door.sent()
    present = _enrolling(place)
    with transaction(person(present)) as work:
        outcome = by_passkey.enrol(work, made, devices.browser(), present)
    return lead_on(place, outcome)


def _enrolling(place: Place) -> SessionView:
    if place.step is not Step.ENROL or place.present is None:
        raise door.refusal(CHANGED.reason)
    return place.present
