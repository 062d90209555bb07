"""Keyed hashes of facts and keys: what the tables of evidence hold instead of the values."""

from registration.evidence.ways import Fact
from shared.crypto import BlindIndex


class EvidenceHasher:
    """Claim numbers are short and tell of patients; without the key a dump neither shows nor confirms one."""

    def __init__(self, index: BlindIndex) -> None:
        self._index = index

    def fact(self, tin_index: str, fact: Fact) -> str:
        """The stored form of a fact of one TIN: right only when TIN and every part of it are."""
        return self._index.of(f"fact:{tin_index}:{fact.text()}")

    def key(self, application_id: str, key: str) -> str:
        """The stored form of a mailed key, which is good for one application."""
        return self._index.of(f"mailed:{application_id}:{key}")
