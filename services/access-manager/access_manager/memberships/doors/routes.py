"""The API door of organizations and members: every act of the console, under the same rules."""

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from access_manager.memberships import service
from access_manager.memberships.authority import insist_manager, managed_by
from access_manager.memberships.doors.acting import manager_call
from access_manager.memberships.doors.preconditions import IF_MATCH, etag, expected_version
from access_manager.memberships.doors.schemas import (
    AccessIn,
    LinesIn,
    MemberOut,
    OrganizationOut,
    OrganizationsOut,
    RemovalIn,
)
from access_manager.memberships.models import Membership
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.people.models import Person
from access_manager.rules.deputies import Scope
from shared.auth import requires
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("members", __name__, url_prefix="/api/access/v1", description="Organizations and their members.")
Answer = tuple[dict[str, object], int, dict[str, str]]


@blueprint.route("/organizations")
@requires("access.manage")
@blueprint.response(200, OrganizationsOut)
def listed() -> dict[str, object]:
    """List the organizations the caller manages or is a deputy in; a client sees all."""
    with reading() as session:
        who = actor()
        found = (
            managed_by(session, who.id, context().clock.now())
            if who.kind == "person"
            else organizations.listed(session)
        )
    return {"organizations": found}


@blueprint.route("/organizations/<organization_id>")
@requires("access.manage")
@blueprint.response(200, OrganizationOut)
def organization(organization_id: str) -> Organization:
    """Show one organization."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        return organizations.find(session, organization_id)


@blueprint.route("/organizations/<organization_id>/members/<membership_id>")
@requires("access.manage")
@blueprint.response(200, MemberOut)
def member(organization_id: str, membership_id: str) -> Answer:
    """Show one member; the ETag is what a change must send as If-Match."""
    with reading() as session:
        now = context().clock.now()
        insist_manager(session, actor(), organization_id, Scope.PEOPLE, now)
        return answer(session, service.seen(session, actor(), organization_id, membership_id, now))


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
        return answer(work.session, changed)


@blueprint.route("/organizations/<organization_id>/members/<membership_id>/removal", methods=["POST"])
@manager_call
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(RemovalIn)
@blueprint.response(200, MemberOut)
def remove(removal: dict[str, str | None], organization_id: str, membership_id: str) -> Answer:
    """Remove a member's access; effective at once."""
    with transaction() as work:
        removed = service.remove(work, organization_id, membership_id, removal["reason"], expected_version())
        return answer(work.session, removed)


@blueprint.route("/organizations/<organization_id>/members/<membership_id>/lines", methods=["PUT"])
@manager_call
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.arguments(LinesIn)
@blueprint.response(200, MemberOut)
def set_lines(wanted: dict[str, list[str]], organization_id: str, membership_id: str) -> Answer:
    """Limit a member to lines of business; none named means all of them."""
    with transaction() as work:
        return answer(
            work.session,
            service.set_lines(work, organization_id, membership_id, wanted["lines"], expected_version()),
        )


def answer(session: Session, found: Membership) -> Answer:
    """Return a member as this API shows them, with their entity tag."""
    who = people.names(session, [found.account_id]).get(found.account_id)
    return shown(found, who), 200, etag(found.version)


def shown(found: Membership, who: Person | None) -> dict[str, object]:
    """Return a member as this API shows them; `who` is None where nothing is known of the account."""
    return {
        "membership_id": found.id,
        "account_id": found.account_id,
        "display_name": who.display_name if who else "",
        "email": who.email if who else "",
        "status": found.status,
        "role": found.role,
        "functions": found.functions,
        "lines": found.lines,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "version": found.version,
    }
