"""Reading what happened to an account: sign-ins of `risk` and entries of the audit, as one list."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.profile.trail import history
from identity.profile.trail.history import Entry
from identity.risk import service as risk
from shared.db.floor import audit_entries


def entries(session: Session, account_id: str, before: datetime, limit: int) -> tuple[list[Entry], bool]:
    """Return what happened before the instant, newest first, and whether there is more: about `limit` entries.

    A page ends between two instants, never within one, so that the next page begins exactly there.
    """
    found = [*_acts(session, account_id, before, limit + 1), *_sign_ins(session, account_id, before, limit + 1)]
    found.sort(key=lambda entry: entry.at, reverse=True)
    if len(found) <= limit:
        return found, False
    whole = [entry for entry in found[:limit] if entry.at > found[limit].at]
    return whole or found, True


def _sign_ins(session: Session, account_id: str, before: datetime, limit: int) -> Iterator[Entry]:
    for one in risk.recent(session, account_id, limit, before):
        browser = (one.label, one.place, one.source)
        yield history.sign_in(one.at, one.outcome, one.verdict, one.reasons, browser)


def _acts(session: Session, account_id: str, before: datetime, limit: int) -> Iterator[Entry]:
    columns = audit_entries.c
    mine = (columns.target == account_id) & columns.action.in_(history.ACTIONS) & (columns.at < before)
    rows = session.execute(select(audit_entries).where(mine).order_by(columns.number.desc()).limit(limit))
    for row in rows:
        by_another = row.actor_kind == "person" and row.actor != account_id
        entry = history.act(row.at, row.action, row.after, row.reason, by_another=by_another)
        if entry is not None:
            yield entry
