"""What an app's answer means, and when it is asked again. Pure (Back-Channel Logout 1.0 §2.5 and §2.8)."""

from datetime import datetime, timedelta
from enum import StrEnum

from identity.oidc.outbound.patience import AT_ONCE, TRIES_FOR, Outcome, pause

LONGEST = timedelta(minutes=30)
_ASKED_TO_WAIT = (408, 429)


class End(StrEnum):
    """How a delivery is over."""

    TOLD = "told"
    GIVEN_UP = "given_up"


def judged(status: int) -> Outcome:
    """Return what an HTTP status means: 200 is success, and some frameworks make a 204 of it (§2.8)."""
    if 200 <= status < 300:
        return Outcome.TAKEN
    return Outcome.AWAY if status >= 500 or status in _ASKED_TO_WAIT else Outcome.REFUSED


def again_at(attempts: int, owed_since: datetime, now: datetime, asked: timedelta = AT_ONCE) -> datetime | None:
    """Return when to try after `attempts` failures, half an hour later at most; None once it was owed for a day.

    No session of ours lives longer, and an app's own should not either: after that nobody is left to tell.
    """
    due_at = now + pause(attempts, LONGEST, asked)
    return due_at if due_at <= owed_since + TRIES_FOR else None
