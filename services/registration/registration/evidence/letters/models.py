"""The table of letters, and the guarded statements that print one, use its key and close it."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from registration.applications.models import Application
from registration.applications.states import State
from registration.tables import Base
from shared.db import UtcDateTime, changed, claimed, insert_into, table_of

LIVES = timedelta(days=60)


class LetterState(StrEnum):
    """Where a letter stands; the last three are final."""

    ASKED = "asked"
    PRINTED = "printed"
    USED = "used"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_WAITING = (LetterState.ASKED, LetterState.PRINTED)


class Letter(Base):
    """One letter. `wanted_for` is the application while the letter may still prove it, so that there is one at most.

    The key is stored as its keyed hash, from printing until it is used, replaced or dead. `asked_by` is the agent who
    wrote it of the desk's own accord, None for the applicant.
    """

    __tablename__ = "evidence_letters"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    application_id: Mapped[str] = mapped_column(ForeignKey("applications.id"), index=True)
    wanted_for: Mapped[str | None] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    asked_by: Mapped[str | None] = mapped_column(String(200))
    prints: Mapped[int] = mapped_column(default=0)
    printed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    printed_by: Mapped[str | None] = mapped_column(String(200))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    key_hash: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(Text)


def ask(session: Session, letter_id: str, application_id: str, by: str | None, now: datetime) -> bool:
    """Write down the wish for a letter; False where one is wanted already."""
    wish = {
        "id": letter_id,
        "application_id": application_id,
        "wanted_for": application_id,
        "state": LetterState.ASKED,
        "asked_at": now,
        "asked_by": by,
        "prints": 0,
    }
    new = insert_into(session, table_of(Letter)).values(wish).on_conflict_do_nothing()
    return session.execute(new.returning(Letter.id)).first() is not None


def adopt(session: Session, application_id: str, now: datetime) -> bool:
    """Let the applicant's wish stand for the desk's: a letter that may be in the mail already keeps its key."""
    by_desk = update(Letter).where(Letter.wanted_for == application_id, Letter.asked_by.is_not(None))
    adopted = by_desk.values(asked_at=now, asked_by=None).execution_options(synchronize_session=False)
    return claimed(session.execute(adopted))


def replace(session: Session, application_id: str, asked_by: datetime, now: datetime) -> None:
    """Close a letter that was asked for long enough ago, so that another may be; never one just asked for."""
    old = update(Letter).where(Letter.wanted_for == application_id, Letter.asked_at <= asked_by)
    gone = old.values(state=LetterState.CANCELLED, wanted_for=None, key_hash=None, closed_at=now, reason="asked_again")
    session.execute(gone.execution_options(synchronize_session=False))


def note_print(session: Session, letter: Letter, key_hash: str, by: str, now: datetime) -> bool:
    """Give a letter its key, printed for the first time or again; of two who print at once one does."""
    return claimed(
        session.execute(
            update(Letter)
            .where(Letter.id == letter.id, Letter.state.in_(_WAITING), Letter.prints == letter.prints)
            .values(
                state=LetterState.PRINTED,
                prints=Letter.prints + 1,
                printed_at=now,
                printed_by=by,
                expires_at=now + LIVES,
                key_hash=key_hash,
            )
            .execution_options(synchronize_session=False)
        )
    )


def use(session: Session, application_id: str, key_hash: str, now: datetime) -> bool:
    """Use the key of an application's letter, once and while it lives."""
    return claimed(
        session.execute(
            update(Letter)
            .where(
                Letter.wanted_for == application_id,
                Letter.state == LetterState.PRINTED,
                Letter.key_hash == key_hash,
                Letter.expires_at > now,
            )
            .values(state=LetterState.USED, wanted_for=None, key_hash=None, closed_at=now)
            .execution_options(synchronize_session=False)
        )
    )


def cancel(session: Session, letter_id: str, by: str, reason: str, now: datetime) -> bool:
    """Close a letter whose key was not used; its key is dead."""
    return claimed(
        session.execute(
            update(Letter)
            .where(Letter.id == letter_id, Letter.state.in_(_WAITING))
            .values(
                state=LetterState.CANCELLED,
                wanted_for=None,
                key_hash=None,
                closed_at=now,
                closed_by=by,
                reason=reason,
            )
            .execution_options(synchronize_session=False)
        )
    )


def let_die(session: Session, now: datetime) -> int:
    """Close the letters whose key died; return how many."""
    dead = update(Letter).where(Letter.state == LetterState.PRINTED, Letter.expires_at <= now)
    gone = dead.values(state=LetterState.EXPIRED, wanted_for=None, key_hash=None, closed_at=now)
    return changed(session.execute(gone.execution_options(synchronize_session=False)))


def forget(session: Session, instant: datetime) -> int:
    """Delete the closed letters asked for before an instant; return how many."""
    old = delete(Letter).where(Letter.wanted_for.is_(None), Letter.asked_at < instant)
    return changed(session.execute(old.execution_options(synchronize_session=False)))


def asked_for(session: Session, application_id: str) -> tuple[int, datetime | None]:
    """How many letters an applicant asked for, and when the last time; the desk's own are not the applicant's."""
    asked = select(func.count(), func.max(Letter.asked_at)).where(Letter.application_id == application_id)
    count, last = session.execute(asked.where(Letter.asked_by.is_(None))).one()
    return count, last


def wanted(session: Session, application_id: str) -> Letter | None:
    """The letter that may still prove an application."""
    return session.scalar(select(Letter).where(Letter.wanted_for == application_id))


def of_number(session: Session, number: str) -> Application | None:
    """The application the desk decides that has this number, if it has a TIN."""
    found = select(Application).where(Application.number == number, Application.state == State.VETTING)
    return session.scalar(found.where(Application.tin_index.is_not(None)))


def fresh(session: Session, letter_id: str) -> Letter | None:
    """The letter as it is in the database now."""
    return session.get(Letter, letter_id, populate_existing=True)


def waiting(session: Session, limit: int) -> list[tuple[Letter, Application]]:
    """The letters of cases the desk decides, those to print first, the oldest wish before the others."""
    found = (
        select(Letter, Application)
        .join(Application, Application.id == Letter.wanted_for)
        .where(Application.state == State.VETTING)
        .order_by(Letter.state, Letter.asked_at, Letter.id)
        .limit(limit)
    )
    return [(letter, application) for letter, application in session.execute(found).all()]
