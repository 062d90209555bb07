"""An authenticator in software: makes real keys and real signatures, and can be told to misbehave.

It speaks the JSON of `PublicKeyCredential.toJSON()` (WebAuthn Level 3 §5.1), so tests stand where browsers do.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40
NO_MAKER = bytes(16)


@dataclass(frozen=True)
class Key:
    """A key pair for one account; `handle` is what the relying party called its owner."""

    id: bytes
    private: ec.EllipticCurvePrivateKey
    handle: str
    algorithm: int = -7

    def cose(self) -> bytes:
        """The public key as authenticators report it (RFC 9053 §7.1)."""
        numbers = self.private.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return bytes(cbor2.dumps({1: 2, 3: self.algorithm, -1: 1, -2: x, -3: y}))


@dataclass
class Authenticator:
    """A device with a browser in front of it. Every field is a lie that a test may tell.

    `count` None: no counter, as synced passkeys are; `flags` are those of an unlocked, present, device-bound key.
    """

    origin: str
    rp_id: str = "localhost"
    flags: int = UP | UV
    count: int | None = 0
    maker: bytes = NO_MAKER
    algorithm: int = -7
    format: str = "none"
    client: dict[str, Any] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Do what `navigator.credentials.create` does, and keep the key."""
        key = Key(
            secrets.token_bytes(32),
            ec.generate_private_key(ec.SECP256R1()),
            base64url_to_bytes(options["user"]["id"]).decode(),
            self.algorithm,
        )
        self.keys.append(key)
        return self.answer_creation(options, key)

    def answer_creation(self, options: dict[str, Any], key: Key) -> dict[str, Any]:
        """Tell of a key as if it had just been made."""
        data = self._data(AT) + self.maker + len(key.id).to_bytes(2, "big") + key.id + key.cose()
        statement = cbor2.dumps({"fmt": self.format, "attStmt": {}, "authData": data})
        told = {
            "clientDataJSON": bytes_to_base64url(self._client("webauthn.create", options["challenge"])),
            "attestationObject": bytes_to_base64url(statement),
            "transports": ["internal"],
        }
        return self._credential(key, told)

    def get(self, options: dict[str, Any], key: Key | None = None) -> dict[str, Any]:
        """Do what `navigator.credentials.get` does with the newest key, or with this one."""
        chosen = key or self.keys[-1]
        if self.count is not None:
            self.count += 1
        data, client = self._data(), self._client("webauthn.get", options["challenge"])
        signed = chosen.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        told = {
            "clientDataJSON": bytes_to_base64url(client),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signed),
            "userHandle": bytes_to_base64url(chosen.handle.encode()),
        }
        return self._credential(chosen, told)

    def copy(self, **lies: Any) -> "Authenticator":
        """The same keys in other hands."""
        return replace(self, **{"keys": list(self.keys), "client": dict(self.client), **lies})

    def _data(self, also: int = 0) -> bytes:
        counter = (self.count or 0).to_bytes(4, "big")
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([self.flags | also]) + counter

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **self.client}).encode()

    @staticmethod
    def _credential(key: Key, told: dict[str, Any]) -> dict[str, Any]:
        named = bytes_to_base64url(key.id)
        return {
            "id": named,
            "rawId": named,
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": told,
        }
