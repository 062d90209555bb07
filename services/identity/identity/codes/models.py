"""The tables of codes and of their runs, and the guarded statements that count a guess and use a code once."""

from datetime import datetime

from sqlalchemy import ColumnElement, Delete, Index, Select, String, Update, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningDelete

from identity.codes.rules import MOST_TRIES
from identity.tables import Base
from shared.db import UtcDateTime


class CodeRun(Base):
    """All codes of one purpose that are bound to one thing; its row is the lock of everything that happens to them."""

    __tablename__ = "code_runs"
    __table_args__ = (Index(None, "ends_at"),)

    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    bound_to: Mapped[str] = mapped_column(String(100), primary_key=True)
    tries: Mapped[int]
    sends: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Code(Base):
    """One code that was sent. `code_hash` is keyed; `masked` is what may be shown of the address it went to."""

    __tablename__ = "codes"
    __table_args__ = (
        Index(None, "purpose", "bound_to"),
        Index(None, "contact_id", "sent_at"),
        Index(None, "account_id", "sent_at"),
        Index(None, "expires_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    bound_to: Mapped[str] = mapped_column(String(100))
    account_id: Mapped[str] = mapped_column(String(40))
    contact_id: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(10))
    masked: Mapped[str] = mapped_column(String(254))
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def count_try(purpose: str, bound_to: str, now: datetime) -> Update:
    """An UPDATE that counts a guess while there is one left; its row lock makes parallel guesses queue up."""
    left = _run(purpose, bound_to) & (CodeRun.tries < MOST_TRIES) & (CodeRun.ends_at > now)
    return update(CodeRun).where(left).values(tries=CodeRun.tries + 1)


def end_run(purpose: str, bound_to: str) -> Delete:
    """A DELETE of the run: a code of it was proved."""
    return delete(CodeRun).where(_run(purpose, bound_to))


def use(code_id: str, now: datetime) -> Update:
    """An UPDATE that uses a code; of twenty rivals with one code, one wins."""
    return update(Code).where(Code.id == code_id, Code.used_at.is_(None), Code.expires_at > now).values(used_at=now)


def burn(purpose: str, bound_to: str, now: datetime) -> Update:
    """An UPDATE that uses up what else was sent in the run."""
    return update(Code).where(_codes(purpose, bound_to), Code.used_at.is_(None)).values(used_at=now)


def usable(purpose: str, bound_to: str, now: datetime) -> Select[Code]:
    """The codes of the run that somebody could type now."""
    return select(Code).where(_codes(purpose, bound_to), Code.used_at.is_(None), Code.expires_at > now)


def of_run(purpose: str, bound_to: str) -> Select[Code]:
    """Every code sent for this that was not used up, newest first."""
    unused = select(Code).where(_codes(purpose, bound_to), Code.used_at.is_(None))
    return unused.order_by(Code.sent_at.desc(), Code.id.desc())


def of_account(account_id: str, limit: int) -> Select[Code]:
    """The last codes sent to the account's person, newest first."""
    mine = select(Code).where(Code.account_id == account_id)
    return mine.order_by(Code.sent_at.desc(), Code.id.desc()).limit(limit)


def sent_since(purpose: str, contact_id: str, since: datetime) -> Select[int, datetime | None]:
    """How many codes of the purpose went to the contact since the instant, and when the first of them did."""
    lately = (Code.contact_id == contact_id) & (Code.purpose == purpose) & (Code.sent_at > since)
    return select(func.count(Code.id), func.min(Code.sent_at)).where(lately)


def forget(before: datetime, limit: int) -> ReturningDelete[tuple[str]]:
    """A DELETE of codes that expired before the instant, at most `limit` of them; gives their ids."""
    old = select(Code.id).where(Code.expires_at < before).limit(limit)
    return delete(Code).where(Code.id.in_(old)).returning(Code.id)


def forget_runs(before: datetime) -> Delete:
    """A DELETE of runs that ended before the instant."""
    return delete(CodeRun).where(CodeRun.ends_at < before)


def _run(purpose: str, bound_to: str) -> ColumnElement[bool]:
    return (CodeRun.purpose == purpose) & (CodeRun.bound_to == bound_to)


def _codes(purpose: str, bound_to: str) -> ColumnElement[bool]:
    return (Code.purpose == purpose) & (Code.bound_to == bound_to)
