"""What an attempt came to, how long one may take, and when the next is due. Pure."""

from datetime import timedelta
from enum import StrEnum

# One call takes five seconds at most; a worker that died with what it had taken is given up after this.
LEASE = timedelta(seconds=30)
LAST_CALL = timedelta(seconds=10)  # before the end of a lease: whatever was taken with it is not begun after that
TRIES_FOR = timedelta(hours=24)
_FIRST = timedelta(seconds=5)


class Outcome(StrEnum):
    """What an attempt came to."""

    TAKEN = "taken"  # the receiver has it
    REFUSED = "refused"  # it answered that it will not have this one; the next may be another matter
    AWAY = "away"  # nobody answered, or nobody who could: what comes after it waits, too
    NOBODY = "nobody"  # it is disabled, gone, or wants to be told no more


def pause(tries: int, longest: timedelta) -> timedelta:
    """Return how long to wait after `tries` failures: 5, 10, 20 … seconds, and never longer than `longest`."""
    doubled: int = 2 ** min(tries - 1, 10)
    return min(longest, _FIRST * doubled)
