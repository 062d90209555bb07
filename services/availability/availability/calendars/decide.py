"""Decide: is a calendar open at an instant, why, since when, until when, and when does it open next?

The answer is looked up, not computed: a schedule version is compiled into one ordered line of instants with the
answer that holds from each (`compiled.py`), and `decide` is a bisection on that line.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST = timedelta(days=7)
"""How long an answer that nothing is known to change may be kept."""


class Reason(StrEnum):
    """Why something is closed; the codes of the domain page, section 7."""

    FUNCTION_CLOSED = "function_closed"
    MAINTENANCE = "maintenance"


class Notice(StrEnum):
    """What an open answer warns of."""

    MAINTENANCE_ALLOWED = "maintenance_allowed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds from one instant of the line to the next.

    `since` and `until` bound the whole time this stays open (or closed for this reason); None means that no such
    instant is known. `changes` is the next instant anything in the answer could differ, a notice included.
    `outage` is the id of the maintenance that closes it.
    """

    open: bool
    reason: Reason | None
    notice: Notice | None
    outage: str | None
    since: datetime | None
    until: datetime | None
    next_open: datetime | None
    changes: datetime | None

    def valid_until(self, instant: datetime) -> datetime:
        """The instant up to which an answer given at `instant` may be kept."""
        return self.changes or instant + LONGEST


@dataclass(frozen=True, slots=True)
class Line:
    """Ordered instants (aware, UTC) and the verdict from each on; the first verdict holds before the second instant."""

    instants: Sequence[datetime]
    verdicts: Sequence[Verdict]


def decide(line: Line, instant: datetime) -> Verdict:
    """The verdict at an instant; every span is half-open, so a boundary already belongs to what follows it."""
    return line.verdicts[max(bisect_right(line.instants, instant) - 1, 0)]
