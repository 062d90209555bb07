"""Writing failures down, in a way that a hostile caller can neither grow nor slow (issue 4: bounded, capped).

The first failures of a minute are written at once, so that a developer who tries something sees it; what comes on top
is only counted, and the count goes with the next one that is written. Successful requests never come near.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from identity.oidc.failures.models import OF_CLIENT, ClientFailure
from shared.db import insert_into
from shared.service import Context

EXAMPLES = 5
PER_CODE = 3  # rows written a minute for one client and code, by one process
PER_PROCESS = 120  # and for all of them
_log = structlog.get_logger("oidc.failures")


@dataclass(frozen=True)
class Example:
    """One failure: at which address, what was received that may be shown, and the reason for the operator alone."""

    where: str
    received: dict[str, str]
    detail: str


@dataclass(frozen=True)
class Failure:
    """What a client failed with, how often between two instants, and the newest examples as they are stored."""

    code: str
    times: int
    first_at: datetime
    last_at: datetime
    examples: list[dict[str, object]]


@dataclass
class _Minute:
    """What one process did in one minute. `missed`: counted, not written; it outlives the minute."""

    number: int = 0
    all: int = 0
    written: dict[str, int] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)


class Recorder:
    """Shared by all threads of a process. Its memory is bounded: only registered clients are ever noted."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._minute = _Minute()
        self._lock = threading.Lock()

    def note(self, client_id: str, code: str, example: Example) -> None:
        """Remember that a registered client failed; never raises, as the refusal itself must reach the client."""
        times = self._times(f"{client_id}:{code}", self._context.clock.now())
        if not times:
            return
        try:
            with self._context.database.transaction() as session:
                _write(session, client_id, code, times, example, self._context.clock.now())
        except SQLAlchemyError:
            _log.warning("failure_not_recorded", client=client_id, error_code=code)

    def _times(self, key: str, now: datetime) -> int:
        """Return how many failures the next row to write stands for; nought: write none now."""
        with self._lock:
            this, number = self._minute, int(now.timestamp()) // 60
            if number != this.number:
                this.number, this.all, this.written = number, 0, {}
            if this.all >= PER_PROCESS or this.written.get(key, 0) >= PER_CODE:
                this.missed[key] = this.missed.get(key, 0) + 1
                return 0
            this.all += 1
            this.written[key] = this.written.get(key, 0) + 1
            return this.missed.pop(key, 0) + 1


def of_client(session: Session, client_id: str) -> list[Failure]:
    """Return what went wrong for a client, the newest first; at most one entry for each code there is."""
    rows = session.execute(OF_CLIENT, {"client_id": client_id})
    return [Failure(row.code, row.times, row.first_at, row.last_at, row.examples) for row in rows]


def _write(session: Session, client_id: str, code: str, times: int, example: Example, now: datetime) -> None:
    key = f"{client_id}:{code}"
    fresh = {"id": key, "client_id": client_id, "code": code, "times": 0, "examples": []}
    session.execute(
        insert_into(session, ClientFailure).values(**fresh, first_at=now, last_at=now).on_conflict_do_nothing()
    )
    row = session.get_one(ClientFailure, key, with_for_update=True)
    told = {"at": now.isoformat(), "where": example.where, "received": example.received, "detail": example.detail}
    row.times, row.last_at = row.times + times, now
    row.examples = [told, *row.examples][:EXAMPLES]
