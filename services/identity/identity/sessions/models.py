"""The table of browser sessions and the guarded statements that change it."""

from datetime import datetime, timedelta

from sqlalchemy import Index, Select, String, Update, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningDelete

from identity.tables import Base
from shared.db import JsonColumn, UtcDateTime


class Session(Base):
    """One sign-in in one browser. The id is the `sid` that portals know; the secret in the cookie is kept as a hash."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index(None, "account_id", "ended_at"),
        Index("ix_sessions_open", "ended_at", "ends_at"),
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
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(40))
    version: Mapped[int]


def alive(token_hash: str, now: datetime, idle: timedelta) -> Select[Session]:
    """The session of a cookie, unless it was ended, is past its longest life, or was left unused for `idle`."""
    return select(Session).where(
        Session.token_hash == token_hash,
        Session.ended_at.is_(None),
        Session.ends_at > now,
        Session.last_seen_at > now - idle,
    )


def over(now: datetime, idle: timedelta, limit: int) -> Select[str]:
    """Ids of sessions that time has ended and nobody has said so yet."""
    timed_out = or_(Session.ends_at <= now, Session.last_seen_at <= now - idle)
    return select(Session.id).where(Session.ended_at.is_(None), timed_out).limit(limit)


def forget(before: datetime, limit: int) -> ReturningDelete[tuple[str]]:
    """A DELETE of sessions that ended before the instant, at most `limit` of them; gives their ids."""
    old = select(Session.id).where(Session.ended_at < before).limit(limit)
    return delete(Session).where(Session.id.in_(old)).returning(Session.id)


def open_one(session_id: str) -> Update:
    """An UPDATE that changes the session only while it is open, and counts its version."""
    mine = (Session.id == session_id) & Session.ended_at.is_(None)
    return update(Session).where(mine).values(version=Session.version + 1)
