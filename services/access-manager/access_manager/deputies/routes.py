"""The API door of deputies."""

from typing import Any

from flask_smorest import Blueprint

from access_manager.deputies import service
from access_manager.deputies.schemas import DeputiesOut, DeputyIn, DeputyOut
from access_manager.deputies.service import Naming
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.memberships.models import Deputy
from access_manager.organizations import service as organizations
from access_manager.rules.deputies import Period
from shared.auth import requires
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("deputies", __name__, url_prefix="/api/access/v1", description="Who acts for a manager.")


@blueprint.route("/organizations/<organization_id>/deputies")
@requires("access.manage")
@blueprint.response(200, DeputiesOut)
def listed(organization_id: str) -> dict[str, list[Deputy]]:
    """List who acts for a manager now, or will."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        organizations.find(session, organization_id)
        return {"deputies": service.standing_in(session, organization_id, context().clock.now())}


@blueprint.route("/organizations/<organization_id>/deputies", methods=["POST"])
@manager_call
@blueprint.arguments(DeputyIn)
@blueprint.response(201, DeputyOut)
def name(wanted: dict[str, Any], organization_id: str) -> Deputy:
    """Name a member the caller's deputy, for at most 90 days."""
    with transaction() as work:
        period = Period(wanted["starts_at"] or work.now, wanted["ends_at"])
        naming = Naming(wanted["membership_id"], wanted["scopes"], period, wanted["manager_account_id"])
        return service.name(work, organization_id, naming)


@blueprint.route("/organizations/<organization_id>/deputies/<deputy_id>", methods=["DELETE"])
@manager_call
@blueprint.response(200, DeputyOut)
def end(organization_id: str, deputy_id: str) -> Deputy:
    """End it now."""
    with transaction() as work:
        return service.end(work, organization_id, deputy_id)
