"""The assertion with which a client signs in: what it must say before it proves anything. Pure (RFC 7523, threat 10).

Stricter than the RFC where later ones are: the issuer is its only audience, as a string (FAPI 2.0 §5.3.2.1, RFC 7523bis
§4), it is good for five minutes at most, and the key decides the algorithm. Read first, believed after: `read` says
whose key is needed, `signed_by` whether it fits. What its header offers as keys is never looked at (ASVS 9.1.3).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

import orjson
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jws import CompactSignature, JWSRegistry

from identity.oidc.clients.jwk import ALGORITHMS, Key

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_LIFE = timedelta(minutes=5)
AHEAD = timedelta(seconds=30)  # clocks differ: FAPI 2.0 §5.3.2.1 lets 10 s through and refuses more than 60 s

_TYPES = frozenset({None, "JWT", "client-authentication+jwt"})
_HEADER = frozenset({"alg", "kid", "typ", "x5t", "x5t#S256"})
_LONGEST = 4000
_LONGEST_ID = 256


class _Registry(JWSRegistry):
    """Our algorithms and no others; EdDSA is admitted beside its new name without the library's warning (RFC 9864)."""

    def get_alg(self, name: str) -> JWSAlgModel:
        """Return an algorithm; raises UnsupportedAlgorithmError."""
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


_REGISTRY = _Registry(algorithms=list(ALGORITHMS))


class BadAssertion(Exception):
    """The assertion proves nothing; the reason is for the client's own developer, never for an answer."""


@dataclass(frozen=True)
class Assertion:
    """What is claimed, and by whose key it would have to be signed. `until` is its end, in seconds since 1970."""

    client_id: str
    kid: str | None
    alg: str
    jti: str
    until: float
    signed: CompactSignature = field(repr=False)

    def signed_by(self, key: Key) -> bool:
        """Return whether the signature is that of the key, with an algorithm that the key is for."""
        try:
            return jws.validate_compact(self.signed, key, registry=_REGISTRY)
        except (JoseError, ValueError, TypeError):
            return False


def read(text: str, issuer: str, now: datetime) -> Assertion:
    """Return what an assertion says; raises BadAssertion. Nothing is proven yet."""
    signed = _extracted(text)
    header = signed.headers()
    claims = _claims(signed)
    client_id = claims.get("sub")
    if not isinstance(client_id, str) or claims.get("iss") != client_id:
        raise BadAssertion("iss and sub are not both the client_id")
    if claims.get("aud") != issuer:
        raise BadAssertion("aud is not the issuer, as a string")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_ID:
        raise BadAssertion("jti is missing or too long")
    until = _in_time(claims, now.timestamp())
    return Assertion(client_id, cast("str | None", header.get("kid")), str(header["alg"]), jti, until, signed)


def _extracted(text: str) -> CompactSignature:
    if len(text) > _LONGEST:
        raise BadAssertion("it is too long")
    try:
        signed = jws.extract_compact(text.encode("ascii"), registry=_REGISTRY)
        header = signed.headers()
    except (JoseError, ValueError, TypeError) as error:
        raise BadAssertion("it is no signed JWT") from error
    if set(header) - _HEADER:
        raise BadAssertion("its header says more than alg, kid and typ")
    if header.get("alg") not in ALGORITHMS:
        raise BadAssertion("its alg is not offered")
    if header.get("typ") not in _TYPES or not isinstance(header.get("kid", ""), str):
        raise BadAssertion("its typ or kid is not that of an assertion")
    return signed


def _claims(signed: CompactSignature) -> Mapping[str, object]:
    try:
        claims = orjson.loads(signed.payload or b"")
    except ValueError as error:
        raise BadAssertion("its claims are not JSON") from error
    if not isinstance(claims, dict):
        raise BadAssertion("its claims are not an object")
    return claims


def _in_time(claims: Mapping[str, object], now: float) -> float:
    until = _seconds(claims, "exp")
    if until is None:
        raise BadAssertion("exp is missing")
    if until <= now:
        raise BadAssertion("it is expired")
    ahead = AHEAD.total_seconds()
    if until > now + LONGEST_LIFE.total_seconds() + ahead:
        raise BadAssertion("exp is more than five minutes ahead")
    if any((_seconds(claims, name) or 0) > now + ahead for name in ("iat", "nbf")):
        raise BadAssertion("it is from the future")
    return until


def _seconds(claims: Mapping[str, object], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadAssertion(f"{name} is not a number")
    return float(value)
