"""Client secrets: 256 random bits, kept as keyed SHA-256, compared in constant time.

A slow hash is for what people choose; here it would only slow down every token request (performance.md §2, rule 1).
"""

from collections.abc import Sequence
from datetime import datetime

from identity.oidc.clients.policy import Client
from shared.crypto import keyed_sha256, same

_NOBODY = "0" * 64


class ClientSecrets:
    """Hashes and checks secrets; the first key writes, every key reads, so that keys rotate."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = [b"client-secret" + key for key in keys]

    def hash(self, secret: str) -> str:
        """Return what is stored of a secret."""
        return keyed_sha256(self._keys[0], secret)

    def is_current(self, secret: str, stored: str) -> bool:
        """Return whether the secret is the one behind a stored hash written with today's key."""
        return same(self.hash(secret), stored)

    def fits(self, secret: str, client: Client | None, now: datetime) -> bool:
        """Return whether the secret is the client's; an unknown client takes the same time."""
        known = [client.secret_hash if client else _NOBODY]
        if client and client.previous_secret_hash and client.previous_secret_until:
            known.append(client.previous_secret_hash if now < client.previous_secret_until else _NOBODY)
        found = [same(keyed_sha256(key, secret), stored) for key in self._keys for stored in known]
        return any(found)
