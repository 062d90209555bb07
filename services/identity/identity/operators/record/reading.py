"""Reading the audit: by what was done, by whom, to whom, for which organization, and when; the newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from shared.db.floor import audit_entries
from shared.web.shell.moments import EASTERN

PAGE = 50
MOST = 100_000  # rows of one export; the command line exports the whole record
_BATCH = 1000
_LARGEST = 2**62  # what a database number surely holds


@dataclass(frozen=True)
class Filters:
    """What is asked for; an empty text asks for everything. Days are those of the payer (Eastern), both included."""

    action: str = ""
    actor: str = ""
    target: str = ""
    organization: str = ""
    since: date | None = None
    until: date | None = None
    without: frozenset[str] = frozenset()  # acts that are shown elsewhere already


@dataclass(frozen=True)
class Entry:
    """One act as it was written. `before` and `after` as JSON has them."""

    number: int
    id: str
    at: datetime
    actor: str
    actor_kind: str
    on_behalf_of: str | None
    action: str
    target: str
    organization: str | None
    before: Any
    after: Any
    reason: str | None
    request_id: str | None


def entries(session: Session, filters: Filters, older_than: int | None = None, limit: int = PAGE) -> list[Entry]:
    """Return at most `limit` entries that fit, the newest first, from those older than the number on."""
    found = _wanted(filters)
    if older_than is not None:
        found = found.where(audit_entries.c.number < max(0, min(older_than, _LARGEST)))
    return [_entry(row) for row in session.execute(found.order_by(audit_entries.c.number.desc()).limit(limit))]


def all_entries(session: Session, filters: Filters) -> Iterator[Entry]:
    """Yield every entry that fits, the newest first, at most `MOST`; read in batches, so memory stays small."""
    older_than: int | None = None
    for _ in range(MOST // _BATCH):
        batch = entries(session, filters, older_than, _BATCH)
        yield from batch
        if len(batch) < _BATCH:
            return
        older_than = batch[-1].number


def _wanted(filters: Filters) -> Select[Any]:
    columns = audit_entries.c
    exact = {columns.actor: filters.actor, columns.target: filters.target, columns.organization: filters.organization}
    found = select(audit_entries).where(*(column == value for column, value in exact.items() if value))
    if filters.action:
        # "account" finds account.closed; a whole name finds itself.
        found = found.where(
            (columns.action == filters.action) | columns.action.startswith(f"{filters.action}.", autoescape=True)
        )
    if filters.without:
        found = found.where(columns.action.not_in(filters.without))
    if filters.since:
        found = found.where(columns.at >= _midnight(filters.since))
    if filters.until and filters.until < date.max:  # after the last day there is none to end before
        found = found.where(columns.at < _midnight(filters.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), EASTERN)


def _entry(row: Row[Any]) -> Entry:
    return Entry(**{name: row._mapping[audit_entries.c[name]] for name in Entry.__dataclass_fields__})
