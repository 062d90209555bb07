"""The API door of requests for more: the managers' side, and the side of whoever asks for themself."""

from typing import Any

from flask_smorest import Blueprint

from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from access_manager.requests import asking, deciding
from access_manager.requests.deciding import Decided, Verdict
from access_manager.requests.models import AccessRequest
from access_manager.requests.schemas import (
    AccessDecisionIn,
    AccessRequestOut,
    AccessRequestsOut,
    AskIn,
    OwnRequestOut,
    OwnRequestsOut,
)
from access_manager.rules.deputies import Scope
from shared.auth import requires
from shared.errors import Problem, conflict, forbidden
from shared.service import Actor
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("access_requests", __name__, url_prefix="/api/access/v1", description="Requests for more.")
_OF_ORGANIZATION = "/organizations/<organization_id>/access-requests"


@blueprint.route(_OF_ORGANIZATION)
@requires("access.manage")
@blueprint.response(200, AccessRequestsOut)
def waiting(organization_id: str) -> dict[str, list[AccessRequest]]:
    """List the requests for more that wait for a decision, the oldest first."""
    with reading() as session:
        now = context().clock.now()
        insist_manager(session, actor(), organization_id, Scope.REQUESTS, now)
        organizations.find(session, organization_id)
        return {"access_requests": deciding.waiting(session, actor(), organization_id, now)}


@blueprint.route(f"{_OF_ORGANIZATION}/<request_id>")
@requires("access.manage")
@blueprint.response(200, AccessRequestOut)
def one(organization_id: str, request_id: str) -> AccessRequest:
    """Show one request for more."""
    with reading() as session:
        now = context().clock.now()
        insist_manager(session, actor(), organization_id, Scope.REQUESTS, now)
        return deciding.seen(session, actor(), organization_id, request_id, now)


@blueprint.route(f"{_OF_ORGANIZATION}/<request_id>/decision", methods=["POST"])
@manager_call
@blueprint.arguments(AccessDecisionIn)
@blueprint.response(200, AccessRequestOut)
def decide(wanted: dict[str, Any], organization_id: str, request_id: str) -> AccessRequest:
    """Decide once; whoever comes second is told who was first and when (409 `already-decided`)."""
    with transaction() as work:
        insist_manager(work.session, work.actor, organization_id, Scope.REQUESTS, work.now)
        asked = deciding.seen(work.session, work.actor, organization_id, request_id, work.now).functions
        functions = (wanted["functions"] or asked) if wanted["outcome"] == "give" else ()
        verdict = Verdict(functions, wanted["reason"], wanted["reply"])
        decided = deciding.decide(work, organization_id, request_id, verdict)
    if not decided.first:
        raise _too_late(decided)
    return decided.request


@blueprint.route("/me/access-requests")
@requires("access.read")
@blueprint.response(200, OwnRequestsOut)
def mine() -> dict[str, list[AccessRequest]]:
    """List one's own requests for more, the newest first."""
    with reading() as session:
        return {"access_requests": asking.of_account(session, _person().id)}


@blueprint.route("/me/access-requests", methods=["POST"])
@requires("access.manage")
@blueprint.arguments(AskIn)
@blueprint.response(200, OwnRequestOut)
def ask(wanted: dict[str, Any]) -> AccessRequest:
    """Ask for functions that one lacks; asked again, the open request is answered, with what was added."""
    _person()
    with transaction() as work:
        return asking.ask(work, **wanted)


@blueprint.route("/me/access-requests/<request_id>/withdrawal", methods=["POST"])
@requires("access.manage")
@blueprint.response(200, OwnRequestOut)
def withdraw(request_id: str) -> AccessRequest:
    """Take one's own request back while it is open."""
    _person()
    with transaction() as work:
        return asking.withdraw(work, request_id)


def _person() -> Actor:
    """Return the person who asks; a program has no access of its own to ask for."""
    who = actor()
    if who.kind != "person":
        raise forbidden("people-only", "A person asks for themself; a program holds no functions.")
    return who


def _too_late(decided: Decided) -> Problem:
    found = decided.request
    with reading() as session:
        name = people.name_of(session, found.decided_by)
    return conflict(
        "already-decided",
        "Somebody decided this request before.",
        outcome=found.state,
        decided_by=found.decided_by,
        decided_by_name=name,
        decided_at=found.decided_at.isoformat().replace("+00:00", "Z") if found.decided_at else None,
    )
