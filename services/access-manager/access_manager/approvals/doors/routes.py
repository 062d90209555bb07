"""The API door of approvals."""

from typing import Any

from flask_smorest import Blueprint

from access_manager.approvals import service
from access_manager.approvals.doors.schemas import ApprovalOut, ApprovalsOut, DecisionIn
from access_manager.approvals.models import Approval
from access_manager.approvals.service import Decided, Verdict
from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from access_manager.rules.deputies import Scope
from shared.auth import requires
from shared.errors import Problem, conflict
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("approvals", __name__, url_prefix="/api/access/v1", description="Requests to join.")


@blueprint.route("/organizations/<organization_id>/approvals")
@requires("access.manage")
@blueprint.response(200, ApprovalsOut)
def inbox(organization_id: str) -> dict[str, list[Approval]]:
    """List what waits for a decision, the oldest first."""
    with reading() as session:
        now = context().clock.now()
        insist_manager(session, actor(), organization_id, Scope.REQUESTS, now)
        organizations.find(session, organization_id)
        return {"approvals": service.inbox_of(session, actor(), organization_id, now)}


@blueprint.route("/organizations/<organization_id>/approvals/<approval_id>")
@requires("access.manage")
@blueprint.response(200, ApprovalOut)
def approval(organization_id: str, approval_id: str) -> Approval:
    """Show one request."""
    with reading() as session:
        now = context().clock.now()
        insist_manager(session, actor(), organization_id, Scope.REQUESTS, now)
        return service.seen(session, actor(), organization_id, approval_id, now)


@blueprint.route("/organizations/<organization_id>/approvals/<approval_id>/decision", methods=["POST"])
@manager_call
@blueprint.arguments(DecisionIn)
@blueprint.response(200, ApprovalOut)
def decide(wanted: dict[str, Any], organization_id: str, approval_id: str) -> Approval:
    """Decide once; whoever comes second is told who was first and when (409 `already-decided`)."""
    approve = wanted["outcome"] == "approve"
    with transaction() as work:
        asked = service.find(work.session, organization_id, approval_id).functions if approve else ()
        functions = wanted["functions"] or asked
        verdict = Verdict(approve, functions, wanted["reason"], wanted["note"])
        decided = service.decide(work, organization_id, approval_id, verdict)
    if not decided.first:
        raise _too_late(decided)
    return decided.approval


def _too_late(decided: Decided) -> Problem:
    approval = decided.approval
    with reading() as session:
        name = people.name_of(session, approval.decided_by)
    return conflict(
        "already-decided",
        "Somebody decided this request before.",
        outcome=approval.state,
        decided_by=approval.decided_by,
        decided_by_name=name,
        decided_at=approval.decided_at.isoformat().replace("+00:00", "Z") if approval.decided_at else None,
    )
