"""The one cached answer of availability, and the guarded statements that keep an old answer from looking new."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Update, func, literal, update
from sqlalchemy.orm import Mapped, mapped_column

from access_manager.tables import Base
from shared.db import JsonColumn, UtcDateTime

ONLY = 1


class OpeningHours(Base):
    """A single row, made by the migration. `cuts` counts the events that cut it; `cut_at` is None while it holds."""

    __tablename__ = "opening_hours"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    functions: Mapped[Mapping[str, Any]] = mapped_column(JsonColumn)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cut_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cuts: Mapped[int] = mapped_column(default=0)


def replaced(functions: Mapping[str, Any], checked_at: datetime, cuts: int) -> Update:
    """Store an answer, claiming nothing when an event cut the row after the question was asked (`cuts` then)."""
    statement = update(OpeningHours).where(OpeningHours.id == ONLY, OpeningHours.cuts == cuts)
    return statement.values(functions=functions, checked_at=checked_at, cut_at=None)


def cut(now: datetime) -> Update:
    """Mark the answer as no longer certain; of several cuts the first instant stays."""
    return (
        update(OpeningHours)
        .where(OpeningHours.id == ONLY)
        .values(cuts=OpeningHours.cuts + 1, cut_at=func.coalesce(OpeningHours.cut_at, literal(now, UtcDateTime())))
        .execution_options(synchronize_session=False)
    )
