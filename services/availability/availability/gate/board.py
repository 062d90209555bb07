"""The board: the compiled schedule of this process, as fresh as its revision.

Whoever keeps an answer must `read`, which compares the revision each time: somebody who asks again because an event
told them to must never be handed what was true before it. The gate may `glance`, which compares every tenth of a
second; the process that acted forgets at once. While the database is away the board goes on with what it has, for a
quarter of an hour, and says so: every answer of that time carries `X-Gatehouse-Stale: true`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import structlog
from sqlalchemy.exc import OperationalError

from availability.calendars.compiled import Timetable
from availability.calendars.models import REVISION
from availability.maintenance.service import read_timetable
from shared.errors import unavailable
from shared.i18n import say
from shared.service import Context

STALE = "X-Gatehouse-Stale"
COMPARE_EVERY = 0.1
WITHOUT_DATABASE = 900.0
_log = structlog.get_logger("board")


@dataclass(frozen=True, slots=True)
class Posted:
    """What stands on the board: a compiled schedule and the revision it was read at."""

    revision: int
    timetable: Timetable


class Board:
    """Shared by all threads of a process. `tick` counts seconds and never goes back, whatever the wall clock does.

    `stale` while what stands on it is what was last known, because the database is away.
    """

    def __init__(self, context: Context, tick: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._tick = tick
        self._posted: Posted | None = None
        self._compare_at = 0.0
        self._seen_at = 0.0
        self._reading = Lock()
        self.stale = False

    def read(self) -> Posted:
        """The schedule that counts now; a 503 Problem when it cannot be known."""
        with self._reading:
            return self._compare(self._tick())

    def glance(self) -> Posted:
        """The schedule that counted at most `COMPARE_EVERY` seconds ago, without asking the database each time."""
        posted = self._posted
        return posted if posted is not None and self._tick() < self._compare_at else self.read()

    def forget(self) -> None:
        """Compare before the next answer: this process has just changed something."""
        self._compare_at = 0.0

    def _compare(self, now: float) -> Posted:
        try:
            self._compare_at = now + COMPARE_EVERY  # first, so that a change during the reading is not missed
            posted = self._fresh()
        except OperationalError as away:
            return self._without_database(now, away)
        self._posted, self._seen_at, self.stale = posted, now, False
        return posted

    def _fresh(self) -> Posted:
        with self._context.database.connection() as connection:
            revision = connection.execute(REVISION).scalar_one()
        if self._posted is not None and self._posted.revision == revision:
            return self._posted
        with self._context.reading() as session:
            return Posted(*read_timetable(session, self._context.clock.now()))

    def _without_database(self, now: float, away: OperationalError) -> Posted:
        if self._posted is None or now - self._seen_at > WITHOUT_DATABASE:
            raise unavailable("schedule-away", say("The opening hours cannot be read right now.")) from away
        self.stale = True
        _log.warning("schedule kept from memory", seconds=round(now - self._seen_at))
        return self._posted
