"""What an ID token must say, as a relying party reads it (OIDC Core §2, §3.1.3.7), and what refreshing may change."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.conformance.harness.issuers.subject import Registered, Subject
from tests.conformance.harness.wire import HTTP

_LEEWAY = 10  # seconds between two clocks
_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512, "DSA": hashlib.sha512}


def validated(
    subject: Subject, client: Registered, told: dict[str, Any], nonce: str | None, sent: dict[str, str]
) -> dict[str, Any]:
    """Return the claims of the ID token of a token response; `sent` is the authorization request that led to it."""
    text, now = told["id_token"], subject.now().timestamp()
    header = header_of(text)
    assert header["alg"] in subject.discovery["id_token_signing_alg_values_supported"]
    assert header["alg"] == client.signing_alg
    assert header["kid"]
    claims = dict(jwt.decode(text, keys(subject), algorithms=[header["alg"]]).claims)
    assert claims["iss"] == subject.issuer
    _for_client(client, claims)
    assert type(claims["iat"]) is int
    assert type(claims["exp"]) is int
    assert now - 300 < claims["iat"] <= now + _LEEWAY
    assert now < claims["exp"]
    assert claims.get("nonce") == nonce
    _hash_fits(claims, header["alg"], told["access_token"])
    if "max_age" in sent:
        assert now - int(sent["max_age"]) - _LEEWAY <= claims["auth_time"] <= now + _LEEWAY
    return claims


def keys(subject: Subject) -> KeySet:
    """Return the issuer's published keys."""
    return KeySet.import_key_set(HTTP.get(subject.discovery["jwks_uri"]).json())


def refreshed(subject: Subject, client: Registered, told: dict[str, Any], first: dict[str, Any]) -> None:
    """Hold a refreshed ID token to OIDC Core §12.2: same person and sign-in, issued later; better without its nonce."""
    nonce = first.get("nonce") if "nonce" in json.loads(part(told["id_token"], 1)) else None
    second = validated(subject, client, told, nonce, {})
    for name in ("iss", "sub", "aud", "azp", "auth_time"):
        assert first.get(name) == second.get(name), name
    assert second["iat"] > first["iat"]


def header_of(text: str) -> dict[str, Any]:
    """Return the header of a JWT, unchecked."""
    return dict(json.loads(part(text, 0)))


def part(text: str, number: int) -> bytes:
    """Return a part of a JWT, decoded."""
    encoded = text.split(".")[number]
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def encoded(value: bytes) -> str:
    """Return bytes as base 64 for addresses, without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _for_client(client: Registered, claims: dict[str, Any]) -> None:
    audience = [claims["aud"]] if isinstance(claims["aud"], str) else claims["aud"]
    assert audience == [client.client_id]
    assert claims.get("azp", client.client_id) == client.client_id
    assert isinstance(claims["sub"], str)
    assert claims["sub"].isascii()
    assert 0 < len(claims["sub"]) <= 255


def _hash_fits(claims: dict[str, Any], algorithm: str, access_token: str) -> None:
    if "at_hash" in claims:
        digest = _HASHES[algorithm[-3:]](access_token.encode()).digest()
        assert claims["at_hash"] == encoded(digest[: len(digest) // 2])
