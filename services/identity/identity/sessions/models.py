"""The table of browser sessions and the guarded statements that change it."""

from datetime import datetime

from sqlalchemy import Index, Select, String, Update, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningDelete

from identity.accounts.models import Account
from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime, table_of


class Session(Base):
    """One sign-in in one browser. The id is the `sid` that portals know; the secret in the cookie is kept as a hash.

    `idles_at` is when it ends if it is not used again: last use plus what its organization allows. `owes` names what
    must still be done before it is anybody's; `reasons` are the codes of what was unusual about the sign-in.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        Index(None, "account_id", "ended_at"),
        Index("ix_sessions_open", "ended_at", "ends_at"),
        Index("ix_sessions_idle", "ended_at", "idles_at"),
        Index("ix_sessions_organization", "organization_id", "ended_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(String(40))
    acr: Mapped[str] = mapped_column(String(40))
    amr: Mapped[list[str]] = mapped_column(JsonColumn)
    auth_time: Mapped[datetime] = mapped_column(UtcDateTime)
    organization_id: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    idles_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(40))
    device_id: Mapped[str | None] = mapped_column(String(40))
    label: Mapped[str | None] = mapped_column(String(100))
    place: Mapped[str | None] = mapped_column(String(200))
    owes: Mapped[str | None] = mapped_column(String(20))
    reasons: Mapped[list[str] | None] = mapped_column(JsonColumn)
    version: Mapped[int]


# A row that a release without time-outs of its own wrote has none yet: it lasts to its end, or to its next use here.
IDLES_AT = func.coalesce(Session.idles_at, Session.ends_at, type_=UtcDateTime)


_NOW = bindparam("now", type_=UtcDateTime)
# Sessions that nobody and no time has ended at `now`, each with the state of its account. Asked by every page, so built
# once; `BY_SECRET` takes the `token_hash` of a cookie, `BY_ID` the `session_id`.
ALIVE = (
    select(Session, Account.status)
    .join(Account, Account.id == Session.account_id)
    .where(Session.ended_at.is_(None), Session.ends_at > _NOW, _NOW < IDLES_AT)
)
BY_SECRET = ALIVE.where(Session.token_hash == bindparam("token_hash"))
BY_ID = ALIVE.where(Session.id == bindparam("session_id"))
SESSIONS = table_of(Session)


def ended_by(token_hash: str) -> Select[datetime, datetime, datetime | None, str | None]:
    """When and why the session of a cookie ends or ended, whether it is living or not."""
    facts = select(IDLES_AT.label("idles_at"), Session.ends_at, Session.ended_at, Session.end_reason)
    return facts.where(Session.token_hash == token_hash)


def over(now: datetime, limit: int) -> Select[str]:
    """Ids of sessions that time has ended and nobody has said so yet."""
    timed_out = or_(Session.ends_at <= now, Session.idles_at <= now)
    # In one order everywhere, so that two who end the same sessions wait for each other instead of dead-locking.
    return select(Session.id).where(Session.ended_at.is_(None), timed_out).order_by(Session.id).limit(limit)


def forget(before: datetime, limit: int) -> ReturningDelete[tuple[str]]:
    """A DELETE of sessions that ended before the instant, at most `limit` of them; gives their ids."""
    old = select(Session.id).where(Session.ended_at < before).limit(limit)
    return delete(Session).where(Session.id.in_(old)).returning(Session.id)


def open_one(session_id: str) -> Update:
    """An UPDATE that changes the session only while it is open, and counts its version."""
    mine = (Session.id == session_id) & Session.ended_at.is_(None)
    return update(Session).where(mine).values(version=Session.version + 1)
