"""Keyed hashes of addresses and codes: what the contact tables hold instead of the values."""

from registration.contacts.codes import Channel
from shared.crypto import BlindIndex


class ContactHasher:
    """Six digits are quickly guessed from a plain hash; the key is what protects them at rest."""

    def __init__(self, index: BlindIndex) -> None:
        self._index = index

    def address(self, channel: Channel, value: str) -> str:
        """The key under which the counters of an address are kept."""
        return self._index.of(f"{channel}:{value.casefold()}")

    def code(self, round_id: str, code: str) -> str:
        """The stored form of a code; the round salts it, so equal codes differ."""
        return self._index.of(f"code:{round_id}:{code}")

    def person(self, email: str, mobile: str) -> str:
        """The key of whoever has both an e-mail address and a mobile number."""
        return self._index.of(f"person:{email.casefold()}:{mobile}")

    def reference(self, secret: str) -> str:
        """The stored form of the reference in a draft's cookie."""
        return self._index.of(f"draft:{secret}")
