"""The table of maintenance and the guarded steps from one state to the next."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from availability.calendars.schedule import Outage
from availability.maintenance.states import State
from availability.tables import Base
from shared.db import JsonColumn, UtcDateTime, claimed

REACH = ("functions", "clients", "allowed", "allowed_clients")


class Maintenance(Base):
    """One maintenance. `starts_at` and `ends_at` are planned, `started_at` and `ended_at` are what happened."""

    __tablename__ = "maintenance"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    calendars: Mapped[list[str]] = mapped_column(JsonColumn)
    state: Mapped[str] = mapped_column(String(16), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    emergency: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    message: Mapped[dict[str, str]] = mapped_column(JsonColumn)
    author: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(Integer)
    # Which functions, for which clients, and who passes: lists by the names in REACH; what is not there is empty.
    reach: Mapped[dict[str, list[str]]] = mapped_column(JsonColumn, default=dict, server_default="{}")
    # The occurrences of a maintenance that repeats share it; each is a maintenance of its own.
    series: Mapped[str | None] = mapped_column(String(40), index=True)

    def outage(self) -> Outage:
        """The time it closes, as the clock sees it, and to whom."""
        starts, ends = self.started_at or self.starts_at, self.ended_at or self.ends_at
        narrower = {name: frozenset(self.reach.get(name, ())) for name in REACH}
        return Outage(self.id, frozenset(self.calendars), starts, ends, self.message, **narrower)


def step(session: Session, id: str, before: State, **values: Any) -> bool:
    """Move one maintenance on from `before`; False when it is not there (any more)."""
    mine = update(Maintenance).where(Maintenance.id == id, Maintenance.state == before)
    moved = mine.values(version=Maintenance.version + 1, **values).execution_options(synchronize_session=False)
    return claimed(session.execute(moved))


def move_end(session: Session, id: str, now: datetime, ends_at: datetime | None, *, emergency: bool) -> bool:
    """Give a maintenance that is planned or in effect another end; False when it is not there or already over."""
    open_end = Maintenance.ends_at.is_(None) | (Maintenance.ends_at > now)
    mine = update(Maintenance).where(
        Maintenance.id == id, Maintenance.state.in_((State.SCHEDULED, State.IN_EFFECT)), open_end
    )
    moved = mine.values(version=Maintenance.version + 1, ends_at=ends_at, emergency=emergency)
    return claimed(session.execute(moved.execution_options(synchronize_session=False)))


def find(session: Session, id: str) -> Maintenance | None:
    """One maintenance, as the database has it now."""
    return session.get(Maintenance, id, populate_existing=True)


def due(session: Session, now: datetime) -> list[Maintenance]:
    """Those whose planned hour has come but whose row does not say so yet."""
    starts = (Maintenance.state == State.SCHEDULED) & (Maintenance.starts_at <= now)
    ends = (Maintenance.state == State.IN_EFFECT) & (Maintenance.ends_at <= now)
    return _rows(session, starts | ends)


def closing(session: Session, since: datetime) -> list[Maintenance]:
    """Those that close something, or closed something after `since`."""
    recent = (Maintenance.state == State.ENDED) & (Maintenance.ended_at > since)
    return _rows(session, Maintenance.state.in_((State.SCHEDULED, State.IN_EFFECT)) | recent)


def later_in_series(session: Session, one: Maintenance) -> list[Maintenance]:
    """The planned occurrences of its series from this one on."""
    mine = (Maintenance.series == one.series) & (Maintenance.starts_at >= one.starts_at)
    return _rows(session, mine & (Maintenance.state == State.SCHEDULED))


def listed(session: Session, states: Sequence[State] = tuple(State), limit: int = 100) -> list[Maintenance]:
    """The newest of some states, newest first."""
    wanted = select(Maintenance).where(Maintenance.state.in_(states))
    return list(session.scalars(wanted.order_by(Maintenance.starts_at.desc(), Maintenance.id).limit(limit)))


def _rows(session: Session, condition: ColumnElement[bool]) -> list[Maintenance]:
    wanted = select(Maintenance).where(condition).order_by(Maintenance.starts_at, Maintenance.id)
    return list(session.scalars(wanted.execution_options(populate_existing=True)))
