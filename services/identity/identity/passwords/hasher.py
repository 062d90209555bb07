"""Argon2id, as many at once as there are cores, and a queue with an end.

More threads than cores make every hash slower and hold 19 MiB each; without an end to the queue a storm of sign-ins
would starve everything else (performance rule 2). Beyond the queue the answer is 503 with Retry-After.
"""

import math
import os
import threading

import argon2
import structlog
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw

from identity.passwords.pepper import Pepper, put_together, taken_apart
from identity.passwords.policy import LONGEST, normalized
from shared.errors import Problem, unavailable
from shared.i18n import say

_log = structlog.get_logger("identity.passwords")
_WAIT_SECONDS = 10.0
_RETRY_AFTER = 3
_LEAST_MEMORY = 8  # KiB, of which Argon2 takes no less for a lane


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
        self._dummy = self._argon2.hash("no account has this password")

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
            fits = self._verify(found.argon2, mixed)
            if not fits:
                self._work_off(found.argon2)
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

    def _work_off(self, argon2_hash: str) -> None:
        """Do what the check of a hash of weaker parameters left out, so that its refusal takes as long as by today's.

        Otherwise, after the parameters were raised, accounts that have not signed in since would answer faster than
        names that nobody has (threat 26). Work and not sleep: it keeps the core as busy, and slows down as one hash
        does where many run at once. The cost of Argon2 is memory × passes (RFC 9106 §3.2); what is missing of it is
        done in as few passes as today's memory allows.
        """
        missing = self._argon2.memory_cost * self._argon2.time_cost - _work_of(argon2_hash)
        if missing >= _LEAST_MEMORY:
            passes = math.ceil(missing / self._argon2.memory_cost)
            hash_secret_raw(b"", bytes(16), passes, missing // passes, 1, 32, Type.ID, ARGON2_VERSION)

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


def _work_of(argon2_hash: str) -> int:
    """What checking a hash costs: KiB of memory × passes; nothing where it is no hash."""
    try:
        made_with = argon2.extract_parameters(argon2_hash)
    except InvalidHashError:
        return 0
    return made_with.memory_cost * made_with.time_cost


def _busy() -> Problem:
    detail = say("Many people are signing in right now. Try again in a few seconds.")
    return unavailable("busy", detail, _RETRY_AFTER)
