"""What is forgotten, and when: nothing here grows without end."""

from datetime import timedelta
from typing import cast

from sqlalchemy import CursorResult, Delete
from sqlalchemy.orm import Session

from identity.oidc import lives
from identity.oidc.grants.models import expired_grants, expired_revocations
from identity.oidc.keys import service as keys
from shared.service import Context, Job

_BATCH = 1000


def run(context: Context) -> int:
    """Delete grants a day after their end (codes and refresh tokens with them), spent revocations, and old keys.

    Each batch is a transaction, so that a long backlog never blocks token traffic. Returns how many rows went.
    """
    now = context.clock.now()
    gone = 0
    while True:
        with context.transaction() as work:
            batch = _count(work.session, expired_grants(now - lives.KEPT_AFTER_END, _BATCH))
        gone += batch
        if batch < _BATCH:
            break
    with context.transaction() as work:
        gone += _count(work.session, expired_revocations(now))
        gone += keys.forget_retired(work.session, now)
    return gone


def _count(session: Session, statement: Delete) -> int:
    return cast("CursorResult[object]", session.execute(statement)).rowcount


JOBS = (Job("oidc-housekeeping", timedelta(minutes=10), run),)
