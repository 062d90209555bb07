"""The desk's acts: open a case, call, seat or have a seat confirmed by a second agent, refuse, reveal, hand on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registration.applications import service as applications
from registration.applications.answers import OrganizationKind
from registration.applications.models import Application
from registration.contacts import addresses
from registration.directory.vault import TinVault
from registration.vetting import cases, gathering, models, seating
from registration.vetting.cases import CallFacts, CaseState, Evidence, Ground, ProposalState, Why
from registration.vetting.ending import close_withdrawn, hand_on
from registration.vetting.models import Proposal, VettingCall, VettingCase
from registration.vetting.reading import CaseFile, Queue, QueueFilter, queue, read_file
from registration.vetting.seating import Account, Agent, Another, NewManager, Seat
from shared.errors import Problem, conflict
from shared.service import Work

__all__ = [
    "Account", "Agent", "Another", "CallRecord", "CaseFile", "Fact", "NewManager", "Queue", "QueueFilter", "Seat",
    "announce", "announce_overdue", "close_withdrawn", "confirm_proposal", "hand_on", "may_name", "name_another",
    "open_case", "person_of", "propose", "queue", "read_file", "record_call", "refuse", "reject_proposal", "reveal",
    "schedule_call", "seat", "seat_of", "withdraw_proposal",
]  # fmt: skip


@dataclass(frozen=True)
class CallRecord:
    """A call as it is recorded."""

    facts: CallFacts
    number_called: str
    note: str


class Fact(StrEnum):
    """A contact of the applicant that is shown masked until somebody asks for it."""

    EMAIL = "email"
    MOBILE = "mobile"


def open_case(
    work: Work, application: Application, due_at: datetime, ground: Ground = Ground.FIRST_PERSON
) -> VettingCase:
    """Open the one case of an application, or open it again where managers have it and stay silent; announce it."""
    facts = {"opened_at": work.now, "due_at": due_at, "next_call_at": cases.first_call(work.now).at}
    known = models.of_application(work.session, application.id)
    if known is None:
        known = VettingCase(
            id=work.ids.new("case"), application_id=application.id, state=CaseState.OPEN, ground=ground, **facts
        )
        work.session.add(known)
        work.session.flush()
    elif not models.reopen(work.session, known.id, ground=ground, **facts):
        raise conflict("case-exists", f"The case of this application is {known.state}.")
    work.session.refresh(known)
    announce(work, "vetting.required", known, application.account_id)
    after = {"application_id": application.id, "ground": ground, "due_at": due_at.isoformat()}
    work.audit("vetting.opened", target=known.id, after=after)
    return known


def record_call(work: Work, case_id: str, agent: Agent, record: CallRecord) -> VettingCall:
    """Write a call into the log of an open case and plan the next one. The caller has checked `cases.fault_of`.

    Raises 404 or 409.
    """
    found = _open_file(work.session, case_id)
    call = VettingCall(
        id=work.ids.new("call"),
        case_id=case_id,
        called_at=work.now,
        agent_id=agent.id,
        agent_name=agent.name,
        # What the directory says wins over what was typed: the agent was shown that number.
        number_called=(found.entry.phone if found.entry and found.entry.phone else record.number_called),
        outcome=record.facts.outcome,
        spoke_to=record.facts.spoke_to,
        evidence=[str(each) for each in Evidence if each in record.facts.evidence],
        note=record.note,
    )
    work.session.add(call)
    work.session.flush()
    following = cases.next_call([each.attempt() for each in (*reversed(found.calls), call)])
    letter = following is not None and following.letter
    models.plan_call(work.session, case_id, following.at if following else None, letter=letter)
    after = {"call_id": call.id, "outcome": call.outcome, "evidence": call.evidence}
    work.audit("vetting.call_recorded", target=case_id, after=after)
    return call


def schedule_call(work: Work, case_id: str, agent: Agent, at: datetime) -> None:
    """Plan the next call for an instant the office asked for. Raises 404 or 409 `already-decided`, `in-the-past`."""
    if at <= work.now:
        raise conflict("in-the-past", "Choose an instant that is still to come.")
    found = _open_file(work.session, case_id)
    models.plan_call(work.session, case_id, at, letter=False)
    before = found.case.next_call_at.isoformat() if found.case.next_call_at else None
    after = {"next_call_at": at.isoformat(), "by": agent.name}
    work.audit("vetting.call_scheduled", target=case_id, before={"next_call_at": before}, after=after)


def seat(work: Work, vault: TinVault, case_id: str, agent: Agent, asked: Seat) -> str:
    """Seat the applicant as first access manager; return the organization's id.

    Raises 409 `no-application`, `no-confirmed-call`, `second-agent-needed` (with `why`), `already-decided` or
    `already-managed`.
    """
    found = read_file(work.session, case_id)
    found.insist_applicant()
    if found.open and not found.may_seat:
        raise conflict("no-confirmed-call", "Record a call in which the office confirmed before you seat anybody.")
    _alone(found.why_second)
    return seating.seat_now(work, vault, found, agent, asked, None)


def may_name(session: Session, case_id: str, person: NewManager) -> None:
    """Check that one agent may seat the person the office named; raises the refusals of `name_another`."""
    found = _open_file(session, case_id)
    if not found.may_name_another:
        raise conflict("no-confirmed-call", "Record a call in which the office named another person.")
    _alone(_why(session, found, person))


def name_another(work: Work, vault: TinVault, case_id: str, agent: Agent, asked: Seat, another: Another) -> str:
    """Seat the person the office named instead of the applicant, whose own request goes on to that manager.

    Raises what `seat` raises, and 409 `is-the-applicant`.
    """
    may_name(work.session, case_id, another.person)
    return seating.seat_now(work, vault, read_file(work.session, case_id), agent, asked, another)


def refuse(work: Work, case_id: str, agent: Agent, reason: str) -> None:
    """Refuse the application with a reason the applicant reads. Raises 409 `already-decided`, `no-application`."""
    found = read_file(work.session, case_id)
    seating.close(work, found, CaseState.REFUSED, agent, reason)
    if not applications.deny(work, found.insist_applicant().id, reason_code="desk_refused", reason=reason):
        raise conflict("already-decided", "The application is no longer waiting: it was decided or withdrawn.")
    seating.tell_outcome(work, found, "refused", reason=reason)
    work.audit("vetting.refused", target=case_id, reason=reason)


def propose(
    work: Work, case_id: str, agent: Agent, asked: Seat, reason: str, person: NewManager | None = None
) -> Proposal:
    """Propose a seat that takes two agents: of the applicant, or of the person the office named.

    Raises 409 `already-decided`, `no-second-needed`, `already-proposed` or `is-the-applicant`.
    """
    if not models.hold(work.session, case_id):
        raise seating.too_late(read_file(work.session, case_id).case)
    found = read_file(work.session, case_id)
    why = _why(work.session, found, person)
    if not why:
        raise conflict("no-second-needed", "One agent may seat this person: do it directly.")
    proposal = _proposal(work, case_id, agent, asked, person)
    proposal.why, proposal.reason = [str(each) for each in why], reason
    try:
        with work.session.begin_nested():
            work.session.add(proposal)
    except IntegrityError:
        raise conflict("already-proposed", "A proposal waits for a second agent already.") from None
    after = {"proposal_id": proposal.id, "why": proposal.why, "another": person is not None}
    work.audit("vetting.seat_proposed", target=case_id, after=after, reason=reason)
    return proposal


def confirm_proposal(
    work: Work, vault: TinVault, case_id: str, proposal_id: str, agent: Agent, account: Account | None = None
) -> str:
    """Seat as a colleague proposed; return the organization's id. `account`: of the person, where it is another one.

    `proposal_id` is the one the agent has read: another one that took its place meanwhile is not confirmed unseen.
    Raises 409 `no-proposal`, `own-proposal`, and what `seat` raises of rivals; then the proposal stays open.
    """
    proposal = _close(work, case_id, proposal_id, ProposalState.CONFIRMED, agent, not_by=agent.id)
    person = person_of(proposal)
    if person is not None and account is None:
        raise ValueError("another person needs an account")
    another = Another(person, account) if person and account else None
    after = {"proposal_id": proposal.id, "proposed_by": proposal.proposed_by, "why": proposal.why}
    work.audit("vetting.seat_confirmed", target=case_id, after=after, reason=proposal.reason)
    return seating.seat_now(work, vault, read_file(work.session, case_id), agent, seat_of(proposal), another)


def reject_proposal(work: Work, case_id: str, proposal_id: str, agent: Agent, note: str) -> None:
    """Turn down what a colleague proposed, with a reason. Raises 409 `no-proposal` or `own-proposal`."""
    proposal = _close(work, case_id, proposal_id, ProposalState.REJECTED, agent, not_by=agent.id, note=note)
    work.audit("vetting.seat_rejected", target=case_id, after={"proposal_id": proposal.id}, reason=note)


def withdraw_proposal(work: Work, case_id: str, proposal_id: str, agent: Agent) -> None:
    """Take one's own proposal back. Raises 409 `no-proposal` or `not-your-proposal`."""
    proposal = _close(work, case_id, proposal_id, ProposalState.WITHDRAWN, agent, by=agent.id)
    work.audit("vetting.seat_withdrawn", target=case_id, after={"proposal_id": proposal.id})


def seat_of(proposal: Proposal) -> Seat:
    """Which seat a proposal is about."""
    return Seat(proposal.organization_name, OrganizationKind(proposal.organization_kind), proposal.functions)


def person_of(proposal: Proposal) -> NewManager | None:
    """Whom a proposal wants to seat; None for the applicant."""
    if proposal.person_name is None or proposal.person_email is None:
        return None
    return NewManager(proposal.person_name, proposal.person_email, proposal.person_mobile or "")


def reveal(work: Work, case_id: str, agent: Agent, fact: Fact) -> str:
    """A contact of the applicant in full; who looked at which is written down, the contact itself is not."""
    application = read_file(work.session, case_id).insist_applicant()
    work.audit("vetting.revealed", target=case_id, after={"field": fact, "to": agent.name})
    return (application.email if fact is Fact.EMAIL else application.mobile) or ""


def announce_overdue(work: Work, case_id: str) -> bool:
    """Announce once that a case has passed its due date."""
    if not models.mark_overdue(work.session, case_id, work.now):
        return False
    found = read_file(work.session, case_id)
    work.session.refresh(found.case)
    announce(work, "vetting.overdue", found.case, found.account_id)
    work.audit("vetting.overdue", target=case_id)
    return True


def announce(work: Work, kind: str, case: VettingCase, account_id: str | None) -> None:
    """Publish `vetting.required` or `vetting.overdue`; `account_id` is of whom the case is about."""
    data = {
        "case_id": case.id,
        "application_id": case.application_id,
        "account_id": account_id,
        "due_at": case.due_at,
    }
    work.publish(kind, subject=case.id, sequence=case.version, data=data)


def _open_file(session: Session, case_id: str) -> CaseFile:
    found = read_file(session, case_id)
    if not found.open:
        raise seating.too_late(found.case)
    return found


def _alone(why: Sequence[Why]) -> None:
    if why:
        sentence = "A second agent must confirm this seat. Propose it, with your reason."
        raise conflict("second-agent-needed", sentence, why=[str(each) for each in why])


def _why(session: Session, found: CaseFile, person: NewManager | None) -> tuple[Why, ...]:
    """Why a seat takes two agents; of another person by alerts of their own."""
    if person is None:
        found.insist_applicant()
        return found.why_second
    applicant = found.application.email if found.application else None
    if applicant and addresses.email_key(person.email) == addresses.email_key(applicant):
        raise conflict("is-the-applicant", "This is the applicant's own address: seat the applicant.")
    opened_at = found.case.opened_at
    alerts = gathering.alerts_about(session, found.application, found.entry, person.email, person.mobile, opened_at)
    return found.why_two(alerts, proved=found.may_name_another)


def _proposal(work: Work, case_id: str, agent: Agent, asked: Seat, person: NewManager | None) -> Proposal:
    return Proposal(
        id=work.ids.new("prop"),
        case_id=case_id,
        open_case=case_id,
        state=ProposalState.OPEN,
        organization_name=asked.name,
        organization_kind=asked.kind,
        functions=list(asked.functions),
        person_name=person.display_name if person else None,
        person_email=person.email if person else None,
        person_mobile=(person.mobile or None) if person else None,
        proposed_at=work.now,
        proposed_by=agent.id,
        proposed_by_name=agent.name,
    )


def _close(
    work: Work,
    case_id: str,
    proposal_id: str,
    state: ProposalState,
    agent: Agent,
    *,
    by: str | None = None,
    not_by: str | None = None,
    note: str | None = None,
) -> Proposal:
    """Decide the open proposal, if it is the one that was read.

    The guarded UPDATE says whether this agent could, the rest says why not.
    """
    held = models.hold(work.session, case_id)
    found = read_file(work.session, case_id)
    if not held:
        raise seating.too_late(found.case)
    proposal = found.proposal
    facts = {"decided_at": work.now, "decided_by": agent.id, "decided_by_name": agent.name, "note": note}
    if proposal is None or proposal.id != proposal_id:
        raise conflict("no-proposal", "Nothing waits for a second agent here.")
    if not models.close_proposal(work.session, case_id, state, by=by, not_by=not_by, **facts):
        raise _whose(proposal, agent)
    work.session.refresh(proposal)
    return proposal


def _whose(proposal: Proposal, agent: Agent) -> Problem:
    if proposal.proposed_by == agent.id:
        return conflict("own-proposal", "You proposed this yourself: a colleague must confirm it or turn it down.")
    return conflict("not-your-proposal", f"{proposal.proposed_by_name} proposed this.")
