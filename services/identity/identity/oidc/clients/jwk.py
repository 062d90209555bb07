"""The public keys of clients: what a JWK must be before a signature is checked with it. Pure (RFC 7517, RFC 7518).

Signatures are checked with the algorithm that the key is for, never with one that only the token names (ASVS 9.1.2).
"""

from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.i18n import say

# EdDSA is Ed25519 here, under its old name and under that of RFC 9864.
ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519", "RS256")
FAPI_ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")  # FAPI 2.0 Security Profile §5.4.1
MOST_KEYS = 20

_EDWARDS = ("EdDSA", "Ed25519")
_RSA_BITS = range(2048, 8193)
_EXPONENT_BITS = 33
_UNREADABLE = say("a key cannot be read: its members do not fit its kty")
_SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_CURVES = {("EC", "P-256"): ("ES256",), ("OKP", "Ed25519"): _EDWARDS}

Key = ECKey | OKPKey | RSAKey


@dataclass(frozen=True)
class ClientKey:
    """One public key, ready for use; `algorithms` are those that a signature may be checked with."""

    kid: str | None
    algorithms: tuple[str, ...]
    key: Key


def read_keys(document: object) -> list[ClientKey]:
    """Return the signing keys of a key set (RFC 7517 §5); raises ValueError in words.

    What is not for signatures, or of a kind that we do not know, is passed over (§5); what is secret is refused.
    """
    members = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(members, Sequence) or isinstance(members, str):
        raise ValueError(say("it is no JSON Web Key Set: an object with a list named keys"))
    if len(members) > MOST_KEYS:
        raise ValueError(say("it has more than %(most)s keys", most=MOST_KEYS))
    found = [read_key(one) for one in members]
    return [key for key in found if key is not None]


def read_key(jwk: object) -> ClientKey | None:
    """Return a key, or None where it is not for us; raises ValueError for one that nobody should publish or use."""
    if not isinstance(jwk, Mapping):
        raise ValueError(say("a key is not an object"))
    if _SECRET & set(jwk):
        raise ValueError(say("a key holds secret members: publish the public key only"))
    fitting = _algorithms(jwk)
    if not fitting:
        return None
    kid = jwk.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise ValueError(say("a kid is not text"))
    return ClientKey(kid, fitting, _parsed(jwk))


def _algorithms(jwk: Mapping[str, object]) -> tuple[str, ...]:
    if jwk.get("use", "sig") != "sig":
        return ()
    kty, curve = jwk.get("kty"), jwk.get("crv")
    fitting = ("PS256", "RS256") if kty == "RSA" else _CURVES.get((str(kty), str(curve)), ())
    named = jwk.get("alg")
    if named is None or (named in _EDWARDS and fitting == _EDWARDS):
        return fitting
    return tuple(one for one in fitting if one == named)


def _parsed(jwk: Mapping[str, object]) -> Key:
    kinds: dict[object, type[ECKey] | type[OKPKey] | type[RSAKey]] = {"EC": ECKey, "OKP": OKPKey, "RSA": RSAKey}
    if jwk["kty"] == "RSA":
        _check_size(jwk)
    plain = {name: value for name, value in jwk.items() if name in {"kty", "crv", "x", "y", "n", "e"}}
    try:
        return kinds[jwk["kty"]].import_key(plain)  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, OverflowError) as error:
        raise ValueError(_UNREADABLE) from error


def _check_size(jwk: Mapping[str, object]) -> None:
    """Short ones are forged, huge ones make every signature a day's work: looked at before the library sees them."""
    modulus, exponent = (_number(jwk.get(name)) for name in ("n", "e"))
    if not _RSA_BITS.start <= modulus.bit_length() < _RSA_BITS.stop:
        bounds = {"least": _RSA_BITS.start, "most": _RSA_BITS.stop - 1}
        raise ValueError(say("an RSA key has not %(least)s to %(most)s bits", **bounds))
    if exponent.bit_length() > _EXPONENT_BITS:
        raise ValueError(say("an RSA key has a huge exponent: use 65537"))


def _number(text: object) -> int:
    try:
        return int.from_bytes(urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4)))
    except ValueError as error:
        raise ValueError(_UNREADABLE) from error
