"""Use cases of closures: an event tells, a sign-in asks."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from identity.closures.models import HOW, Closure, newer
from shared.db import insert_into
from shared.service import Work

WEBSITE = "website"


@dataclass(frozen=True)
class Closed:
    """The website is closed; `until` is when it opens by itself, None where nobody knows."""

    until: datetime | None


def website(session: Session, now: datetime) -> Closed | None:
    """Return the closing of the website that holds at `now`, or None. An end that was known needs no further word."""
    row = session.execute(HOW, {"calendar": WEBSITE}).first()
    if row is None or not row.closed or (row.until is not None and now >= row.until):
        return None
    return Closed(row.until)


def told(work: Work, calendar: str, sequence: int, *, closed: bool, until: datetime | None) -> None:
    """Keep what an event tells; older news than ours changes nothing."""
    fresh = insert_into(work.session, Closure).values(calendar=calendar, closed=False, until=None, sequence=0)
    work.session.execute(fresh.on_conflict_do_nothing())
    work.session.execute(newer(calendar, sequence).values(closed=closed, until=until, sequence=sequence))
