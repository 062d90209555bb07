"""What a FAPI client signs: its assertions (RFC 7523 §3, FAPI 2.0 §5.3.2.1-8) and its proofs of a key (RFC 9449 §4.2).

Every member can be bent: None leaves it out.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from tests.conformance.harness.id_tokens import encoded
from tests.conformance.harness.issuers.subject import Registered

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LENIENT = jws.JWSRegistry(algorithms=["ES256", "PS256", "RS256"], strict_check_header=False)


def new_key() -> ECKey:
    """A key for proofs."""
    return ECKey.generate_key("P-256")


def assertion(client: Registered, issuer: str, now: int, header: Mapping[str, Any] | None = None, **claims: Any) -> str:
    """Return a client assertion signed with the client's key, or with `signer`."""
    sound = {
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": issuer,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + 60,
    }
    signer = claims.pop("signer", client.key)
    return signed({"alg": client.assertion_alg, "kid": client.client_id, **(header or {})}, sound | claims, signer)


def proof(
    key: ECKey | RSAKey, request: tuple[str, str], now: int, header: Mapping[str, Any] | None = None, **claims: Any
) -> str:
    """Return a DPoP proof for a (method, address) by `key`, or signed with `signer` though it names `key`."""
    alg = "PS256" if isinstance(key, RSAKey) else "ES256"
    named = {"typ": "dpop+jwt", "alg": alg, "jwk": key.as_dict(private=False), **(header or {})}
    sound = {"jti": secrets.token_urlsafe(16), "htm": request[0], "htu": request[1], "iat": now}
    signer = claims.pop("signer", key)
    return signed(named, sound | claims, signer)


def hash_of(token: str) -> str:
    """Return `ath` (RFC 9449 §4.2)."""
    return encoded(hashlib.sha256(token.encode()).digest())


def signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: ECKey | RSAKey) -> str:
    """Return a compact JWT; without `alg`, or with `none`, there is nothing behind the second dot."""
    head, body = _present(header), json.dumps(_present(claims)).encode()
    if head.get("alg", "none") == "none":
        return f"{encoded(json.dumps(head).encode())}.{encoded(body)}."
    return jws.serialize_compact(head, body, key, registry=_LENIENT)


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
