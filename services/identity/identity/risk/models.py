"""The tables of sign-ins and of letters about them, and the guarded statements that change them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Subquery,
    Update,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningDelete, ReturningUpdate

from identity.contacts.models import IN_QUARANTINE
from identity.sessions.models import Session
from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime, table_of

# Written out and no parameter, as only then a plan made for all calls knows that the index of these rows will do.
_IS_REFUSED = text("outcome = 'refused'")


class SignIn(Base):
    """One attempt to sign in whose name was read, with what was noticed.

    `outcome` is what became of it, `verdict` what risk said, or later its person ("disowned"). `tell_at` is set while
    its person is yet to be told.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        Index(None, "account_id", "at"),
        Index("ix_sign_ins_refused", "account_id", "at", postgresql_where=_IS_REFUSED, sqlite_where=_IS_REFUSED),
        Index(None, "session_id"),
        Index(None, "tell_at"),
        Index(None, "at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(12))
    verdict: Mapped[str] = mapped_column(String(8))
    reasons: Mapped[list[str]] = mapped_column(JsonColumn)
    label: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(64))
    place: Mapped[str | None] = mapped_column(String(170))
    country: Mapped[str | None] = mapped_column(String(2))
    position: Mapped[list[float] | None] = mapped_column(JsonColumn)
    session_id: Mapped[str | None] = mapped_column(String(40))
    device_id: Mapped[str | None] = mapped_column(String(40))
    computer: Mapped[str | None] = mapped_column(String(64))
    tell_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Alarm(Base):
    """A letter that was sent about some sign-ins; the link in it says "that was not me", once."""

    __tablename__ = "sign_in_alarms"
    __table_args__ = (Index(None, "expires_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sign_ins: Mapped[list[str]] = mapped_column(JsonColumn)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


SIGN_INS, SESSIONS = table_of(SignIn), table_of(Session)
DISOWNED = "disowned"  # the verdict of a sign-in's own person, who said that it was somebody else's


def _accepted(account_id: str | BindParameter[str]) -> ColumnElement[bool]:
    """Sign-ins of an account that stand for its person: allowed as they were, or verified, and not disowned since."""
    allowed = and_(SIGN_INS.c.outcome == "signed_in", SIGN_INS.c.verdict == "allow")
    met = and_(SIGN_INS.c.outcome == "verified", SIGN_INS.c.verdict != DISOWNED)
    return and_(SIGN_INS.c.account_id == account_id, or_(allowed, met))


def _habits() -> Select[str, str | None, bool, bool]:
    last = select(SIGN_INS).where(_accepted(bindparam("account_id")))
    newest_first = last.order_by(SIGN_INS.c.at.desc(), SIGN_INS.c.id.desc()).limit(bindparam("most", type_=Integer))
    one = newest_first.subquery().c
    on_device = func.coalesce(one.device_id == bindparam("device_id", type_=String), False)
    at_computer = func.coalesce(one.computer == bindparam("computer", type_=String), False)
    return select(one.network, one.country, on_device, at_computer).distinct()


# Asked at every sign-in, so built once. From where the last `most` accepted sign-ins of `account_id` came, each
# combination once: (network, country, whether on `device_id`, whether at the shared computer `computer`).
HABITS = _habits()


def _last() -> Subquery:
    mine = select(SIGN_INS.c.network, SIGN_INS.c.country, SIGN_INS.c.device_id)
    mine = mine.where(_accepted(bindparam("account_id", type_=String)))
    return mine.order_by(SIGN_INS.c.at.desc()).limit(1).subquery("last_sign_in")


# Where the last accepted sign-in of `account_id` came from.
LAST = _last()


def last_place(account_id: str) -> Select[list[float] | None, datetime]:
    """(position, instant) of the last accepted sign-in, if its place was known."""
    mine = select(SignIn.position, SignIn.at).where(_accepted(account_id))
    return mine.order_by(SignIn.at.desc(), SignIn.id.desc()).limit(1)


def _elsewhere() -> Select[int]:
    now = bindparam("now", type_=UtcDateTime)
    live = SESSIONS.c.ended_at.is_(None) & (SESSIONS.c.ends_at > now)
    live &= func.coalesce(SESSIONS.c.idles_at, SESSIONS.c.ends_at) > now
    other = SIGN_INS.c.network != bindparam("network", type_=String)
    other &= SIGN_INS.c.at > bindparam("lives_since", type_=UtcDateTime)
    mine = select(func.count(SIGN_INS.c.network.distinct())).join(SESSIONS, SESSIONS.c.id == SIGN_INS.c.session_id)
    return mine.where(_accepted(bindparam("account_id", type_=String)), live, other)


def accepted_devices(account_id: str) -> Select[str | None]:
    """The devices from which a sign-in of the account was accepted."""
    return select(SignIn.device_id).where(_accepted(account_id), SignIn.device_id.is_not(None)).distinct()


_REFUSED = (
    select(func.count())
    .select_from(SIGN_INS)
    .where(
        SIGN_INS.c.account_id == bindparam("account_id", type_=String),
        _IS_REFUSED,
        SIGN_INS.c.at > bindparam("refused_since", type_=UtcDateTime),
    )
)
# How often somebody was refused on `account_id` after the instant `refused_since`; whether at `now` an address of it is
# new; from how many networks but `network` somebody is signed in to it at `now`, by sessions that began after
# `lives_since`: older ones have ended, and half a year of sign-ins is not read to learn that.
WARNINGS = (_REFUSED.scalar_subquery(), IN_QUARANTINE, _elsewhere().scalar_subquery())


def newest(account_id: str, limit: int, before: datetime | None) -> Select[SignIn]:
    """Everything that was tried on an account, newest first; `before` an instant, where one is given."""
    mine = select(SignIn).where(SignIn.account_id == account_id)
    if before is not None:
        mine = mine.where(SignIn.at < before)
    return mine.order_by(SignIn.at.desc(), SignIn.id.desc()).limit(limit)


def verify(account_id: str, session_id: str) -> Update:
    """An UPDATE of the sign-in that this session came from last, which was open and is verified now."""
    mine = (SignIn.account_id == account_id) & (SignIn.session_id == session_id) & (SignIn.outcome == "signed_in")
    last = select(SignIn.id).where(mine).order_by(SignIn.at.desc(), SignIn.id.desc()).limit(1).scalar_subquery()
    return update(SignIn).where(SignIn.id == last, SignIn.outcome == "signed_in").values(outcome="verified")


def waiting(now: datetime, limit: int) -> Select[str]:
    """Accounts whose people are to be told now."""
    return select(SignIn.account_id).where(SignIn.tell_at <= now).distinct().limit(limit)


def take_waiting(account_id: str) -> ReturningUpdate[SignIn]:
    """An UPDATE that takes everything an account's person is yet to be told, once; gives the rows."""
    mine = (SignIn.account_id == account_id) & SignIn.tell_at.is_not(None)
    return update(SignIn).where(mine).values(tell_at=None).returning(SignIn)


def answer(token_hash: str, now: datetime) -> ReturningUpdate[Alarm]:
    """An UPDATE that uses a letter's link: of many rivals one wins, and nobody after its end."""
    good = (Alarm.token_hash == token_hash) & Alarm.used_at.is_(None) & (Alarm.expires_at > now)
    return update(Alarm).where(good).values(used_at=now).returning(Alarm)


def disown(account_id: str, sign_in_ids: Sequence[str]) -> Update:
    """An UPDATE of sign-ins that were somebody else's: what an intruder did is no habit of the owner."""
    theirs = (SignIn.account_id == account_id) & SignIn.id.in_(sign_in_ids)
    return update(SignIn).where(theirs).values(verdict=DISOWNED)


def forget(before: datetime, limit: int) -> ReturningDelete[str]:
    """A DELETE of sign-ins before the instant, at most `limit` of them; gives their ids."""
    old = select(SignIn.id).where(SignIn.at < before).limit(limit)
    return delete(SignIn).where(SignIn.id.in_(old)).returning(SignIn.id)
