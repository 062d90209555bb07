"""Tables of facts, tries and proofs, and the guarded statements that count a try before it is looked at."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint, case, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.evidence import delays
from registration.tables import Base
from shared.db import UtcDateTime, changed, claimed, insert_into, table_of


class EvidenceFact(Base):
    """One claim or payment the payer knows of, as a keyed digest over TIN and all its parts; nothing else of it."""

    __tablename__ = "evidence_facts"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    good_until: Mapped[date] = mapped_column(Date, index=True)


class EvidenceTries(Base):
    """Wrong tries of one applicant (`account:…`) or at one TIN (`tin:…`).

    `next_at` is when the next may be made, None: at once. It is never the instant of a try: a rival that began a moment
    earlier and waited for the row would find it ahead.
    """

    __tablename__ = "evidence_tries"

    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    wrong: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class EvidenceProof(Base):
    """One way by which the organization of an application was proved."""

    __tablename__ = "evidence_proofs"
    __table_args__ = (UniqueConstraint("application_id", "way"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"))
    way: Mapped[str] = mapped_column(String(20))
    verified_at: Mapped[datetime] = mapped_column(UtcDateTime)


def learn(session: Session, facts: Sequence[tuple[str, date]]) -> int:
    """Keep digests with the day until which each is good; return how many were new."""
    if not facts:
        return 0
    rows = [{"digest": digest, "good_until": until} for digest, until in facts]
    new = insert_into(session, table_of(EvidenceFact)).values(rows).on_conflict_do_nothing()
    return len(session.execute(new.returning(EvidenceFact.digest)).all())  # a driver need not count inserted rows


def is_known(session: Session, digest: str, today: date) -> bool:
    """Whether the payer knows this fact and it is recent enough."""
    found = select(EvidenceFact.digest).where(EvidenceFact.digest == digest, EvidenceFact.good_until >= today)
    return session.scalar(found) is not None


def open_counter(session: Session, subject: str, now: datetime) -> None:
    """See that there is a counter to guard with; rivals make one."""
    fresh = {"subject": subject, "wrong": 0, "next_at": None, "tried_at": now}
    session.execute(insert_into(session, table_of(EvidenceTries)).values(fresh).on_conflict_do_nothing())


def take_of_applicant(session: Session, subject: str, now: datetime) -> bool:
    """Count one try of an applicant before it is looked at; False once all are spent."""
    return claimed(
        session.execute(
            update(EvidenceTries)
            .where(EvidenceTries.subject == subject, EvidenceTries.wrong < delays.APPLICANT_TRIES)
            .values(wrong=EvidenceTries.wrong + 1, tried_at=now)
            .execution_options(synchronize_session=False)
        )
    )


def take_at_tin(session: Session, subject: str, now: datetime) -> bool:
    """Count one try at a TIN before it is looked at, and set its next wait; False while one lasts."""
    waits = {wrong: _after(now, wrong + 1) for wrong in delays.steps()}
    next_at = case(waits, value=EvidenceTries.wrong, else_=now + delays.LONGEST)
    return claimed(
        session.execute(
            update(EvidenceTries)
            .where(
                EvidenceTries.subject == subject,
                or_(EvidenceTries.next_at.is_(None), EvidenceTries.next_at <= now),
            )
            .values(wrong=EvidenceTries.wrong + 1, next_at=next_at, tried_at=now)
            .execution_options(synchronize_session=False)
        )
    )


def give_back(session: Session, subjects: Collection[str]) -> None:
    """The try was right, or was not made: it does not count. The rows are still held by the transaction that took."""
    session.execute(
        update(EvidenceTries)
        .where(EvidenceTries.subject.in_(subjects))
        .values(wrong=EvidenceTries.wrong - 1, next_at=None)
        .execution_options(synchronize_session=False)
    )


def tries_of(session: Session, subjects: Collection[str]) -> dict[str, EvidenceTries]:
    """Counters as they are in the database now."""
    found = select(EvidenceTries).where(EvidenceTries.subject.in_(subjects))
    return {each.subject: each for each in session.scalars(found.execution_options(populate_existing=True))}


def add_proof(session: Session, proof_id: str, application_id: str, way: str, now: datetime) -> bool:
    """Write down that a way led to proof, once for each application; return whether it is news."""
    proof = {"id": proof_id, "application_id": application_id, "way": way, "verified_at": now}
    new = insert_into(session, table_of(EvidenceProof)).values(proof).on_conflict_do_nothing()
    return session.execute(new.returning(EvidenceProof.id)).first() is not None


def proofs_of(session: Session, application_ids: Collection[str]) -> list[EvidenceProof]:
    """The proofs of some applications, oldest first."""
    found = select(EvidenceProof).where(EvidenceProof.application_id.in_(application_ids))
    return list(session.scalars(found.order_by(EvidenceProof.verified_at, EvidenceProof.id)))


def forget_facts(session: Session, today: date) -> int:
    """Delete the facts that are no longer recent; return how many."""
    stale = delete(EvidenceFact).where(EvidenceFact.good_until < today)
    return changed(session.execute(stale.execution_options(synchronize_session=False)))


def forget_tries(session: Session, instant: datetime) -> int:
    """Delete the counters nobody has touched since; return how many."""
    stale = delete(EvidenceTries).where(EvidenceTries.tried_at < instant)
    return changed(session.execute(stale.execution_options(synchronize_session=False)))


def _after(now: datetime, wrong: int) -> datetime | None:
    wait = delays.wait_after(wrong)
    return now + wait if wait else None
