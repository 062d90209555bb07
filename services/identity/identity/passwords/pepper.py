"""A key beside the hash: what is hashed is HMAC-SHA256(key, password), with a key that the database never sees. Pure.

A stolen table of hashes is then worth nothing without the key (SP 800-63B-4 §3.1.1.2, "keyed hash … stored apart").
A stored hash says by which key it was made, so that keys change without anybody choosing a new password: the first key
makes, all check, and the next sign-in makes the hash anew. Stored: `<key id>:<Argon2 hash>`, or the bare hash where
there was no key.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

_ID_LENGTH = 8


@dataclass(frozen=True)
class Stored:
    """A stored hash taken apart. `key_id` is None where it was made without a key."""

    key_id: str | None
    argon2: str


class Pepper:
    """The keys, the making one first; none: passwords are hashed as they are."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        self._keys = {_id(key): key for key in keys}
        self.current = _id(keys[0]) if keys else None

    def knows(self, key_id: str | None) -> bool:
        """Return whether hashes made by this key can be checked."""
        return key_id is None or key_id in self._keys

    def of(self, password: str, key_id: str | None) -> str:
        """Return what goes into Argon2, by the key named; raises KeyError for one that is not known."""
        if key_id is None:
            return password
        mixed = hmac.new(self._keys[key_id], password.encode("utf-8", "surrogatepass"), hashlib.sha256)
        return base64.b64encode(mixed.digest()).decode()


def taken_apart(stored: str) -> Stored:
    """Return the parts of a stored hash."""
    key_id, colon, argon2 = stored.partition(":")
    return Stored(key_id, argon2) if colon else Stored(None, stored)


def put_together(key_id: str | None, argon2: str) -> str:
    """Return the hash as it is stored."""
    return f"{key_id}:{argon2}" if key_id else argon2


def _id(key: bytes) -> str:
    return hashlib.sha256(b"pepper" + key).hexdigest()[:_ID_LENGTH]
