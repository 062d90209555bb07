"""Use cases of whoever proposes: what takes a second word becomes a proposal, what does not is done at once.

A program and the support desk act at once; the rules of how many managers there are bind them all the same.
"""

from collections.abc import Collection

from access_manager.functions.catalogue import in_order
from access_manager.memberships import seats
from access_manager.memberships import service as memberships
from access_manager.memberships.authority import held_for_change, insist_holdable, insist_reach, lines_of
from access_manager.memberships.changing import CHANGED_MEANWHILE
from access_manager.memberships.models import Membership
from access_manager.organizations.models import Organization
from access_manager.proposals import notices
from access_manager.proposals.carrying import carry_out, set_policy
from access_manager.proposals.flow import MADE, State
from access_manager.proposals.models import Proposal
from access_manager.proposals.service import waiting
from access_manager.rules.asking import running
from access_manager.rules.managers import may_seat, may_set
from access_manager.rules.proposals import LIFETIME, Kind, needs
from access_manager.rules.refusals import Refusal, insist, refuse
from shared.errors import precondition_failed
from shared.service import Work


def make_manager(
    work: Work, organization_id: str, membership_id: str, version: int | None = None
) -> Membership | Proposal:
    """Seat a member, as a program: return the membership; as a person propose it: return that. Raises 404, 409, 412."""
    if work.actor.kind != "person":
        return seats.promote(work, organization_id, membership_id, version)
    return propose(work, organization_id, Kind.SEAT, membership_id, version=version)


def end_role(work: Work, organization_id: str, membership_id: str, version: int | None = None) -> Membership | Proposal:
    """Step down, or end a role as a program: return the membership; of another: return the proposal."""
    held_for_change(work, organization_id)
    found = memberships.find(work.session, organization_id, membership_id)
    if work.actor.kind != "person" or found.account_id == work.actor.id:
        return seats.demote(work, organization_id, membership_id, version)
    return propose(work, organization_id, Kind.UNSEAT, membership_id, version=version)


def want_four_eyes(work: Work, organization_id: str, *, wanted: bool) -> Proposal | None:
    """Let sensitive functions take two managers from now on, or propose that they no longer do.

    Returns None where that is done. Raises 403 for a manager of some lines of business only, 404.
    """
    organization = held_for_change(work, organization_id)
    insist(Refusal.BEYOND_LINES if lines_of(work.session, work.actor, organization_id, work.now) else None)
    if organization.four_eyes == wanted:
        return None
    if wanted or work.actor.kind != "person":
        set_policy(work, organization, wanted=wanted)
        return None
    made = propose(work, organization_id, Kind.FOUR_EYES_OFF)
    return made if made.state == State.OPEN else None


def propose(
    work: Work,
    organization_id: str,
    kind: Kind,
    membership_id: str | None = None,
    functions: Collection[str] = (),
    version: int | None = None,
) -> Proposal:
    """Propose something about a member, and write to everybody whose word it takes.

    Where it takes nobody else's it is carried out at once. Raises 404 for whoever does not manage the organization,
    403 for a deputy and a program, 409 where it is proposed already or the rules of seats refuse it, 412, 422.
    """
    organization = held_for_change(work, organization_id)
    insist(Refusal.PEOPLE_ONLY if work.actor.kind != "person" else None)
    found = _member(work, organization, kind, membership_id, version)
    if found is not None:
        insist(_possible(work, organization, kind, found, functions))
    _insist_new(work, organization_id, kind, membership_id)
    made = _made(work, organization, kind, found, functions)
    if made.words.missing():
        notices.tell_asked(work, made, organization)
    else:
        made.state, made.closed_by, made.closed_at = State.CARRIED_OUT.value, work.actor.id, work.now
        work.session.flush()
        carry_out(work, organization, made)
    return made


def _member(
    work: Work, organization: Organization, kind: Kind, membership_id: str | None, version: int | None
) -> Membership | None:
    if kind is Kind.FOUR_EYES_OFF:
        return None
    found = memberships.active(work.session, organization.id, membership_id or "", None)
    insist_reach(work, found)
    if version is not None and version != found.version:
        raise precondition_failed(CHANGED_MEANWHILE)
    return found


def _possible(
    work: Work, organization: Organization, kind: Kind, found: Membership, functions: Collection[str]
) -> Refusal | None:
    """Refuse at once what could not be carried out; whoever gives the last word is told again."""
    if found.link_id is not None:
        return Refusal.THROUGH_CONNECTION
    if kind is Kind.UNSEAT:
        return None if found.is_manager else Refusal.NOT_A_MANAGER
    if kind is Kind.FUNCTIONS:
        insist_holdable(organization, functions)
        usable = running(found.functions, found.function_ends, found.ends_at, work.now)
        nothing_new = Refusal.ALREADY_SO if set(functions) <= usable else None
        return nothing_new or may_set(work.actor.id, found.account_id, found.functions, functions)
    full = may_seat(organization.manager_count) if kind is Kind.SEAT else None
    return Refusal.ALREADY_A_MANAGER if found.is_manager else full


def _insist_new(work: Work, organization_id: str, kind: Kind, membership_id: str | None) -> None:
    for each in waiting(work.session, organization_id, work.now):
        if (each.kind, each.membership_id) == (kind.value, membership_id):
            raise refuse(Refusal.ALREADY_PROPOSED, proposal_id=each.id)


def _made(
    work: Work, organization: Organization, kind: Kind, found: Membership | None, functions: Collection[str]
) -> Proposal:
    takes = needs(kind, organization.manager_count)
    made = Proposal(
        id=work.ids.new("prp"),
        organization_id=organization.id,
        kind=kind.value,
        membership_id=found.id if found else None,
        account_id=found.account_id if found else work.actor.id,
        functions=list(in_order(functions)),
        state=State.OPEN.value,
        proposed_by=work.actor.id,
        proposed_at=work.now,
        expires_at=work.now + LIFETIME,
        needs_acceptance=takes.acceptance,
        needs_approval=takes.approval,
    )
    work.session.add(made)
    work.session.flush()
    target = made.account_id if found else organization.id
    after = {"proposal": made.id, "kind": made.kind, "functions": list(made.functions)}
    work.audit(MADE[kind], target=target, organization=organization.id, after=after)
    return made
