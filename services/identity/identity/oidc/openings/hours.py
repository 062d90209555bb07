"""Which functions a token may speak of at an instant, and until when. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

# Whatever the events said, the answer is asked for again after this long: an event may have been set aside.
ASKED_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Hours:
    """What is known of one calendar. `closes_at` is None where no closing is known."""

    functions: frozenset[str]
    open: bool
    closes_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Return whether its functions are open now; a closing that was known needs no further word."""
        return self.open and (self.closes_at is None or now < self.closes_at)


def within(
    known: Iterable[Hours], functions: Collection[str], now: datetime
) -> tuple[tuple[str, ...], datetime | None]:
    """Return those of `functions` that are open, in their order, and the instant the first of them closes, or None.

    A function of no calendar is not gated.
    """
    calendars = [one for one in known if one.functions & set(functions)]
    closed = {name for one in calendars if not one.is_open(now) for name in one.functions}
    ends = [one.closes_at for one in calendars if one.is_open(now) and one.closes_at is not None]
    return tuple(name for name in functions if name not in closed), min(ends, default=None)


def is_due(checked_at: datetime | None, valid_until: datetime | None, now: datetime) -> bool:
    """Return whether availability must be asked again; an answer from the future is of a clock that was set back."""
    if checked_at is None or checked_at > now:
        return True
    return now - checked_at >= ASKED_EVERY or (valid_until is not None and now >= valid_until)
