"""Tables of cases, calls and proposals, and the guarded statements that let the first decision win."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.tables import Base
from registration.vetting.cases import Attempt, CallFacts, CallOutcome, CaseState, Evidence, ProposalState
from shared.db import JsonColumn, UtcDateTime, claimed


class VettingCase(Base):
    """One case of the desk; `version` is the sequence of its events.

    `next_call_at` is when the office is to be called, `letter` that calling has led to nothing. `seated_name` is who
    was seated where that is not the applicant. A case without an application is about an organization's only manager,
    who has stopped signing in: `manager_…` says who, and `open_for` is the organization while the case is open and
    NULL afterwards, so that an organization has one such case at most.
    """

    __tablename__ = "vetting_cases"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    application_id: Mapped[str | None] = mapped_column(ForeignKey("applications.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    ground: Mapped[str] = mapped_column(String(20), default="first_person", server_default="first_person")
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_call_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    letter: Mapped[bool] = mapped_column(default=False, server_default=false())
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    organization_id: Mapped[str | None] = mapped_column(String(64))
    seated_name: Mapped[str | None] = mapped_column(String(120))
    open_for: Mapped[str | None] = mapped_column(String(64), index=True, unique=True)
    manager_account: Mapped[str | None] = mapped_column(String(64))
    manager_name: Mapped[str | None] = mapped_column(String(200))
    manager_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class VettingCall(Base):
    """One telephone call of a case; never changed once recorded."""

    __tablename__ = "vetting_calls"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("vetting_cases.id"), index=True)
    called_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agent_id: Mapped[str] = mapped_column(String(64), index=True)
    agent_name: Mapped[str] = mapped_column(String(200))
    number_called: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    spoke_to: Mapped[str] = mapped_column(String(120))
    evidence: Mapped[list[str]] = mapped_column(JsonColumn)
    note: Mapped[str] = mapped_column(Text)

    def facts(self) -> CallFacts:
        """What counts of the call for the rules."""
        return CallFacts(CallOutcome(self.outcome), self.spoke_to, frozenset(map(Evidence, self.evidence)))

    def attempt(self) -> Attempt:
        """What counts of the call for the next one."""
        return Attempt(CallOutcome(self.outcome), self.called_at)


class Proposal(Base):
    """A seat that one agent proposes and another one confirms; `why` says why it takes two.

    `open_case` is the case while the proposal is open and NULL afterwards, so that a case has one open proposal at
    most. `person_…` is empty where the applicant is to be seated. A proposal is only ever added to by its decision.
    """

    __tablename__ = "vetting_proposals"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("vetting_cases.id"), index=True)
    open_case: Mapped[str | None] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    why: Mapped[list[str]] = mapped_column(JsonColumn)
    reason: Mapped[str] = mapped_column(Text)
    organization_name: Mapped[str] = mapped_column(String(200))
    organization_kind: Mapped[str] = mapped_column(String(20))
    functions: Mapped[list[str]] = mapped_column(JsonColumn)
    person_name: Mapped[str | None] = mapped_column(String(120))
    person_email: Mapped[str | None] = mapped_column(String(254))
    person_mobile: Mapped[str | None] = mapped_column(String(20))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(Text)


def decide(session: Session, case_id: str, state: CaseState, **facts: object) -> bool:
    """Close an open case; of many rivals the first does."""
    return claimed(
        session.execute(
            update(VettingCase)
            .where(VettingCase.id == case_id, VettingCase.state == CaseState.OPEN)
            .values(state=state, version=VettingCase.version + 1, next_call_at=None, open_for=None, **facts)
            .execution_options(synchronize_session=False)
        )
    )


def reopen(session: Session, case_id: str, **facts: object) -> bool:
    """Open a case again: it was handed on, or somebody else was seated, and the managers stayed silent since."""
    decision = dict.fromkeys(("overdue_at", "decided_at", "decided_by", "decided_by_name", "seated_name"))
    return claimed(
        session.execute(
            update(VettingCase)
            .where(VettingCase.id == case_id, VettingCase.state.in_([CaseState.HANDED_ON, CaseState.SEATED]))
            .values(state=CaseState.OPEN, version=VettingCase.version + 1, letter=False, **decision, **facts)
            .execution_options(synchronize_session=False)
        )
    )


def hold(session: Session, case_id: str) -> bool:
    """Take an open case until the transaction ends. Everybody takes the case before its proposal: no deadlock."""
    chosen = select(VettingCase.id).where(VettingCase.id == case_id, VettingCase.state == CaseState.OPEN)
    return session.scalar(chosen.with_for_update()) is not None


def plan_call(session: Session, case_id: str, at: datetime | None, *, letter: bool) -> bool:
    """Keep when to call next, while the case is open."""
    return claimed(
        session.execute(
            update(VettingCase)
            .where(VettingCase.id == case_id, VettingCase.state == CaseState.OPEN)
            .values(next_call_at=at, letter=letter)
            .execution_options(synchronize_session=False)
        )
    )


def close_proposal(
    session: Session,
    case_id: str,
    state: ProposalState,
    *,
    by: str | None = None,
    not_by: str | None = None,
    **facts: object,
) -> bool:
    """Decide the open proposal of a case, once; `by`, `not_by`: only where that agent is, or is not, its proposer."""
    chosen = update(Proposal).where(Proposal.open_case == case_id)
    if by is not None:
        chosen = chosen.where(Proposal.proposed_by == by)
    if not_by is not None:
        chosen = chosen.where(Proposal.proposed_by != not_by)
    values = chosen.values(state=state, open_case=None, **facts)
    return claimed(session.execute(values.execution_options(synchronize_session=False)))


def mark_overdue(session: Session, case_id: str, now: datetime) -> bool:
    """Note that a case has passed its due date, once."""
    return claimed(
        session.execute(
            update(VettingCase)
            .where(
                VettingCase.id == case_id,
                VettingCase.state == CaseState.OPEN,
                VettingCase.due_at < now,
                VettingCase.overdue_at.is_(None),
            )
            .values(overdue_at=now, version=VettingCase.version + 1)
            .execution_options(synchronize_session=False)
        )
    )


def newly_overdue(session: Session, now: datetime, limit: int) -> list[str]:
    """Ids of open cases past their due date that nobody was told of."""
    chosen = select(VettingCase.id).where(
        VettingCase.state == CaseState.OPEN, VettingCase.due_at < now, VettingCase.overdue_at.is_(None)
    )
    return list(session.scalars(chosen.order_by(VettingCase.due_at).limit(limit)))


def open_of(session: Session, application_id: str) -> str | None:
    """The id of the open case of an application."""
    waits = VettingCase.application_id == application_id, VettingCase.state == CaseState.OPEN
    return session.scalar(select(VettingCase.id).where(*waits))


def open_about(session: Session, organization_id: str) -> VettingCase | None:
    """The open case about the only manager of an organization."""
    return session.scalar(select(VettingCase).where(VettingCase.open_for == organization_id))


def of_application(session: Session, application_id: str) -> VettingCase | None:
    """The case of an application."""
    return session.scalar(select(VettingCase).where(VettingCase.application_id == application_id))


def calls_of(session: Session, case_ids: Collection[str]) -> list[VettingCall]:
    """The call logs of some cases, newest first."""
    chosen = select(VettingCall).where(VettingCall.case_id.in_(case_ids))
    return list(session.scalars(chosen.order_by(VettingCall.called_at.desc(), VettingCall.id.desc())))


def proposals_of(session: Session, case_ids: Collection[str]) -> list[Proposal]:
    """What was proposed in some cases, newest first."""
    chosen = select(Proposal).where(Proposal.case_id.in_(case_ids))
    return list(session.scalars(chosen.order_by(Proposal.proposed_at.desc(), Proposal.id.desc())))


def fresh(session: Session, case_id: str) -> VettingCase | None:
    """The case as it is in the database now."""
    return session.get(VettingCase, case_id, populate_existing=True)
