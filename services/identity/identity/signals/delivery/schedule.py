"""What a receiver's answer means, when it is asked again, and how much waits for it. Pure (RFC 8935 §2.2 to §2.4)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(minutes=5)  # who was away hears of it soon after coming back
TRIES_FOR = timedelta(hours=24)
# One attempt may take as long as a guarded request does (5 seconds); a worker that died with it is given up after this.
LEASE = timedelta(seconds=30)
KEPT = timedelta(days=7)
MOST_WAITING = 5000  # sets of one stream; it is paused before there are more

# What the receiver will say again however often it is asked. With the other codes of RFC 8935 §2.4 it refuses us, or a
# key that it does not know yet: after its operator's next look the same set is welcome.
FINAL: Collection[str] = frozenset({"invalid_request", "invalid_issuer", "invalid_audience"})
CODES: Collection[str] = frozenset({*FINAL, "invalid_key", "authentication_failed", "access_denied"})
UNNAMED = "unnamed"


class Outcome(StrEnum):
    """What an attempt came to."""

    TAKEN = "taken"  # the receiver has it
    REFUSED = "refused"  # it will not have it, and said why
    AWAY = "away"  # nobody answered, or nobody who could: what comes after it waits, too


def judged(status: int, code: str | None) -> Outcome:
    """Return what an HTTP status means, with the `err` of the body of a 400.

    202 is success (RFC 8935 §2.2); a receiver that says 200 or 204 has taken it as well. Redirects are not followed.
    """
    if 200 <= status < 300:
        return Outcome.TAKEN
    return Outcome.REFUSED if status == 400 and code in FINAL else Outcome.AWAY


def named(code: object) -> str:
    """Return an error code of a receiver, as far as it is one of the specification's: nothing else of it is kept."""
    return code if isinstance(code, str) and code in CODES else UNNAMED


def again_at(tries: int, now: datetime) -> datetime | None:
    """Return when to try after `tries` failures: 5, 10, 20 … seconds, at most 5 minutes later; None after a day."""
    if sum(map(_pause, range(1, tries + 1)), timedelta()) > TRIES_FOR:
        return None
    return now + _pause(tries)


def _pause(tries: int) -> timedelta:
    doubled: int = 2 ** min(tries - 1, 10)
    return min(_LONGEST, _FIRST * doubled)
