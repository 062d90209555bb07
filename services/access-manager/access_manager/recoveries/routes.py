"""The API door: let a link go to a member's own address. The answer holds no secret and no address."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from access_manager.memberships import service as memberships
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.memberships.models import ACTIVE
from access_manager.recoveries import service
from access_manager.rules.managers import may_help
from access_manager.rules.refusals import Refusal, insist
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("recoveries_api", __name__, url_prefix="/api/access/v1", description="Help with signing in.")


class RecoveryOut(Schema):
    """Whom a link was sent to."""

    membership_id = fields.String(required=True)
    account_id = fields.String(required=True)


@blueprint.route("/organizations/<organization_id>/members/<membership_id>/recovery", methods=["POST"])
@manager_call
@blueprint.response(202, RecoveryOut)
def start(organization_id: str, membership_id: str) -> dict[str, Any]:
    """Let a link be sent by which a member chooses a new password; never a manager's, never one's own."""
    who = actor()
    with reading() as session:
        now = context().clock.now()
        insist_manager(session, who, organization_id)
        found = memberships.seen(session, who, organization_id, membership_id, now)
    insist(Refusal.PEOPLE_ONLY if who.kind != "person" else None)
    insist(may_help(who.id, found.account_id, manager=found.is_manager, active=found.status == ACTIVE))
    service.ask_identity(context().neighbours, found, who.id)
    with transaction() as work:
        service.record(work, found)
    return {"membership_id": found.id, "account_id": found.account_id}
