"""Argon2id, as many at once as there are cores, and a queue with an end.

More threads than cores make every hash slower and hold 19 MiB each; without an end to the queue a storm of sign-ins
would starve everything else (performance rule 2). Beyond the queue the answer is 503 with Retry-After.
"""

import os
import threading
import time

import argon2
import structlog
from argon2.exceptions import InvalidHashError, VerificationError

from identity.passwords.pepper import Pepper, put_together, taken_apart
from identity.passwords.policy import LONGEST, normalized
from shared.errors import Problem, unavailable
from shared.i18n import say

_log = structlog.get_logger("identity.passwords")
_WAIT_SECONDS = 10.0
_RETRY_AFTER = 3
_LEARNS = 0.1  # how much one check changes what we believe a check takes


class Hasher:
    """Hashes and verifies; shared by all threads of a process."""

    def __init__(
        self, *, memory_kib: int, passes: int, slots: int = 0, queue: int = 32, pepper: Pepper | None = None
    ) -> None:
        """`slots` hashes run at once (0: one for each core), `queue` more may wait."""
        self._pepper = pepper or Pepper()
        self._argon2 = argon2.PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._slots = threading.BoundedSemaphore(slots or len(os.sched_getaffinity(0)))
        self._seats = threading.BoundedSemaphore((slots or len(os.sched_getaffinity(0))) + queue)
        # Verified where there is no account, so that a stranger learns nothing from the time an answer takes.
        began = time.perf_counter()
        self._dummy = self._argon2.hash("no account has this password")
        self._usual = time.perf_counter() - began  # seconds that one check takes
        self._today = _made_with(self._dummy)

    def hash(self, password: str) -> str:
        """Return the encoded hash; raises the 503 Problem when the queue is full."""
        key_id = self._pepper.current
        mixed = self._pepper.of(normalized(password), key_id)
        with self._slot():
            return put_together(key_id, self._argon2.hash(mixed))

    def verify(self, stored: str | None, password: str) -> bool:
        """Return whether the password fits; `None` costs the same time and never fits. Raises the 503 Problem."""
        found = taken_apart(stored or self._dummy)
        # A hash whose key is gone is checked like one that nobody has: same time, never a fit.
        known = self._pepper.knows(found.key_id)
        if not known:
            _log.warning("password_key_missing", key_id=found.key_id)
        fitting = known and len(password) <= LONGEST
        mixed = self._pepper.of(normalized(password), found.key_id) if fitting else ""
        with self._slot():
            began = time.perf_counter()
            fits = self._verify(found.argon2, mixed)
            took = time.perf_counter() - began
        if not fits:
            self._keep_pace(found.argon2, took)
        return fits and fitting and stored is not None

    def outdated(self, stored: str) -> bool:
        """Return whether the hash was made with other parameters than today's, or by another key."""
        found = taken_apart(stored)
        return found.key_id != self._pepper.current or self._argon2.check_needs_rehash(found.argon2)

    def _verify(self, argon2_hash: str, mixed: str) -> bool:
        try:
            return self._argon2.verify(argon2_hash, mixed)
        except (VerificationError, InvalidHashError):
            return False

    def _keep_pace(self, argon2_hash: str, took: float) -> None:
        """Let a refusal by a hash of weaker parameters take as long as one by today's.

        Otherwise, after the parameters were raised, accounts that have not signed in since would answer faster than
        names that nobody has (threat 26).
        """
        if _made_with(argon2_hash) == self._today:
            self._usual += _LEARNS * (took - self._usual)
        elif took < self._usual:
            time.sleep(self._usual - took)

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


def _made_with(argon2_hash: str) -> str:
    """The head of a hash: kind, version and parameters, as in `$argon2id$v=19$m=19456,t=2,p=1`."""
    return "$".join(argon2_hash.split("$")[:4])


def _busy() -> Problem:
    detail = say("Many people are signing in right now. Try again in a few seconds.")
    return unavailable("busy", detail, _RETRY_AFTER)
