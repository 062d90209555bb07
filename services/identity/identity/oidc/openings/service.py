"""Use cases of opening hours: an event tells, an answer tells, a token asks. One function per verb."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from identity.oidc.openings import hours
from identity.oidc.openings.hours import Hours
from identity.oidc.openings.models import ALL, ANSWERED, CROSSED, HOURS, Opening, cut, gone, openings
from shared.db import Source, claimed
from shared.service import Work


@dataclass(frozen=True)
class Told:
    """What availability says of a calendar; instants are aware UTC, None where nothing is known to change."""

    functions: tuple[str, ...]
    open: bool
    closes_at: datetime | None
    valid_until: datetime | None


def within(source: Source, functions: Collection[str], now: datetime) -> tuple[tuple[str, ...], datetime | None]:
    """Return which of the functions are open now, and until when the first of them is, None where no end is known.

    For minting: a closed function is left out of the access token, and the token ends before one of its functions
    closes (J5). Functions that no calendar names are open. One statement over a handful of rows.
    """
    if not functions:
        return (), None
    known = [Hours(frozenset(row.functions), row.open, row.closes_at) for row in HOURS.all(source, {})]
    return hours.within(known, functions, now)


def crossed(work: Work, calendar: str, sequence: int, told: Told) -> bool:
    """Take the word of an event that the calendar opened or closed, unless a newer one is known; whether it was taken.

    An event names the next instant at which anything may change, which is the closing or earlier: safe until the
    exact one has been asked for.
    """
    if claimed(work.session.execute(CROSSED, {"of": calendar, "number": sequence, **_values(told)})):
        return True
    if work.session.get(Opening, calendar) is not None:
        return False
    # Two first words at once: the second insert fails on the key, its event is delivered again and finds the first.
    work.session.execute(insert(openings).values(_row(calendar, told, sequence=sequence, checked_at=None)))
    return True


def doubt(work: Work, calendars: Sequence[str]) -> None:
    """Ask availability again: the schedule or a maintenance of these calendars has changed."""
    work.session.execute(cut(list(calendars)))


def due(session: Session, now: datetime) -> Mapping[str, int] | None:
    """Return the calendars that are known with the number of their cuts, or None where nothing must be asked."""
    rows = session.execute(ALL).all()
    if rows and not any(hours.is_due(row.checked_at, row.valid_until, now) for row in rows):
        return None
    return {row.calendar: row.cuts for row in rows}


def answered(work: Work, told: Mapping[str, Told], seen: Mapping[str, int], at: datetime) -> int:
    """Take an answer about all calendars, given at `at`; `seen` is what `due` returned. Return how many it changed."""
    taken = 0
    for calendar, one in told.items():
        if calendar in seen:
            values = {"of": calendar, "seen": seen[calendar], "at": at, **_values(one)}
            taken += claimed(work.session.execute(ANSWERED, values))
        elif work.session.get(Opening, calendar) is None:
            work.session.execute(insert(openings).values(_row(calendar, one, sequence=0, checked_at=at)))
            taken += 1
    for calendar in seen.keys() - told.keys():
        taken += claimed(work.session.execute(gone(calendar, seen[calendar])))
    return taken


def _values(told: Told) -> dict[str, object]:
    closes = told.closes_at if told.open else None
    return {"names": list(told.functions), "stands": told.open, "closes": closes, "valid": told.valid_until}


def _row(calendar: str, told: Told, *, sequence: int, checked_at: datetime | None) -> dict[str, object]:
    return {
        "calendar": calendar,
        "functions": list(told.functions),
        "open": told.open,
        "closes_at": told.closes_at if told.open else None,
        "valid_until": told.valid_until,
        "sequence": sequence,
        "cuts": 0,
        "checked_at": checked_at,
    }
