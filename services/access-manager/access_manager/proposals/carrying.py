"""What a proposal does once nobody's word is missing: in the transaction of the last word, or not at all."""

from dataclasses import replace

from access_manager.memberships import seats
from access_manager.memberships import service as memberships
from access_manager.organizations.models import Organization
from access_manager.proposals import notices
from access_manager.proposals.models import Proposal
from access_manager.rules.proposals import Kind
from access_manager.rules.refusals import Refusal, insist
from shared.service import Work


def carry_out(work: Work, organization: Organization, proposal: Proposal) -> None:
    """Do what was proposed, in an organization that is held, and write to its managers and the person.

    The audit names whoever gave the last word, on behalf of whoever proposed. Raises the refusals of the act itself.
    """
    last = work.actor
    proposer = proposal.proposed_by if proposal.proposed_by != last.id else None
    work.actor = replace(last, on_behalf_of=proposer)
    _do(work, organization, proposal)
    work.actor = last
    notices.tell_done(work, proposal, organization)


def set_policy(work: Work, organization: Organization, *, wanted: bool) -> None:
    """Write whether sensitive functions take two managers."""
    before, organization.four_eyes = organization.four_eyes, wanted
    work.audit(
        "four_eyes.changed",
        target=organization.id,
        organization=organization.id,
        before={"sensitive": before},
        after={"sensitive": wanted},
    )


def _do(work: Work, organization: Organization, proposal: Proposal) -> None:
    if proposal.membership_id is None:
        set_policy(work, organization, wanted=False)
        return
    found = memberships.active(work.session, organization.id, proposal.membership_id, None)
    if proposal.kind == Kind.SEAT:
        seats.seat(work, organization, found)
    elif proposal.kind == Kind.UNSEAT:
        seats.unseat(work, organization, found)
    elif proposal.kind == Kind.HAND_OVER:
        seated = memberships.managers(work.session, organization.id)
        giver = next((each for each in seated if each.account_id == proposal.proposed_by), None)
        insist(Refusal.PROPOSER_GONE if giver is None else None)
        if giver is not None:
            seats.hand_over(work, organization, giver, found)
    else:
        source = f"proposal:{proposal.id}"
        memberships.grant(work, organization, found.account_id, proposal.functions, source=source, agreed=True)
