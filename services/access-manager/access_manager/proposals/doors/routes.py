"""The API door of the manager's seat and of what takes a second word."""

from typing import Any

from flask import Response, jsonify
from flask_smorest import Blueprint

from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.memberships.doors.preconditions import IF_MATCH, expected_version
from access_manager.memberships.doors.routes import Answer, answer
from access_manager.memberships.doors.schemas import MemberOut
from access_manager.memberships.models import Membership
from access_manager.organizations import service as organizations
from access_manager.proposals import answering, making, service
from access_manager.proposals.doors.schemas import (
    ChangeDeclineIn,
    ChangeProposalIn,
    ChangeProposalOut,
    ChangeProposalsOut,
    FourEyes,
)
from access_manager.proposals.models import Proposal
from access_manager.rules.proposals import Kind
from shared.auth import requires
from shared.errors import not_found
from shared.service import Work
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("proposals", __name__, url_prefix="/api/access/v1", description="Managers, and four eyes.")
ORGANIZATION = "/organizations/<organization_id>"
ONE = f"{ORGANIZATION}/proposals/<proposal_id>"


@blueprint.route(f"{ORGANIZATION}/managers/<membership_id>", methods=["PUT"])
@manager_call
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(200, MemberOut)
@blueprint.alt_response(202, schema=ChangeProposalOut, description="A person proposed it; it is not in effect yet.")
def promote(organization_id: str, membership_id: str) -> Answer | Response:
    """Make a member an access manager: a program at once (200), a person by a proposal (202). At most 15."""
    with transaction() as work:
        return _either(work, making.make_manager(work, organization_id, membership_id, expected_version()))


@blueprint.route(f"{ORGANIZATION}/managers/<membership_id>", methods=["DELETE"])
@manager_call
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(200, MemberOut)
@blueprint.alt_response(202, schema=ChangeProposalOut, description="A person proposed it; it is not in effect yet.")
def demote(organization_id: str, membership_id: str) -> Answer | Response:
    """End the role of an access manager, never of the last one: one's own at once, another's by a proposal (202)."""
    with transaction() as work:
        return _either(work, making.end_role(work, organization_id, membership_id, expected_version()))


@blueprint.route(f"{ORGANIZATION}/proposals")
@requires("access.manage")
@blueprint.response(200, ChangeProposalsOut)
def listed(organization_id: str) -> dict[str, list[Proposal]]:
    """List what waits for somebody's word, the oldest first."""
    with reading() as session:
        found = service.seen_by(session, actor(), organization_id, context().clock.now())
        organizations.find(session, organization_id)
        return {"proposals": found}


@blueprint.route(f"{ORGANIZATION}/proposals", methods=["POST"])
@manager_call
@blueprint.arguments(ChangeProposalIn)
@blueprint.response(201, ChangeProposalOut)
def propose(wanted: dict[str, Any], organization_id: str) -> Proposal:
    """Propose a seat, its end, a hand-over of one's own, or functions that take two managers. People only."""
    with transaction() as work:
        kind = Kind(wanted["kind"])
        return making.propose(work, organization_id, kind, wanted["membership_id"], wanted["functions"])


@blueprint.route(ONE)
@requires("access.manage")
@blueprint.response(200, ChangeProposalOut)
def one(organization_id: str, proposal_id: str) -> Proposal:
    """Show one proposal, to managers and to the person it asks."""
    with reading() as session:
        found = service.seen(session, actor(), proposal_id, context().clock.now())
        if found.organization_id != organization_id:
            raise not_found()
        return found


@blueprint.route(f"{ONE}/acceptance", methods=["POST"])
@manager_call
@blueprint.response(200, ChangeProposalOut)
def accept(organization_id: str, proposal_id: str) -> Proposal:
    """Accept to become a manager: the person it is about, with a fresh sign-in by two factors."""
    with transaction() as work:
        return answering.accept(work, organization_id, proposal_id)


@blueprint.route(f"{ONE}/approval", methods=["POST"])
@manager_call
@blueprint.response(200, ChangeProposalOut)
def approve(organization_id: str, proposal_id: str) -> Proposal:
    """Agree as a second manager."""
    with transaction() as work:
        return answering.approve(work, organization_id, proposal_id)


@blueprint.route(f"{ONE}/decline", methods=["POST"])
@manager_call
@blueprint.arguments(ChangeDeclineIn)
@blueprint.response(200, ChangeProposalOut)
def decline(wanted: dict[str, str], organization_id: str, proposal_id: str) -> Proposal:
    """Say no, with a reason: the person it asks, or a second manager."""
    with transaction() as work:
        return answering.decline(work, organization_id, proposal_id, wanted["reason"])


@blueprint.route(f"{ONE}/withdrawal", methods=["POST"])
@manager_call
@blueprint.response(200, ChangeProposalOut)
def withdraw(organization_id: str, proposal_id: str) -> Proposal:
    """Take it back: whoever proposed it, and a program."""
    with transaction() as work:
        return answering.withdraw(work, organization_id, proposal_id)


@blueprint.route(f"{ORGANIZATION}/four-eyes")
@requires("access.manage")
@blueprint.response(200, FourEyes)
def four_eyes(organization_id: str) -> dict[str, bool]:
    """Show whether giving sensitive functions takes two managers."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        return {"sensitive_functions": organizations.find(session, organization_id).four_eyes}


@blueprint.route(f"{ORGANIZATION}/four-eyes", methods=["PUT"])
@manager_call
@blueprint.arguments(FourEyes)
@blueprint.response(200, FourEyes)
@blueprint.alt_response(202, schema=ChangeProposalOut, description="To end it takes a second manager: it is proposed.")
def want_four_eyes(wanted: dict[str, bool], organization_id: str) -> dict[str, bool] | Response:
    """Ask for two managers where sensitive functions are given; to end that takes two managers itself."""
    with transaction() as work:
        made = making.want_four_eyes(work, organization_id, wanted=wanted["sensitive_functions"])
        return _pending(made) if made else wanted


def _either(work: Work, done: Membership | Proposal) -> Answer | Response:
    return _pending(done) if isinstance(done, Proposal) else answer(work.session, done)


def _pending(made: Proposal) -> Response:
    told = jsonify(ChangeProposalOut().dump(made))
    told.status_code = 202
    told.headers["Location"] = f"/api/access/v1/organizations/{made.organization_id}/proposals/{made.id}"
    return told
