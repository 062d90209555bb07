"""What happens to deliveries: owed, and noted once they were tried. One function per verb."""

from typing import Any

from sqlalchemy import Row

from identity.oidc.logout.deliveries.models import DEBTS, GRANTS_OF_SESSION, deliveries
from identity.oidc.logout.deliveries.schedule import End, again_at
from identity.oidc.outbound.patience import Attempt, Outcome
from identity.oidc.scopes import OPENID
from shared.db import insert_into
from shared.service import Work


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


def note(work: Work, delivery: Row[Any], made: Attempt) -> None:
    """Note what an attempt came to: settled, or due again; after a day of failures it is given up."""
    due_at = again_at(DEBTS.number(delivery), delivery.created_at, work.now, made.asked)
    if made.outcome is Outcome.TAKEN:
        _settle(work, delivery, End.TOLD, None)
    elif made.outcome is Outcome.NOBODY or due_at is None:
        _settle(work, delivery, End.GIVEN_UP, made.why)
    else:
        DEBTS.again(work, delivery, due_at, made.why)


def _settle(work: Work, delivery: Row[Any], end: End, error: str | None) -> None:
    if DEBTS.settle(work, delivery, end, error):
        after = {"client": delivery.client_id, "session": delivery.session_id, "attempts": DEBTS.number(delivery)}
        work.audit(f"app_sign_out.{end.value}", target=delivery.account_id, after=after, reason=error)
