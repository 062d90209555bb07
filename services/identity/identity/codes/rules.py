"""How often a code may be sent and guessed, and what was typed. Pure.

All codes of one purpose that are bound to one thing (a session, a recovery, a contact) form a run. Guesses are counted
over the whole run, so that asking for another code buys no guesses, and another code never voids an earlier one
(threat 29, M24).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

DIGITS = 6  # SP 800-63B-4 §4.2.1.2
LIFE = timedelta(minutes=10)  # SP 800-63B-4 §3.1.3.2, ASVS 6.5.5
MOST_TRIES = 5
MOST_SENDS = 5
MOST_AN_HOUR = 10  # to one contact, over all runs: nobody's telephone is flooded from several browsers
HOUR = timedelta(hours=1)
_PAUSES = (30, 60, 120, 240)  # seconds before the next one after 1, 2, 3, 4 sent
_SEPARATORS = re.compile(r"[\s\-‐-―.]+")


@dataclass(frozen=True)
class Run:
    """What has happened with the codes of one purpose for one thing. `ends_at`: when the last of them is too old."""

    tries: int
    sends: int
    sent_at: datetime
    ends_at: datetime


def waits_until(run: Run | None, now: datetime) -> datetime | None:
    """Return the instant before which no code is sent, or None when one may be sent now."""
    if run is None or run.ends_at <= now:
        return None
    until = resend_at(run)
    return until if until > now else None


def resend_at(run: Run) -> datetime:
    """Return when the next code may be asked for: later each time, and at the run's end once too many were."""
    if exhausted(run) or run.sends >= MOST_SENDS:
        return run.ends_at
    pause = _PAUSES[max(0, run.sends - 1)]
    return run.sent_at + timedelta(seconds=pause)


def exhausted(run: Run) -> bool:
    """Return whether every guess of the run is used up."""
    return run.tries >= MOST_TRIES


def after_sending(run: Run | None, now: datetime) -> Run:
    """Return the run once a code was sent now; one that was over begins anew."""
    if run is None or run.ends_at <= now:
        return Run(0, 1, now, now + LIFE)
    return Run(run.tries, run.sends + 1, now, now + LIFE)


def read(typed: str) -> str | None:
    """Return the six digits of what was typed, however grouped and in whatever script's digits, or None."""
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed[:100]))
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdecimal() else None
