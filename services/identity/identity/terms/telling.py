"""What other services are told of terms: each version, and who accepted which.

A row that was never told has no `told_at`: it is older than the events, or was written by a program that did not know
them. The job tells those, all acceptances before any version: nobody is asked for consent that they gave long ago. One
process at a time has the job; told twice would be harmless.
"""

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.terms.models import Acceptance, Terms
from shared.service import Context, Work

_BATCH = 500
_BATCHES = 10  # a run; other jobs have their turn in between


def published(work: Work, row: Terms) -> None:
    """Say that a version exists and from when it counts; its text stays here."""
    data = {"version": row.version, "effective_at": row.effective_at}
    work.publish("terms.published", subject="terms", sequence=row.version, data=data)
    row.told_at = work.now


def accepted(work: Work, row: Acceptance) -> None:
    """Say that an account accepted a version."""
    data = {"account_id": row.account_id, "version": row.version, "accepted_at": row.accepted_at}
    sequence = accounts.next_version(work, row.account_id)
    work.publish("terms.accepted", subject=row.account_id, sequence=sequence, data=data)
    row.told_at = work.now


def is_behind(session: Session) -> bool:
    """Return whether anything was never told."""
    untold = exists().where(Acceptance.told_at.is_(None)), exists().where(Terms.told_at.is_(None))
    return any(session.scalar(select(one)) for one in untold)


def again(work: Work) -> None:
    """Let the job tell everything once more: a listener's database was restored, and what it heard since is lost."""
    work.session.execute(update(Acceptance).values(told_at=None))
    work.session.execute(update(Terms).values(told_at=None))


def catch_up(context: Context) -> int:
    """Job: tell what was never told; return how much."""
    told = 0
    for _ in range(_BATCHES):
        with context.transaction() as work:
            count = _next_acceptances(work) or _versions(work)
        told += count
        if not count:
            break
    return told


def _next_acceptances(work: Work) -> int:
    untold = select(Acceptance).where(Acceptance.told_at.is_(None)).order_by(Acceptance.account_id)
    rows = work.session.scalars(untold.limit(_BATCH)).all()
    for row in rows:
        accepted(work, row)
    return len(rows)


def _versions(work: Work) -> int:
    untold = select(Terms).where(Terms.told_at.is_(None)).order_by(Terms.version)
    rows = work.session.scalars(untold).all()
    for row in rows:
        published(work, row)
    return len(rows)
