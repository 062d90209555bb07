"""Identifiers, secrets and codes: random in production, reproducible in tests, always passed in."""

import base64
import random
import secrets
import threading
from datetime import UTC, datetime
from typing import Protocol

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case: no i, l, o, u
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]  # two characters at once: every request has an id
_BITS = 130  # 26 characters hold 48 bits of milliseconds and 80 random ones


class Ids(Protocol):
    """Where ids and secrets come from."""

    def new(self, prefix: str) -> str:
        """Return a new id such as `acc_01j9…`: time-ordered, unguessable, safe in a URL."""
        ...

    def token(self, nbytes: int = 32) -> str:
        """Return a secret of `nbytes` random bytes in URL-safe base 64 without padding."""
        ...

    def digits(self, length: int = 6) -> str:
        """Return a code of decimal digits; every code is equally likely."""
        ...


class RandomIds:
    """Ids from the operating system's entropy; those of one process are in the order in which they were made."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def new(self, prefix: str) -> str:
        """Return a new time-ordered id under `prefix`."""
        milliseconds = int(datetime.now(UTC).timestamp() * 1000)
        number = milliseconds << 80 | secrets.randbits(80)
        with self._lock:
            if number <= self._last:  # the same millisecond, or a clock that was set back
                number = self._last + 1 + secrets.randbits(64)
            self._last = number
        return f"{prefix}_{_encode(number)}"

    def token(self, nbytes: int = 32) -> str:
        """Return `nbytes` of entropy as URL-safe text."""
        return secrets.token_urlsafe(nbytes)

    def digits(self, length: int = 6) -> str:
        """Return a uniformly random code of `length` digits."""
        return f"{secrets.randbelow(10**length):0{length}d}"


class SeededIds:
    """The same ids in the same order for the same seed: tests only, refused by the runtime elsewhere."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._count = 0
        self._lock = threading.Lock()

    def new(self, prefix: str) -> str:
        """Return the next id of the sequence."""
        with self._lock:
            self._count += 1
            return f"{prefix}_{_encode(self._count << 80 | self._random.getrandbits(80))}"

    def token(self, nbytes: int = 32) -> str:
        """Return the next reproducible secret."""
        with self._lock:
            return base64.urlsafe_b64encode(self._random.randbytes(nbytes)).rstrip(b"=").decode()

    def digits(self, length: int = 6) -> str:
        """Return the next reproducible code."""
        with self._lock:
            return f"{self._random.randrange(10**length):0{length}d}"


def _encode(number: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(_BITS - 10, -1, -10)])
