"""The API door of organizations, members and managers: every act of the console, under the same rules."""

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from access_manager.memberships import seats, service
from access_manager.memberships.authority import insist_manager, managed_by
from access_manager.memberships.doors import manager_call
from access_manager.memberships.models import Membership
from access_manager.memberships.preconditions import IF_MATCH, etag, expected_version
from access_manager.memberships.schemas import (
    AccessIn,
    MemberOut,
    MembersOut,
    OrganizationOut,
    OrganizationsOut,
    RemovalIn,
)
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from shared.auth import requires
from shared.web.door import actor, reading, transaction

blueprint = Blueprint("members", __name__, url_prefix="/api/access/v1", description="Members and their managers.")
Answer = tuple[dict[str, object], int, dict[str, str]]


@blueprint.route("/organizations")
@requires("access.manage")
@blueprint.response(200, OrganizationsOut)
def listed() -> dict[str, object]:
    """List the organizations the caller manages; a client sees all."""
    with reading() as session:
        who = actor()
        found = managed_by(session, who.id) if who.kind == "person" else organizations.listed(session)
    return {"organizations": found}


@blueprint.route("/organizations/<organization_id>")
@requires("access.manage")
@blueprint.response(200, OrganizationOut)
def organization(organization_id: str) -> Organization:
    """Show one organization."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        return organizations.find(session, organization_id)


@blueprint.route("/organizations/<organization_id>/members")
@requires("access.manage")
@blueprint.response(200, MembersOut)
def members(organization_id: str) -> dict[str, object]:
    """List everybody who has access, the longest-standing first."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        organizations.find(session, organization_id)
        found = service.members(session, organization_id)
        return {"members": [_shown(session, each) for each in found]}


@blueprint.route("/organizations/<organization_id>/members/<membership_id>")
@requires("access.manage")
@blueprint.response(200, MemberOut)
def member(organization_id: str, membership_id: str) -> Answer:
    """Show one member; the ETag is what a change must send as If-Match."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        return _answer(session, service.find(session, organization_id, membership_id))


@blueprint.route("/organizations/<organization_id>/members/<membership_id>", methods=["PUT"])
@manager_call
@blueprint.doc(parameters=[{**IF_MATCH, "required": True}])
@blueprint.arguments(AccessIn)
@blueprint.response(200, MemberOut)
def set_access(access: dict[str, object], organization_id: str, membership_id: str) -> Answer:
    """Replace a member's functions and end; effective at once. Needs If-Match."""
    version = expected_version(needed=True)
    with transaction() as work:
        changed = service.set_access(work, organization_id, membership_id, version=version, **access)  # type: ignore[arg-type]
        return _answer(work.session, changed)


@blueprint.route("/organizations/<organization_id>/members/<membership_id>/removal", methods=["POST"])
@manager_call
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(RemovalIn)
@blueprint.response(200, MemberOut)
def remove(removal: dict[str, str | None], organization_id: str, membership_id: str) -> Answer:
    """Remove a member's access; effective at once."""
    with transaction() as work:
        removed = service.remove(work, organization_id, membership_id, removal["reason"], expected_version())
        return _answer(work.session, removed)


@blueprint.route("/organizations/<organization_id>/managers/<membership_id>", methods=["PUT"])
@manager_call
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(200, MemberOut)
def promote(organization_id: str, membership_id: str) -> Answer:
    """Make a member an access manager: at most 15."""
    with transaction() as work:
        return _answer(work.session, seats.promote(work, organization_id, membership_id, expected_version()))


@blueprint.route("/organizations/<organization_id>/managers/<membership_id>", methods=["DELETE"])
@manager_call
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(200, MemberOut)
def demote(organization_id: str, membership_id: str) -> Answer:
    """End the role of an access manager, never of the last one."""
    with transaction() as work:
        return _answer(work.session, seats.demote(work, organization_id, membership_id, expected_version()))


def _answer(session: Session, found: Membership) -> Answer:
    return _shown(session, found), 200, etag(found.version)


def _shown(session: Session, found: Membership) -> dict[str, object]:
    who = people.names(session, [found.account_id]).get(found.account_id)
    return {
        "membership_id": found.id,
        "account_id": found.account_id,
        "display_name": who.display_name if who else "",
        "email": who.email if who else "",
        "status": found.status,
        "role": found.role,
        "functions": found.functions,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "version": found.version,
    }
