"""The table of opening hours, and the guarded statements that keep an old word from following a newer one."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Delete, Select, String, Table, Update, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from identity.tables import Base
from shared.db import JsonColumn, Query, UtcDateTime


class Opening(Base):
    """One calendar. `sequence` is that of the last event taken; `cuts` counts the events since the beginning.

    `closes_at`: when it closes next, where that is known. `checked_at` is None while an event asks for another look.
    """

    __tablename__ = "oidc_openings"

    calendar: Mapped[str] = mapped_column(String(100), primary_key=True)
    functions: Mapped[list[str]] = mapped_column(JsonColumn)
    open: Mapped[bool]
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sequence: Mapped[int]
    cuts: Mapped[int]
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


openings = cast("Table", Opening.__table__)

ALL: Select[Any] = select(openings)
# Asked for every token that speaks of functions, so built once.
HOURS = Query(select(openings.c.functions, openings.c.open, openings.c.closes_at))

# An event that is older than what is known changes nothing (threat 41).
CROSSED: Update = (
    update(openings)
    .where(openings.c.calendar == bindparam("of"), openings.c.sequence < bindparam("number"))
    .values(
        functions=bindparam("names"),
        open=bindparam("stands"),
        closes_at=bindparam("closes", type_=UtcDateTime),
        valid_until=bindparam("valid", type_=UtcDateTime),
        sequence=bindparam("number"),
        cuts=openings.c.cuts + 1,
        checked_at=None,
    )
)
# An answer counts only where no event arrived after the question was asked.
ANSWERED: Update = (
    update(openings)
    .where(openings.c.calendar == bindparam("of"), openings.c.cuts == bindparam("seen"))
    .values(
        functions=bindparam("names"),
        open=bindparam("stands"),
        closes_at=bindparam("closes", type_=UtcDateTime),
        valid_until=bindparam("valid", type_=UtcDateTime),
        checked_at=bindparam("at", type_=UtcDateTime),
    )
)


def cut(calendars: list[str]) -> Update:
    """An UPDATE after which availability is asked again about these calendars."""
    mine = update(openings).where(openings.c.calendar.in_(calendars))
    return mine.values(cuts=openings.c.cuts + 1, checked_at=None)


def gone(calendar: str, seen: int) -> Delete:
    """A DELETE of a calendar that availability has no more, unless an event spoke of it meanwhile."""
    return delete(openings).where(openings.c.calendar == calendar, openings.c.cuts == seen)
