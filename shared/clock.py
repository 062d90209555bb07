"""Time is passed in: nothing in the suite reads the wall clock except the two classes below."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where `now` comes from."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock: production."""

    def now(self) -> datetime:
        """Return the machine's current instant in UTC."""
        return datetime.now(UTC)


class SettableClock:
    """A clock that can be frozen and moved: tests and the local run's `/dev/clock`."""

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._frozen_at: datetime | None = None
        if start is not None:
            self.freeze(start)

    @property
    def frozen(self) -> bool:
        """True while the clock stands still."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        """Return the frozen instant, or the machine's where the clock runs free."""
        with self._lock:
            return self._frozen_at or datetime.now(UTC)

    def freeze(self, instant: datetime) -> None:
        """Stand still at `instant`, which must be aware."""
        if instant.tzinfo is None:
            raise ValueError("the instant needs a time zone, for example 2026-11-22T21:30:00-05:00")
        with self._lock:
            self._frozen_at = instant.astimezone(UTC)

    def advance(self, by: timedelta) -> datetime:
        """Move a frozen clock (or freeze a free one) `by` further; return the new instant."""
        with self._lock:
            self._frozen_at = (self._frozen_at or datetime.now(UTC)) + by
            return self._frozen_at

    def free(self) -> None:
        """Follow the machine's clock again."""
        with self._lock:
            self._frozen_at = None
