"""The table of closures, and the guarded statement that keeps an old word from following a newer one."""

from datetime import datetime
from typing import cast

from sqlalchemy import String, Table, Update, bindparam, select, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import UtcDateTime


class Closure(Base):
    """How a calendar stands as availability last told. `until`: when it opens by itself, where that is known."""

    __tablename__ = "closures"

    calendar: Mapped[str] = mapped_column(String(100), primary_key=True)
    closed: Mapped[bool]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int]


closures = cast("Table", Closure.__table__)
# Asked at every sign-in, so built once.
HOW = select(closures.c.closed, closures.c.until).where(closures.c.calendar == bindparam("calendar"))


def newer(calendar: str, sequence: int) -> Update:
    """Start an UPDATE that claims nothing when the row already knows `sequence` or later (threat 41)."""
    return update(Closure).where(Closure.calendar == calendar, Closure.sequence < sequence)
