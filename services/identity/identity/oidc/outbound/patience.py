"""What an attempt came to, how long one may take, and when the next is due. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

# One call takes five seconds at most; a worker that died with what it had taken is given up after this.
LEASE = timedelta(seconds=30)
LAST_CALL = timedelta(seconds=10)  # before the end of a lease: whatever was taken with it is not begun after that
TRIES_FOR = timedelta(hours=24)
AT_ONCE = timedelta(0)
_FIRST = timedelta(seconds=5)
_MAY_ASK = (429, 503)  # for time: RFC 6585 §4, RFC 9110 §15.6.4
_DIGITS = 9  # thirty years of seconds; whatever has more asks for no less


class Outcome(StrEnum):
    """What an attempt came to."""

    TAKEN = "taken"  # the receiver has it
    REFUSED = "refused"  # it answered that it will not have this one; the next may be another matter
    AWAY = "away"  # nobody answered, or nobody who could: what comes after it waits, too
    NOBODY = "nobody"  # it is disabled, gone, or wants to be told no more


@dataclass(frozen=True)
class Attempt:
    """What came of an attempt, and why; no outcome where none was made.

    `asked`: how long the receiver wants to be left alone.
    """

    outcome: Outcome | None
    why: str = ""
    asked: timedelta = AT_ONCE


def pause(tries: int, longest: timedelta, asked: timedelta = AT_ONCE) -> timedelta:
    """Return how long to wait after `tries` failures: 5, 10, 20 … seconds, and never longer than `longest`.

    Who asks for more time gets it within the same bounds; less than ours nobody is given, or a receiver could have
    itself called without a pause and use up a day's tries in a minute.
    """
    doubled: int = 2 ** min(tries - 1, 10)
    return min(longest, max(_FIRST * doubled, asked))


def asked_for(status: int, retry_after: str | None, now: datetime) -> timedelta:
    """Return for how long an answer asks to be left alone: seconds or an HTTP-date (RFC 9110 §10.2.3).

    Nothing where another status came, the date is past, or the header says neither.
    """
    if status not in _MAY_ASK or retry_after is None:
        return AT_ONCE
    if retry_after.isascii() and retry_after.isdigit():
        return timedelta(seconds=int(retry_after[:_DIGITS]))
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, IndexError, OverflowError):
        return AT_ONCE
    return max(AT_ONCE, (until if until.tzinfo else until.replace(tzinfo=UTC)) - now)
