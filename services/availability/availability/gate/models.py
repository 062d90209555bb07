"""What has been announced of each calendar, so that every opening and closing is told once."""

from datetime import datetime

from sqlalchemy import Boolean, Integer, String, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from availability.tables import Base
from shared.db import UtcDateTime, claimed


class Announced(Base):
    """The last announcement of a calendar; `sequence` counts them."""

    __tablename__ = "announced"

    calendar: Mapped[str] = mapped_column(String(100), primary_key=True)
    open: Mapped[bool] = mapped_column(Boolean)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int] = mapped_column(Integer)


def read_announced(session: Session) -> dict[str, Announced]:
    """All of them, by calendar."""
    return {row.calendar: row for row in session.scalars(select(Announced))}


def claim_announcement(
    session: Session, last: Announced | None, calendar: str, open: bool, since: datetime | None
) -> bool:
    """Take the next announcement of a calendar; False when another worker was faster."""
    if last is None:
        session.execute(insert(Announced).values(calendar=calendar, open=open, since=since, sequence=1))
        return True
    mine = update(Announced).where(Announced.calendar == calendar, Announced.sequence == last.sequence)
    return claimed(session.execute(mine.values(open=open, since=since, sequence=last.sequence + 1)))
