"""The only place where a TIN is turned into what is stored: a sealed box to show it, a blind index to find it."""

from dataclasses import dataclass

from registration.directory import numbers
from shared.crypto import BlindIndex, SecretBox


@dataclass(frozen=True)
class SealedTin:
    """A TIN as it is stored: `box` opens only with the key, `index` is equal for equal TINs."""

    box: str
    index: str
    last4: str


class TinVault:
    """Seals and finds TINs. A dump of the database without its keys can do neither."""

    def __init__(self, box: SecretBox, index: BlindIndex) -> None:
        self._box = box
        self._index = index

    def seal(self, tin: str) -> SealedTin:
        """Return the stored form of nine digits."""
        return SealedTin(self._box.encrypt(tin), self._index.of(tin), numbers.last4(tin))

    def index(self, tin: str) -> str:
        """Return only the index, to look a TIN up."""
        return self._index.of(tin)

    def open(self, box: str) -> str:
        """Return the nine digits; for the one door that may tell them, never for a page, an event or a log."""
        return self._box.decrypt(box)

    def last4(self, box: str) -> str:
        """Return the part of a stored TIN that may be shown."""
        return numbers.last4(self._box.decrypt(box))
