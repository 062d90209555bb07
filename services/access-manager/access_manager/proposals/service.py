"""What everybody reads of proposals: the open ones of an organization, and one of them for who may see it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.memberships import service as memberships
from access_manager.memberships.authority import insist_manager, lines_of
from access_manager.proposals.flow import State
from access_manager.proposals.models import Proposal
from access_manager.rules.lines import within
from shared.errors import not_found
from shared.service import Actor


def find(session: Session, organization_id: str, proposal_id: str) -> Proposal:
    """Return the proposal; raises the 404 that a foreign one gets too."""
    found = session.get(Proposal, proposal_id)
    if found is None or found.organization_id != organization_id:
        raise not_found()
    return found


def waiting(session: Session, organization_id: str, now: datetime) -> list[Proposal]:
    """Return the proposals that wait for somebody's word, the oldest first."""
    still_open = select(Proposal).where(
        Proposal.organization_id == organization_id, Proposal.state == State.OPEN.value, Proposal.expires_at > now
    )
    return list(session.scalars(still_open.order_by(Proposal.proposed_at, Proposal.id)))


def seen_by(session: Session, actor: Actor, organization_id: str, now: datetime) -> list[Proposal]:
    """Return those that lie within the actor's lines of business; raises 404 for whoever does not manage."""
    insist_manager(session, actor, organization_id)
    reach = lines_of(session, actor, organization_id, now)
    return [each for each in waiting(session, organization_id, now) if within(reach, _lines(session, each, reach))]


def seen(session: Session, actor: Actor, proposal_id: str, now: datetime) -> Proposal:
    """Return one for the person it asks, or for whoever manages its organization; raises 404 for everybody else."""
    found = session.get(Proposal, proposal_id)
    if found is None:
        raise not_found()
    if asks(found, actor):
        return found
    insist_manager(session, actor, found.organization_id)
    reach = lines_of(session, actor, found.organization_id, now)
    if not within(reach, _lines(session, found, reach)):
        raise not_found()
    return found


def asks(found: Proposal, actor: Actor) -> bool:
    """Whether the proposal asks this very person to accept."""
    return actor.kind == "person" and found.needs_acceptance and found.account_id == actor.id


def _lines(session: Session, found: Proposal, reach: object) -> list[str]:
    """Return the lines of the member a proposal is about; one about the whole organization concerns all lines."""
    if not reach or found.membership_id is None:
        return []
    return list(memberships.find(session, found.organization_id, found.membership_id).lines)
