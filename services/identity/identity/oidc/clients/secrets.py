"""Client secrets: 256 random bits, kept as sealed SHA-256, compared in constant time.

A slow hash is for what people choose; here it would only slow down every token request (performance.md §2, rule 1).
"""

from collections.abc import Sequence
from datetime import datetime

from identity.oidc.clients.policy import Client
from shared.crypto import HashBox, digest_of, keyed_sha256, same
from shared.sealed import Sealed

_NOBODY = "0" * 64


class ClientSecrets:
    """Hashes and checks secrets; the first key writes, every key reads, so that keys rotate."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._box = HashBox(keys)
        self._former = [b"client-secret" + key for key in keys]

    def hash(self, secret: str) -> Sealed:
        """Return what is stored of a secret."""
        return self._box.seal(digest_of(secret))

    def is_current(self, secret: str, stored: str) -> bool:
        """Return whether the secret is the one behind a stored hash written with today's key."""
        return same(self.hash(secret), stored)

    def is_of(self, secret: str, stored: str) -> bool:
        """Return whether the secret is the one behind a stored hash, whichever key wrote it."""
        return any(same(form, stored) for form in self._forms(secret))

    def fits(self, secret: str, client: Client | None, now: datetime) -> bool:
        """Return whether the secret is the client's; an unknown client takes the same time."""
        known = [client.secret_hash if client else _NOBODY]
        if client and client.previous_secret_hash and client.previous_secret_until:
            known.append(client.previous_secret_hash if now < client.previous_secret_until else _NOBODY)
        found = [same(form, stored) for form in self._forms(secret) for stored in known]
        return any(found)

    def _forms(self, secret: str) -> list[str]:
        # HMAC ties a hash to its key for good: those that were made so work until they are replaced (decision 0060).
        return [*self._box.forms(digest_of(secret)), *(keyed_sha256(key, secret) for key in self._former)]
