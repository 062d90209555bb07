"""Secrets at rest: reversible encryption, blind indexes and keyed hashes, each from keys that are passed in."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SecretBox:
    """Encrypts short texts for storage; the first key writes, every key reads, so keys rotate without downtime."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take one or more secrets of at least 32 bytes; each is stretched to a Fernet key of its own."""
        if not keys:
            raise ValueError("a secret box needs at least one key")
        self._fernet = MultiFernet([Fernet(_derive(key, b"secret-box")) for key in keys])

    def encrypt(self, text: str) -> str:
        """Return an opaque token that only a box with the same key opens."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Return the text; raises ValueError when no key fits."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise ValueError("no key of this box opens the value") from error


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
