"""The API door of connections with companies: both sides, under the organization that the caller manages."""

from collections.abc import Sequence
from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from access_manager.memberships.authority import insist_manager
from access_manager.memberships.doors.acting import manager_call
from access_manager.memberships.doors.preconditions import IF_MATCH, etag, expected_version
from access_manager.memberships.models import Membership
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from access_manager.third_parties import codes, service, staff
from access_manager.third_parties.doors.schemas import (
    ConnectCodeOut,
    ConnectionAnswerIn,
    ConnectionIn,
    ConnectionOut,
    ConnectionsOut,
    NarrowConnectionIn,
    SendPersonIn,
    SentPeopleOut,
    SentPersonOut,
)
from access_manager.third_parties.models import ConnectCode, Link, Side
from access_manager.third_parties.showing import shown
from shared.auth import requires
from shared.web.door import actor, reading, transaction

blueprint = Blueprint("partners", __name__, url_prefix="/api/access/v1", description="Companies that work for others.")
_OURS = "/organizations/<organization_id>"
_ONE = f"{_OURS}/partners/<link_id>"
Answer = tuple[dict[str, object], int, dict[str, str]]


@blueprint.route(f"{_OURS}/partners")
@requires("access.manage")
@blueprint.response(200, ConnectionsOut)
def listed(organization_id: str) -> dict[str, object]:
    """List the connections of the organization, on either side."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        organizations.find(session, organization_id)
        return {"partners": shown(session, organization_id, service.links_of(session, organization_id))}


@blueprint.route(f"{_OURS}/partners", methods=["POST"])
@manager_call
@blueprint.arguments(ConnectionIn)
@blueprint.response(201, ConnectionOut)
def propose(wanted: dict[str, Any], organization_id: str) -> Answer:
    """Propose a connection to the organization that has the connection code; the other side must accept."""
    offer = service.Offer(Side(wanted["side"]), wanted["connect_code"], wanted["functions"], wanted["ends_at"])
    with transaction() as work:
        return _answer(work.session, organization_id, service.propose(work, organization_id, offer), 201)


@blueprint.route(_ONE)
@requires("access.manage")
@blueprint.response(200, ConnectionOut)
def one(organization_id: str, link_id: str) -> Answer:
    """Show one connection; the ETag is what a change may send as If-Match."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        return _answer(session, organization_id, service.find(session, organization_id, link_id))


@blueprint.route(f"{_ONE}/decision", methods=["POST"])
@manager_call
@blueprint.arguments(ConnectionAnswerIn)
@blueprint.response(200, ConnectionOut)
def answer(wanted: dict[str, str], organization_id: str, link_id: str) -> Answer:
    """Accept or decline what the other side proposed; the first answer counts."""
    with transaction() as work:
        found = service.answer(work, organization_id, link_id, accept=wanted["outcome"] == "accept")
        return _answer(work.session, organization_id, found)


@blueprint.route(f"{_ONE}/withdrawal", methods=["POST"])
@manager_call
@blueprint.response(200, ConnectionOut)
def withdraw(organization_id: str, link_id: str) -> Answer:
    """Take back a proposal that nobody has answered."""
    with transaction() as work:
        return _answer(work.session, organization_id, service.withdraw(work, organization_id, link_id))


@blueprint.route(_ONE, methods=["PUT"])
@manager_call
@blueprint.doc(parameters=[{**IF_MATCH, "required": True}])
@blueprint.arguments(NarrowConnectionIn)
@blueprint.response(200, ConnectionOut)
def narrow(wanted: dict[str, Any], organization_id: str, link_id: str) -> Answer:
    """Make the connection smaller, and with it what everybody has through it, at once. Needs If-Match."""
    version = expected_version(needed=True)
    with transaction() as work:
        found = service.narrow(work, organization_id, link_id, wanted["functions"], wanted["ends_at"], version)
        return _answer(work.session, organization_id, found)


@blueprint.route(f"{_ONE}/ending", methods=["POST"])
@manager_call
@blueprint.doc(parameters=[IF_MATCH])
@blueprint.response(200, ConnectionOut)
def end(organization_id: str, link_id: str) -> Answer:
    """End the connection; everybody who worked through it loses that access with this answer."""
    with transaction() as work:
        return _answer(work.session, organization_id, service.end(work, organization_id, link_id, expected_version()))


@blueprint.route(f"{_ONE}/staff")
@requires("access.manage")
@blueprint.response(200, SentPeopleOut)
def people_sent(organization_id: str, link_id: str) -> dict[str, object]:
    """List who works through the connection; both sides see it."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        found = staff.sent(session, service.find(session, organization_id, link_id))
        return {"staff": _sent(session, found)}


@blueprint.route(f"{_ONE}/staff/<membership_id>", methods=["PUT"])
@manager_call
@blueprint.arguments(SendPersonIn)
@blueprint.response(200, SentPersonOut)
def assign(wanted: dict[str, Any], organization_id: str, link_id: str, membership_id: str) -> dict[str, object]:
    """Send one's own member, named by their membership in the company, with some of the connection's functions."""
    with transaction() as work:
        return _sent(work.session, [staff.assign(work, organization_id, link_id, membership_id, **wanted)])[0]


@blueprint.route(f"{_ONE}/staff/<membership_id>", methods=["DELETE"])
@manager_call
@blueprint.response(200, SentPersonOut)
def unassign(organization_id: str, link_id: str, membership_id: str) -> dict[str, object]:
    """Take one's own member off the connection; effective at once."""
    with transaction() as work:
        return _sent(work.session, [staff.unassign(work, organization_id, link_id, membership_id)])[0]


@blueprint.route(f"{_OURS}/connect-code")
@requires("access.manage")
@blueprint.response(200, ConnectCodeOut)
def code(organization_id: str) -> dict[str, object]:
    """Show the code that another organization needs to propose a connection."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        organizations.find(session, organization_id)
        return _code(codes.current(session, organization_id))


@blueprint.route(f"{_OURS}/connect-code", methods=["POST"])
@manager_call
@blueprint.response(200, ConnectCodeOut)
def renew_code(organization_id: str) -> dict[str, object]:
    """Make a new connection code; the former one is worth nothing from then on."""
    with transaction() as work:
        return _code(codes.renew(work, organization_id))


@blueprint.route(f"{_OURS}/connect-code", methods=["DELETE"])
@manager_call
@blueprint.response(200, ConnectCodeOut)
def drop_code(organization_id: str) -> dict[str, object]:
    """Take the connection code away."""
    with transaction() as work:
        codes.drop(work, organization_id)
    return _code(None)


def _answer(session: Session, organization_id: str, found: Link, status: int = 200) -> Answer:
    return shown(session, organization_id, [found])[0], status, etag(found.version)


def _sent(session: Session, sent: Sequence[Membership]) -> list[dict[str, object]]:
    known = people.names(session, [each.account_id for each in sent])
    return [
        {
            "membership_id": each.id,
            "account_id": each.account_id,
            "display_name": known[each.account_id].display_name if each.account_id in known else "",
            "functions": list(each.functions),
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
        }
        for each in sent
    ]


def _code(found: ConnectCode | None) -> dict[str, object]:
    return {"connect_code": codes.shown(found.code) if found else None, "made_at": found.made_at if found else None}
