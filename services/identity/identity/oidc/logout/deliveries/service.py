"""What happens to deliveries: owed, taken by one worker, noted. One function per verb."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from identity.oidc.logout.deliveries.models import CLAIM, GRANTS_OF_SESSION, deliveries, mine
from identity.oidc.logout.deliveries.schedule import LEASE, End, Outcome, again_at
from identity.oidc.scopes import OPENID
from shared.db import claimed, insert_into
from shared.service import Work

_LONGEST_REASON = 200  # the column's width


@dataclass(frozen=True)
class Delivery:
    """One app to be told of one ended session, taken for one attempt; `attempt` counts from 1."""

    id: str
    session_id: str
    client_id: str
    account_id: str
    created_at: datetime
    attempt: int


def owe(work: Work, session_id: str) -> int:
    """Note every app that is to hear of the end of the session; return how many were not noted before."""
    found = work.session.execute(GRANTS_OF_SESSION, {"session": session_id}).all()
    apps = {row.client_id: row.account_id for row in found if OPENID in row.scopes}
    return sum(_note(work, session_id, client_id, account_id) for client_id, account_id in sorted(apps.items()))


def _note(work: Work, session_id: str, client_id: str, account_id: str) -> bool:
    row = {
        "id": work.ids.new("lgt"),
        "session_id": session_id,
        "client_id": client_id,
        "account_id": account_id,
        "created_at": work.now,
        "due_at": work.now,
        "attempts": 0,
    }
    once = insert_into(work.session, deliveries).values(row).on_conflict_do_nothing()
    return work.session.execute(once.returning(deliveries.c.id)).first() is not None


def claim(work: Work, delivery_id: str) -> Delivery | None:
    """Take a delivery for one attempt; None where another worker has it, or it is over."""
    asked = {"delivery": delivery_id, "now": work.now, "until": work.now + LEASE}
    row = work.session.execute(CLAIM, asked).one_or_none()
    return _delivery(row) if row is not None else None


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(row.id, row.session_id, row.client_id, row.account_id, row.created_at, row.attempts)


def note(work: Work, delivery: Delivery, outcome: Outcome, why: str) -> None:
    """Note what an attempt came to: settled, or due again; after a day of failures it is given up."""
    due_at = again_at(delivery.attempt, delivery.created_at, work.now)
    if outcome is Outcome.TOLD:
        _settle(work, delivery, End.TOLD, None)
    elif outcome is Outcome.NOBODY or due_at is None:
        _settle(work, delivery, End.GIVEN_UP, why[:_LONGEST_REASON])
    else:
        later = mine(delivery.id, delivery.attempt).values(due_at=due_at, last_error=why[:_LONGEST_REASON])
        work.session.execute(later)


def _settle(work: Work, delivery: Delivery, end: End, error: str | None) -> None:
    over = {"settled_at": work.now, "outcome": end.value, "last_error": error}
    if claimed(work.session.execute(mine(delivery.id, delivery.attempt).values(over))):
        after = {"client": delivery.client_id, "session": delivery.session_id, "attempts": delivery.attempt}
        work.audit(f"app_sign_out.{end.value}", target=delivery.account_id, after=after, reason=error)
