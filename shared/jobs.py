"""Jobs: things a worker does every so often, one process at a time by lease.

A lease is one guarded UPDATE; a worker that dies keeps it only until it runs out, and the next one goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.audit import chain
from shared.db import claimed
from shared.db.floor import job_leases
from shared.events import retention
from shared.service import Context, Job
from shared.web import idempotency, signin

_LEASE = timedelta(minutes=10)
_LEASES = select(job_leases)
_log = structlog.get_logger("jobs")

FLOOR_JOBS = (
    Job(
        "audit-seal",
        timedelta(seconds=1),
        lambda context: chain.seal(context.database, context.clock.now()),
        chain.waits,
    ),
    Job("floor-retention", timedelta(hours=1), lambda context: retention.sweep(context.database, context.clock.now())),
    Job("idempotency-housekeeping", timedelta(hours=1), idempotency.housekeeping),
    Job("web-session-housekeeping", timedelta(hours=1), signin.housekeeping),
)


def run_jobs(context: Context, owner: str) -> int:
    """Run every job that is due and not running elsewhere; return how many items they moved."""
    return _run_due(context, (*FLOOR_JOBS, *context.service.jobs), owner)


def run_what_people_wait_for(context: Context, owner: str) -> int:
    """Run the jobs without an interval, which are due whenever they are looked at; return how many items they moved."""
    return _run_due(context, [job for job in context.service.jobs if not job.every], owner)


def _run_due(context: Context, jobs: Sequence[Job], owner: str) -> int:
    """One look at all leases: a worker looks every second, and most of the time nothing is due."""
    if not jobs:
        return 0
    with context.database.connection() as connection:
        leases = {row.name: row for row in connection.execute(_LEASES)}
    now = context.clock.now()
    due = [job for job in jobs if job.name not in leases or _is_due(leases[job.name], job, owner, now)]
    return sum(_run(context, job, owner, first=job.name not in leases) for job in due if _has_work(context, job))


def _run(context: Context, job: Job, owner: str, *, first: bool) -> int:
    if not _claim(context, job, owner, first=first):
        return 0
    try:
        moved = job.run(context)
    except Exception:  # noqa: BLE001 - logged with its trace
        # One job's fault must not stop the others; it is tried again when it is next due.
        _log.exception("job failed", job=job.name)
        moved = 0
    _release(context, job, owner)
    if moved:
        _log.info("job done", job=job.name, items=moved)
    return moved


def _has_work(context: Context, job: Job) -> bool:
    if job.anything is None:
        return True
    with context.reading() as session:
        return job.anything(session)


def _is_due(row: Row[Any], job: Job, owner: str, now: datetime) -> bool:
    """Whether it is worth claiming. A clock that was set back leaves "future" runs behind; those count as due."""
    elsewhere = row.owner != owner and timedelta(0) < row.until - now <= _LEASE
    lately = row.last_run_at is not None and timedelta(0) <= now - row.last_run_at < job.every
    return not elsewhere and not lately


def _claim(context: Context, job: Job, owner: str, *, first: bool) -> bool:
    """The same once more as a guard: since the look another worker may have run it, or have begun to."""
    now = context.clock.now()
    leases = job_leases.c
    with context.database.transaction() as session:
        if first:
            return _first(session, job, owner, now)
        free = or_(leases.until <= now, leases.until > now + _LEASE, leases.owner == owner)
        ran = leases.last_run_at
        due = or_(ran.is_(None), ran <= now - job.every, ran > now)
        mine = update(job_leases).where(leases.name == job.name, free, due)
        return claimed(session.execute(mine.values(owner=owner, until=now + _LEASE)))


def _first(session: Session, job: Job, owner: str, now: datetime) -> bool:
    row = {"name": job.name, "owner": owner, "until": now + _LEASE}
    try:
        with session.begin_nested():
            session.execute(insert(job_leases).values(**row))
    except IntegrityError:
        return False
    return True


def _release(context: Context, job: Job, owner: str) -> None:
    now = context.clock.now()
    mine = (job_leases.c.name == job.name) & (job_leases.c.owner == owner)
    with context.database.transaction() as session:
        session.execute(update(job_leases).where(mine).values(until=now, last_run_at=now))
