"""Use case of the history: the organization's own audit entries, newest first, with the names that belong to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from access_manager.people import service as people
from shared.db.floor import audit_entries

PAGE = 100
_LARGEST = 2**62  # what a database number surely holds


@dataclass(frozen=True)
class Entry:
    """One act: who (empty where it was no person of the organization) did what to whom."""

    number: int
    at: datetime
    actor: str
    actor_name: str
    actor_kind: str
    action: str
    target: str
    target_name: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str | None


def of_organization(session: Session, organization_id: str, before: int | None = None) -> list[Entry]:
    """Return the newest `PAGE` entries, or those older than the entry numbered `before`."""
    wanted = select(audit_entries).where(audit_entries.c.organization == organization_id)
    if before is not None:
        wanted = wanted.where(audit_entries.c.number < max(0, min(before, _LARGEST)))
    rows = session.execute(wanted.order_by(audit_entries.c.number.desc()).limit(PAGE)).all()
    known = people.names(session, {row.actor for row in rows} | {row.target for row in rows})
    names = {account_id: person.display_name for account_id, person in known.items()}
    return [
        Entry(
            row.number,
            row.at,
            row.actor,
            names.get(row.actor, ""),
            row.actor_kind,
            row.action,
            row.target,
            names.get(row.target, ""),
            row.before or {},
            row.after or {},
            row.reason,
        )
        for row in rows
    ]
