"""Tables of cases and calls, and the guarded statements that let the first decision win."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.tables import Base
from registration.vetting.cases import CallFacts, CallOutcome, CaseState, Evidence
from shared.db import JsonColumn, UtcDateTime, claimed


class VettingCase(Base):
    """One case of the desk; `version` is the sequence of its events."""

    __tablename__ = "vetting_cases"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)
    organization_id: Mapped[str | None] = mapped_column(String(64))


class VettingCall(Base):
    """One telephone call of a case; never changed once recorded."""

    __tablename__ = "vetting_calls"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("vetting_cases.id"), index=True)
    called_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agent_id: Mapped[str] = mapped_column(String(64))
    agent_name: Mapped[str] = mapped_column(String(200))
    number_called: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(20))
    spoke_to: Mapped[str] = mapped_column(String(120))
    evidence: Mapped[list[str]] = mapped_column(JsonColumn)
    note: Mapped[str] = mapped_column(Text)

    def facts(self) -> CallFacts:
        """What counts of the call for the rules."""
        return CallFacts(CallOutcome(self.outcome), self.spoke_to, frozenset(map(Evidence, self.evidence)))


def decide(session: Session, case_id: str, state: CaseState, **facts: object) -> bool:
    """Close an open case; of many rivals the first does."""
    return claimed(
        session.execute(
            update(VettingCase)
            .where(VettingCase.id == case_id, VettingCase.state == CaseState.OPEN)
            .values(state=state, version=VettingCase.version + 1, **facts)
            .execution_options(synchronize_session=False)
        )
    )


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


def open_cases(session: Session, limit: int = 200) -> list[VettingCase]:
    """The queue: open cases by due date."""
    chosen = select(VettingCase).where(VettingCase.state == CaseState.OPEN)
    return list(session.scalars(chosen.order_by(VettingCase.due_at, VettingCase.id).limit(limit)))


def newly_overdue(session: Session, now: datetime, limit: int) -> list[str]:
    """Ids of open cases past their due date that nobody was told of."""
    chosen = select(VettingCase.id).where(
        VettingCase.state == CaseState.OPEN, VettingCase.due_at < now, VettingCase.overdue_at.is_(None)
    )
    return list(session.scalars(chosen.order_by(VettingCase.due_at).limit(limit)))


def of_application(session: Session, application_id: str) -> VettingCase | None:
    """The case of an application."""
    return session.scalar(select(VettingCase).where(VettingCase.application_id == application_id))


def calls_of(session: Session, case_ids: Collection[str]) -> list[VettingCall]:
    """The call logs of some cases, newest first."""
    chosen = select(VettingCall).where(VettingCall.case_id.in_(case_ids))
    return list(session.scalars(chosen.order_by(VettingCall.called_at.desc(), VettingCall.id.desc())))


def fresh(session: Session, case_id: str) -> VettingCase | None:
    """The case as it is in the database now."""
    return session.get(VettingCase, case_id, populate_existing=True)
