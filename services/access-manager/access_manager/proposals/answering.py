"""Use cases of whoever is asked: accept, approve, decline; and of whoever asked: withdraw. Each counts once.

Every answer takes the organization first, then one guarded UPDATE; the last word that was missing carries it out.
"""

from access_manager.memberships import service as memberships
from access_manager.memberships.authority import held_for_change, insist_reach, manages
from access_manager.organizations import service as organizations
from access_manager.organizations.models import Organization
from access_manager.proposals import notices
from access_manager.proposals.carrying import carry_out
from access_manager.proposals.flow import State, Word, stands
from access_manager.proposals.models import Proposal, while_open
from access_manager.proposals.service import asks, find
from access_manager.rules.proposals import Kind, may_approve, may_stand
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.db import claimed
from shared.errors import not_found
from shared.service import Work


def accept(work: Work, organization_id: str, proposal_id: str) -> Proposal:
    """Say yes as the person who is to become a manager. Raises 404 for everybody else, 409 once it is over."""
    organization = organizations.hold(work, organization_id)
    found = find(work.session, organization_id, proposal_id)
    if not asks(found, work.actor):
        raise not_found()
    _give(work, organization, found, Word.ACCEPTANCE, {"accepted_at": work.now})
    return found


def approve(work: Work, organization_id: str, proposal_id: str) -> Proposal:
    """Say yes as a second manager. Raises 403 for the proposer and for a program, 404, 409 once it is over."""
    organization = held_for_change(work, organization_id)
    found = _reached(work, organization_id, proposal_id)
    insist(Refusal.PEOPLE_ONLY if work.actor.kind != "person" else None)
    insist(may_approve(work.actor.id, found.proposed_by, found.account_id, Kind(found.kind)))
    _give(work, organization, found, Word.APPROVAL, {"approved_by": work.actor.id, "approved_at": work.now})
    return found


def decline(work: Work, organization_id: str, proposal_id: str, reason: str) -> Proposal:
    """Say no, as the person who is asked or as another manager than the proposer; `reason` is one of the list."""
    organization = organizations.hold(work, organization_id)
    found = find(work.session, organization_id, proposal_id)
    if not asks(found, work.actor):
        held_for_change(work, organization_id)
        _reached(work, organization_id, proposal_id)
        insist(Refusal.PEOPLE_ONLY if work.actor.kind != "person" else None)
        insist(may_approve(work.actor.id, found.proposed_by, "", Kind(found.kind)))
    _close(work, organization, found, State.DECLINED, reason)
    return found


def withdraw(work: Work, organization_id: str, proposal_id: str) -> Proposal:
    """Take a proposal back: whoever made it, and a program. Raises 403 for another manager, 404, 409."""
    organization = held_for_change(work, organization_id)
    found = _reached(work, organization_id, proposal_id)
    theirs = work.actor.kind != "person" or found.proposed_by == work.actor.id
    insist(None if theirs else Refusal.NOT_THE_PROPOSER)
    _close(work, organization, found, State.WITHDRAWN, None)
    return found


def _reached(work: Work, organization_id: str, proposal_id: str) -> Proposal:
    found = find(work.session, organization_id, proposal_id)
    if found.membership_id is not None:
        insist_reach(work, memberships.find(work.session, organization_id, found.membership_id))
    return found


def _give(work: Work, organization: Organization, found: Proposal, word: Word, values: dict[str, object]) -> None:
    insist(may_stand(proposer_manages=manages(work.session, found.proposed_by, organization.id)))
    last = found.words.missing() == {word}
    if last:
        values = {**values, "state": State.CARRIED_OUT.value, "closed_by": work.actor.id, "closed_at": work.now}
    if not claimed(work.session.execute(while_open(found, work.now, word).values(values))):
        raise _too_late(work, found)
    work.session.refresh(found)
    action = "proposal.accepted" if word is Word.ACCEPTANCE else "proposal.approved"
    work.audit(action, target=found.account_id, organization=organization.id, after=_shown(found))
    if last:
        carry_out(work, organization, found)


def _close(work: Work, organization: Organization, found: Proposal, state: State, reason: str | None) -> None:
    values = {"state": state.value, "closed_by": work.actor.id, "closed_at": work.now, "reason": reason}
    if not claimed(work.session.execute(while_open(found, work.now).values(values))):
        raise _too_late(work, found)
    work.session.refresh(found)
    action = f"proposal.{state.value}"
    work.audit(action, target=found.account_id, organization=organization.id, after=_shown(found), reason=reason)
    notices.tell_closed(work, found, organization)


def _too_late(work: Work, found: Proposal) -> Exception:
    """Return the refusal: it is over, or that word was given by somebody before."""
    work.session.refresh(found)
    now = stands(found.state, found.expires_at, work.now)
    return refuse(Refusal.ALREADY_SO if now is State.OPEN else Refusal.PROPOSAL_OVER, state=now.value)


def _shown(found: Proposal) -> dict[str, object]:
    return {"proposal": found.id, "kind": found.kind, "state": found.state, "functions": list(found.functions)}
