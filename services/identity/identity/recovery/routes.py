"""The API doors by which somebody else starts a recovery: access-manager for a manager, the desk's programs."""

from flask_smorest import Blueprint

from identity.accounts import service as accounts
from identity.recovery import service
from identity.recovery.schemas import DeskIn, StartIn, StartOut
from identity.recovery.service import DeskOnly, NotHere, Started, Unreachable, Wait
from identity.throttle import door as throttle
from shared.auth import caller, requires
from shared.errors import Problem, conflict, not_found, too_many
from shared.web.door import transaction

blueprint = Blueprint("recoveries", __name__, url_prefix="/api/identity/v1/accounts", description="Recoveries")


@blueprint.post("/<account_id>/recoveries")
@requires("accounts.recover")
@blueprint.arguments(StartIn)
@blueprint.response(202, StartOut)
def start(body: dict[str, str], account_id: str) -> dict[str, str]:
    """Send a link to the member's own proved address, by which they choose a new password."""
    who = caller()
    if who.subject not in (who.client_id, body["manager_id"]):
        raise not_found()  # a person speaks for nobody but themselves
    with transaction() as work:
        found = service.start_by_manager(work, account_id, body["organization_id"], body["manager_id"])
    if isinstance(found, Started):
        return {"sent_to": found.masked}
    raise _refusal(found)


@blueprint.post("/<account_id>/recoveries/desk")
@requires("accounts.manage")
@blueprint.arguments(DeskIn)
@blueprint.response(202, StartOut)
def start_by_desk(body: dict[str, str], account_id: str) -> dict[str, str]:
    """Send a link to the person's own proved address, after the desk has made sure of them."""
    who = caller()
    if who.subject != who.client_id:
        raise not_found()  # people of the desk have pages, where their roles are asked
    with transaction() as work:
        if accounts.get(work.session, account_id) is None:
            raise not_found()
        found = service.start_by_desk(work, account_id, body["evidence"], body["aim"])
    if isinstance(found, Started):
        return {"sent_to": found.masked}
    raise _refusal(found)


def _refusal(found: NotHere | DeskOnly | Unreachable | Wait) -> Problem:
    if isinstance(found, NotHere):
        return not_found()
    if isinstance(found, DeskOnly):
        return conflict("recovery-by-desk", "Only the support desk may help this person to sign in.")
    if isinstance(found, Wait):
        return too_many(throttle.seconds_left(found.until), "Too many links were sent.")
    return conflict("no-usable-address", "No address of this person may be used for recovery. The support desk helps.")
