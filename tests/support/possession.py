"""Somebody who holds a key and makes proofs with it (RFC 9449 §4.2), sound or bent in one place."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from typing import Any

from joserfc import jwk
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from shared.clock import Clock
from tests.support.issuer import ORIGIN

Key = ECKey | OKPKey | RSAKey


class Holder:
    """A key and what is signed with it; `clock` says when."""

    def __init__(self, clock: Clock, key: Key | None = None, algorithm: str = "ES256") -> None:
        self.clock = clock
        self.key: Key = key or ECKey.generate_key("P-256")
        self.algorithm = algorithm

    @property
    def public(self) -> dict[str, Any]:
        """The public key, as proofs carry it."""
        return dict(self.key.as_dict(private=False))

    @property
    def jkt(self) -> str:
        """The thumbprint of the key (RFC 7638), as the library computes it."""
        return str(jwk.thumbprint(self.public))

    def proof(
        self, method: str, path: str, token: str | None = None, *, header: dict[str, Any] | None = None, **bent: Any
    ) -> str:
        """Return a proof for a request; what `header` and `bent` claims hold replaces what is sound, None drops it."""
        sound: dict[str, Any] = {
            "jti": secrets.token_urlsafe(16),
            "htm": method,
            "htu": ORIGIN + path,
            "iat": int(self.clock.now().timestamp()),
        }
        if token is not None:
            sound["ath"] = hashed(token)
        top = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.public} | (header or {})
        return self.sign(_without_none(sound | bent), _without_none(top))

    def sign(self, claims: Any, header: dict[str, Any]) -> str:
        """Return a JWS over the claims, whatever they are; nothing of the header is checked."""
        signed = ".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
        algorithm = JWSRegistry.algorithms[self.algorithm]
        return f"{signed}.{_base64url(algorithm.sign(signed.encode(), self.key))}"

    def headers(self, method: str, path: str, token: str, **bent: Any) -> dict[str, str]:
        """Return the headers with which a bound token is sent."""
        return {"Authorization": f"DPoP {token}", "DPoP": self.proof(method, path, token, **bent)}


def hashed(token: str) -> str:
    """`ath` of a token (RFC 9449 §4.2)."""
    return _base64url(hashlib.sha256(token.encode()).digest())


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
