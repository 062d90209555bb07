"""Argon2id, as many at once as there are cores, and a queue with an end.

More threads than cores make every hash slower and hold 19 MiB each; without an end to the queue a storm of sign-ins
would starve everything else (performance rule 2). Beyond the queue the answer is 503 with Retry-After.
"""

import os
import threading

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from identity.passwords.policy import LONGEST, normalized
from shared.errors import Problem, unavailable
from shared.i18n import say

_WAIT_SECONDS = 10.0
_RETRY_AFTER = 3


class Hasher:
    """Hashes and verifies; shared by all threads of a process."""

    def __init__(self, *, memory_kib: int, passes: int, slots: int = 0, queue: int = 32) -> None:
        """`slots` hashes run at once (0: one for each core), `queue` more may wait."""
        self._argon2 = argon2.PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._slots = threading.BoundedSemaphore(slots or len(os.sched_getaffinity(0)))
        self._seats = threading.BoundedSemaphore((slots or len(os.sched_getaffinity(0))) + queue)
        # Verified where there is no account, so that a stranger learns nothing from the time an answer takes.
        self._dummy = self._argon2.hash("no account has this password")

    def hash(self, password: str) -> str:
        """Return the encoded hash; raises the 503 Problem when the queue is full."""
        with self._slot():
            return self._argon2.hash(normalized(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Return whether the password fits; `None` costs the same time and never fits. Raises the 503 Problem."""
        fitting = len(password) <= LONGEST
        with self._slot():
            try:
                self._argon2.verify(stored or self._dummy, normalized(password) if fitting else "")
            except (VerificationError, InvalidHashError):
                return False
        return fitting and stored is not None

    def outdated(self, stored: str) -> bool:
        """Return whether the hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(stored)

    def _slot(self) -> "_Slot":
        return _Slot(self._seats, self._slots)


class _Slot:
    """A seat in the queue, then one of the slots; both given back at the end."""

    def __init__(self, seats: threading.BoundedSemaphore, slots: threading.BoundedSemaphore) -> None:
        self._seats = seats
        self._slots = slots

    def __enter__(self) -> None:
        if not self._seats.acquire(blocking=False):
            raise _busy()
        if not self._slots.acquire(timeout=_WAIT_SECONDS):
            self._seats.release()
            raise _busy()

    def __exit__(self, *_exception: object) -> None:
        self._slots.release()
        self._seats.release()


def _busy() -> Problem:
    detail = say("Many people are signing in right now. Try again in a few seconds.")
    return unavailable("busy", detail, _RETRY_AFTER)
