"""The API door of emergency access: the managers' side, and the side of whoever takes it up for themself."""

from typing import Any

from flask_smorest import Blueprint

from access_manager.emergencies import service
from access_manager.emergencies.doors.acting import member_call
from access_manager.emergencies.doors.schemas import (
    EmergenciesOut,
    EmergencyIn,
    EmergencyListIn,
    EmergencyListOut,
    EmergencyOut,
    EmergencyReviewIn,
    OwnEmergencyOut,
)
from access_manager.emergencies.models import Emergency, EmergencyPolicy
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.memberships.doors.preconditions import IF_MATCH, etag, expected_version
from access_manager.organizations import service as organizations
from shared.auth import requires
from shared.errors import forbidden
from shared.web.door import actor, reading, transaction

blueprint = Blueprint("emergencies", __name__, url_prefix="/api/access/v1", description="Emergency access.")
_OURS = "/organizations/<organization_id>"
Answer = tuple[EmergencyPolicy, int, dict[str, str]]


@blueprint.route(f"{_OURS}/emergency-list")
@requires("access.manage")
@blueprint.response(200, EmergencyListOut)
def policy(organization_id: str) -> Answer:
    """Show what members may take up in an emergency; the ETag is what a change must send as If-Match."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        organizations.find(session, organization_id)
        found = service.policy_of(session, organization_id)
        return found, 200, etag(found.version)


@blueprint.route(f"{_OURS}/emergency-list", methods=["PUT"])
@manager_call
@blueprint.doc(parameters=[{**IF_MATCH, "required": True}])
@blueprint.arguments(EmergencyListIn)
@blueprint.response(200, EmergencyListOut)
def set_policy(wanted: dict[str, Any], organization_id: str) -> Answer:
    """Replace the list and the time; needs If-Match."""
    version = expected_version(needed=True)
    with transaction() as work:
        found = service.set_policy(work, organization_id, wanted["functions"], wanted["minutes"], version)
        return found, 200, etag(found.version)


@blueprint.route(f"{_OURS}/emergencies")
@requires("access.manage")
@blueprint.response(200, EmergenciesOut)
def listed(organization_id: str) -> dict[str, object]:
    """List the uses of emergency access, the newest first."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        organizations.find(session, organization_id)
        return {"emergencies": service.listed(session, organization_id)}


@blueprint.route(f"{_OURS}/emergencies/<emergency_id>")
@requires("access.manage")
@blueprint.response(200, EmergencyOut)
def one(organization_id: str, emergency_id: str) -> Emergency:
    """Show one use, with the reason."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        return service.find(session, organization_id, emergency_id)


@blueprint.route(f"{_OURS}/emergencies/<emergency_id>/ending", methods=["POST"])
@manager_call
@blueprint.response(200, EmergencyOut)
def end(organization_id: str, emergency_id: str) -> Emergency:
    """End a member's emergency access early."""
    with transaction() as work:
        return service.end(work, organization_id, emergency_id)


@blueprint.route(f"{_OURS}/emergencies/<emergency_id>/review", methods=["POST"])
@manager_call
@blueprint.arguments(EmergencyReviewIn)
@blueprint.response(200, EmergencyOut)
def review(wanted: dict[str, Any], organization_id: str, emergency_id: str) -> Emergency:
    """Review a use that is over; before that the member cannot use it again."""
    with transaction() as work:
        return service.review(work, organization_id, emergency_id, wanted["finding"], wanted["note"])


@blueprint.route("/me/emergencies", methods=["POST"])
@member_call
@blueprint.arguments(EmergencyIn)
@blueprint.response(201, OwnEmergencyOut)
def begin(wanted: dict[str, Any]) -> Emergency:
    """Take up listed functions for oneself for a short time, with the reason; everybody who must know is told."""
    _insist_person()
    with transaction() as work:
        return service.begin(work, wanted["organization_id"], wanted["functions"], wanted["reason"])


@blueprint.route("/me/emergencies/<emergency_id>/ending", methods=["POST"])
@requires("access.manage")
@blueprint.response(200, OwnEmergencyOut)
def end_own(emergency_id: str) -> Emergency:
    """End one's own emergency access early."""
    _insist_person()
    with transaction() as work:
        return service.end_own(work, emergency_id)


def _insist_person() -> None:
    """A program holds no functions, so there is nothing it could take up."""
    if actor().kind != "person":
        raise forbidden("people-only", "A person takes up emergency access for themself; a program holds no functions.")
