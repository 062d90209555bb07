"""Secrets at rest: reversible encryption, blind indexes and keyed hashes, each from keys that are passed in."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shared.sealed import Sealed


class SecretBox:
    """Encrypts short texts for storage; the first key writes, every key reads, so keys rotate without downtime."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take one or more secrets of at least 32 bytes; each is stretched to a Fernet key of its own."""
        if not keys:
            raise ValueError("a secret box needs at least one key")
        self._newest, *older = (Fernet(_derive(key, b"secret-box")) for key in keys)
        self._fernet = MultiFernet([self._newest, *older])

    def encrypt(self, text: str) -> Sealed:
        """Return an opaque token that only a box with the same key opens."""
        return Sealed(self._fernet.encrypt(text.encode()).decode())

    def decrypt(self, token: str) -> str:
        """Return the text; raises ValueError when no key fits."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise ValueError("no key of this box opens the value") from error

    def renewed(self, token: str) -> Sealed | None:
        """Return the same text under the first key, or None where it is; raises ValueError when no key fits."""
        try:
            self._newest.decrypt(token.encode())
        except InvalidToken:
            return self.encrypt(self.decrypt(token))
        return None


class HashBox:
    """Keyed hashes that outlive their key: a hash of a secret, sealed so that equal ones are equal and can be found.

    HMAC would tie each hash to its key for good, as nobody has the secret that it was made of. AES-SIV (RFC 5297) needs
    no nonce, so it is as good to look up by, and whoever has the old key closes the same hash under a new one.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take one or more secrets of at least 32 bytes, the writing one first."""
        if not keys:
            raise ValueError("a box of hashes needs at least one key")
        self._boxes = [AESSIV(hmac.digest(key, b"hash-box", "sha512")) for key in keys]

    def seal(self, digest: bytes) -> Sealed:
        """Return the stored form of a hash: of one of 32 bytes, 64 characters."""
        return _closed(self._boxes[0], digest)

    def forms(self, digest: bytes) -> list[Sealed]:
        """Return what may be stored for a hash: one form for each key."""
        return [_closed(box, digest) for box in self._boxes]

    def renewed(self, sealed: str) -> Sealed | None:
        """Return the same hash under the first key, or None where it is; raises ValueError when no key fits."""
        digest, mine = self._opened(sealed)
        return None if mine else self.seal(digest)

    def _opened(self, sealed: str) -> tuple[bytes, bool]:
        for box in self._boxes:
            try:
                return box.decrypt(base64.urlsafe_b64decode(sealed), None), box is self._boxes[0]
            except (InvalidTag, ValueError):
                continue
        raise ValueError("no key of this box opens the value")


class BlindIndex:
    """Finds an encrypted value without decrypting: equal values have equal indexes, only for who holds the key."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.sha256(b"blind-index" + key).digest()

    def of(self, value: str) -> str:
        """Return 64 hexadecimal digits (HMAC-SHA256)."""
        return hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()


def keyed_sha256(key: bytes, value: str) -> str:
    """Hash a high-entropy secret for storage (client secrets, session cookies, one-time links)."""
    return hmac.digest(key, value.encode(), "sha256").hex()


def digest_of(value: str) -> bytes:
    """Hash a high-entropy secret for a `HashBox` (32 bytes)."""
    return hashlib.sha256(value.encode()).digest()


def sha256(value: str) -> str:
    """Hash a high-entropy secret where no key is at hand."""
    return hashlib.sha256(value.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def derived(key: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes that serve one purpose alone (HMAC-SHA256 as a key derivation, NIST SP 800-108)."""
    return hmac.digest(key, purpose, "sha256")


def _derive(key: bytes, purpose: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(purpose + b"\x00" + key).digest())


def _closed(box: AESSIV, digest: bytes) -> Sealed:
    return Sealed(base64.urlsafe_b64encode(box.encrypt(digest, None)).decode())
