"""What a receiver's answer means, when it is asked again, and how much waits for it. Pure (RFC 8935 §2.2 to §2.4)."""

from collections.abc import Collection
from datetime import datetime, timedelta

from identity.oidc.outbound.patience import AT_ONCE, TRIES_FOR, Outcome, pause

LONGEST = timedelta(minutes=5)  # who was away hears of it soon after coming back
KEPT = timedelta(days=7)
MOST_WAITING = 5000  # sets of one stream; it is paused before there are more

# What the receiver will say again however often it is asked. With the other codes of RFC 8935 §2.4 it refuses us, or a
# key that it does not know yet: after its operator's next look the same set is welcome.
FINAL: Collection[str] = frozenset({"invalid_request", "invalid_issuer", "invalid_audience"})
CODES: Collection[str] = frozenset({*FINAL, "invalid_key", "authentication_failed", "access_denied"})
UNNAMED = "unnamed"


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


def again_at(tries: int, now: datetime, asked: timedelta = AT_ONCE) -> datetime | None:
    """Return when to try after `tries` failures: 5, 10, 20 … seconds, at most 5 minutes later; None after a day."""
    waited = sum((pause(number, LONGEST) for number in range(1, tries + 1)), timedelta())
    return now + pause(tries, LONGEST, asked) if waited <= TRIES_FOR else None
