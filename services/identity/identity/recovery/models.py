"""The tables of recovery and the guarded statements that make each thing happen once."""

from datetime import datetime

from sqlalchemy import Delete, Index, Select, String, Update, case, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert, ReturningUpdate

from identity.recovery.limits import MOST_TRIES, Limit
from identity.tables import Base
from shared.db import JsonColumn, SealedText, UtcDateTime, insert_into


class Recovery(Base):
    """One attempt to get an account back. `account_id` is empty until it was looked up, and for a name that nobody has.

    `token_hash` names the browser, `link_hash` the link that was mailed; only hashes are kept. `shown` is what may be
    shown of the address that the person named.
    """

    __tablename__ = "recoveries"
    __table_args__ = (Index(None, "account_id", "ended_at"), Index(None, "expires_at"))

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    aim: Mapped[str] = mapped_column(String(20))
    starter: Mapped[str] = mapped_column(String(20))
    pair: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str | None] = mapped_column(String(40))
    contact_id: Mapped[str | None] = mapped_column(String(40))
    shown: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proofs: Mapped[list[str]] = mapped_column(JsonColumn)
    awaiting: Mapped[bool]
    tries: Mapped[int]
    sends: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int]


class RecoveryRequest(Base):
    """Something to answer by mail or text message. The worker does it, so that no page takes longer for a known name.

    `asked` holds what was typed, encrypted, and goes with the row.
    """

    __tablename__ = "recovery_requests"
    __table_args__ = (Index(None, "due_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    recovery_id: Mapped[str | None] = mapped_column(String(40))
    asked: Mapped[str] = mapped_column(SealedText(4000))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Allowance(Base):
    """How often something was done since `started_at`."""

    __tablename__ = "recovery_allowances"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    taken: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def take(session: Session, key: str, limit: Limit, now: datetime) -> ReturningInsert[int]:
    """An upsert that counts one more while the limit allows it, and gives the count; nothing once it is used up.

    One statement: parallel takers queue at the row, so none slips through together with another.
    """
    over = Allowance.started_at <= now - limit.window
    return (
        insert_into(session, Allowance)
        .values(key=key, taken=1, started_at=now)
        .on_conflict_do_update(
            index_elements=[Allowance.key],
            set_={
                "taken": case((over, 1), else_=Allowance.taken + 1),
                "started_at": case((over, now), else_=Allowance.started_at),
            },
            where=or_(over, Allowance.taken < limit.most),
        )
        .returning(Allowance.taken)
    )


def of_token(token_hash: str, now: datetime) -> Select[Recovery]:
    """The recovery of the browser with this secret; an ended one too, until its time is over."""
    return select(Recovery).where(Recovery.token_hash == token_hash, Recovery.expires_at > now)


def of_link(link_hash: str) -> Select[Recovery]:
    """The recovery of this link, whatever became of it."""
    return select(Recovery).where(Recovery.link_hash == link_hash)


def unchanged(recovery_id: str, version: int, now: datetime) -> Update:
    """An UPDATE that only a living recovery takes that nobody changed since it was read; it counts the version."""
    same = (Recovery.id == recovery_id) & (Recovery.version == version)
    living = Recovery.ended_at.is_(None) & (Recovery.expires_at > now)
    return update(Recovery).where(same & living).values(version=Recovery.version + 1)


def use_link(recovery_id: str, now: datetime) -> Update:
    """An UPDATE that the first of many rivals with one link wins, and only in time."""
    unused = (Recovery.id == recovery_id) & Recovery.link_used_at.is_(None)
    living = Recovery.ended_at.is_(None) & (Recovery.expires_at > now)
    return update(Recovery).where(unused & living).values(link_used_at=now, version=Recovery.version + 1)


def count_try(recovery_id: str, now: datetime) -> ReturningUpdate[int]:
    """An UPDATE that takes one of the guesses of a recovery while there are any, and gives how many were taken.

    Its row lock makes parallel guesses queue up, so none is compared that was not counted.
    """
    left = (Recovery.tries < MOST_TRIES) & Recovery.ended_at.is_(None) & (Recovery.expires_at > now)
    counted = update(Recovery).where(Recovery.id == recovery_id, left).values(tries=Recovery.tries + 1)
    return counted.returning(Recovery.tries)


def close_others(account_id: str, kept: str, now: datetime) -> Update:
    """An UPDATE that ends every other open recovery of the account: their codes and links are worth nothing now."""
    others = (Recovery.account_id == account_id) & (Recovery.id != kept) & Recovery.ended_at.is_(None)
    return update(Recovery).where(others).values(ended_at=now, outcome="closed", version=Recovery.version + 1)


def waiting(now: datetime, limit: int) -> Select[str]:
    """Ids of requests to answer now, the longest waiting first."""
    due = select(RecoveryRequest.id).where(RecoveryRequest.due_at <= now)
    return due.order_by(RecoveryRequest.due_at, RecoveryRequest.id).limit(limit)


def take_out(request_id: str) -> ReturningDelete[str, str | None, str, datetime]:
    """A DELETE that the first of many rivals wins; gives kind, recovery, what was asked (encrypted), and since when."""
    mine = delete(RecoveryRequest).where(RecoveryRequest.id == request_id)
    row = RecoveryRequest
    return mine.returning(row.kind, row.recovery_id, row.asked, row.created_at)


def drop(before: datetime) -> Delete:
    """A DELETE of requests that nobody could answer in time."""
    return delete(RecoveryRequest).where(RecoveryRequest.created_at <= before)


def forget(before: datetime) -> ReturningDelete[str]:
    """A DELETE of recoveries that were over before the instant; gives their ids."""
    return delete(Recovery).where(Recovery.expires_at < before).returning(Recovery.id)


def forget_counts(before: datetime) -> Delete:
    """A DELETE of counts that began before the instant."""
    return delete(Allowance).where(Allowance.started_at < before)
