"""What an app's answer means, and when it is asked again. Pure (Back-Channel Logout 1.0 §2.5 and §2.8)."""

from datetime import datetime, timedelta
from enum import StrEnum

_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(minutes=30)
# No session of ours lives longer than a day, and an app's own should not either: after that nobody is left to tell.
TRIES_FOR = timedelta(hours=24)
# One attempt may take as long as a guarded request does (5 seconds); a worker that died with it is given up after this.
LEASE = timedelta(seconds=30)

_ASKED_TO_WAIT = (408, 429)


class Outcome(StrEnum):
    """What an attempt came to."""

    TOLD = "told"  # the app has ended its session
    REFUSED = "refused"  # it answered, but not that: tried again, as its next release may understand
    AWAY = "away"  # nobody answered, or nobody who could: what else it is owed waits, too
    NOBODY = "nobody"  # it is disabled, gone, or wants to be told no more


class End(StrEnum):
    """How a delivery is over."""

    TOLD = "told"
    GIVEN_UP = "given_up"


def judged(status: int) -> Outcome:
    """Return what an HTTP status means: 200 is success, and some frameworks make a 204 of it (§2.8)."""
    if 200 <= status < 300:
        return Outcome.TOLD
    return Outcome.AWAY if status >= 500 or status in _ASKED_TO_WAIT else Outcome.REFUSED


def again_at(attempts: int, owed_since: datetime, now: datetime) -> datetime | None:
    """Return when to try after `attempts` failures: 5, 10, 20 … seconds, at most half an hour later; None: no more."""
    pause = min(_LONGEST, _FIRST * 2 ** min(attempts - 1, 10))
    return now + pause if now + pause <= owed_since + TRIES_FOR else None
