"""How often something was done lately: rows, because these limits hold across workers and while the cache is away."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from identity.recovery.limits import WRONG_CODES, Limit
from identity.recovery.models import Allowance, take
from shared.service import Work


def use_up(work: Work, wanted: Mapping[Limit, str]) -> datetime | None:
    """Take one of each limit for its name; return until when to wait where one is used up (the others are taken)."""
    waits = [_take(work, limit, name) for limit, name in wanted.items()]
    return max((until for until in waits if until is not None), default=None)


def spent(session: Session, limit: Limit, name: str, now: datetime) -> datetime | None:
    """Return until when to wait where a limit is used up, without taking any."""
    found = session.get(Allowance, _key(limit, name))
    if found is None or found.taken < limit.most or found.started_at + limit.window <= now:
        return None
    return found.started_at + limit.window


def note_wrong_code(work: Work, pair: str) -> None:
    """Count a wrong code for the pair, so that beginning anew buys no guesses without end."""
    use_up(work, {WRONG_CODES: pair})


def _take(work: Work, limit: Limit, name: str) -> datetime | None:
    key = _key(limit, name)
    taken = take(work.session, key, limit, work.now)
    if work.session.execute(taken).one_or_none() is not None:
        return None
    return work.session.get_one(Allowance, key, populate_existing=True).started_at + limit.window


def _key(limit: Limit, name: str) -> str:
    return f"{limit.name}:{name}"
