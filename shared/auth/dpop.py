"""The proof of possession that a request carries (RFC 9449): what makes one good. Pure.

    client ── DPoP: <JWT signed with its key, for this method and address, at this moment> ──▶ us

A proof names its own key, so a good one says only: whoever sent this request holds the key with thumbprint `jkt`. What
is bound to that key (`cnf.jkt`, RFC 9449 §6) and whether the proof came before is for the callers, see `possession`.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import orjson
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

TYPE = "dpop+jwt"
# A proof is for one request, so it is young. Clocks differ: FAPI 2.0 §5.3.2.1 wants ten seconds ahead let through.
LONGEST_PAST = timedelta(seconds=60)
LONGEST_AHEAD = timedelta(seconds=15)
# For how long a proof must be remembered so that it cannot come again.
REMEMBERED = LONGEST_PAST + LONGEST_AHEAD + timedelta(seconds=1)

_NONCE_LIVES = 60  # seconds; the one before is good, too
_LONGEST_PROOF = 6000
_LONGEST_JTI = 256
_LEAST_RSA_OCTETS = 2048 // 8
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class _Form(NamedTuple):
    """Which public key an algorithm needs: its type, its curve, and the members that are the key (RFC 7638 §3.2)."""

    kind: type[ECKey] | type[OKPKey] | type[RSAKey]
    kty: str
    curve: str | None
    members: tuple[str, ...]


_EC = _Form(ECKey, "EC", "P-256", ("crv", "kty", "x", "y"))
_OKP = _Form(OKPKey, "OKP", "Ed25519", ("crv", "kty", "x"))
_RSA = _Form(RSAKey, "RSA", None, ("e", "kty", "n"))
_FORMS = {"ES256": _EC, "EdDSA": _OKP, "Ed25519": _OKP, "PS256": _RSA}
ALGORITHMS = tuple(_FORMS)


class _Registry(JWSRegistry):
    """joserfc stops at headers of 512 bytes; an RSA key of 4096 bits in the header needs more (RFC 9449 §4.2)."""

    max_header_length = 2048

    def get_alg(self, name: str) -> JWSAlgModel:
        """Return one of our algorithms; the name EdDSA is admitted beside Ed25519 (RFC 9864), without a warning."""
        if name not in _FORMS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


_REGISTRY = _Registry(algorithms=list(ALGORITHMS), strict_check_header=False)


class BadProof(Exception):
    """The proof is none for this request. The message is one of ours, without anything of what was received."""


class NonceWanted(BadProof):
    """The proof must carry a nonce of ours and carries none, or an old one (RFC 9449 §8)."""


@dataclass(frozen=True)
class Proof:
    """Whoever sent the request holds this key. `jkt`: SHA-256 thumbprint (RFC 7638), 43 characters of base64url."""

    jkt: str
    jti: str
    issued_at: datetime
    algorithm: str


def read_proof(
    text: str,
    *,
    method: str,
    url: str,
    now: datetime,
    access_token: str | None = None,
    nonces: Collection[str] | None = None,
) -> Proof:
    """Return what the value of a `DPoP` header proves of a request; raises BadProof with the reason (RFC 9449 §4.3).

    `url` is the address as the client knows it, without query. With `access_token` the proof must be made for that
    token (`ath`); with `nonces` it must carry one of them, else NonceWanted. Replay is not looked at here.
    """
    algorithm, jkt, claims = _signed(text)
    _fits_request(claims, method, url)
    issued_at = _fits_time(claims, now)
    if access_token is not None and not _same(claims.get("ath"), token_hash(access_token)):
        raise BadProof("ath is not the hash of this access token")
    if nonces is not None and not any(_same(claims.get("nonce"), nonce) for nonce in nonces):
        raise NonceWanted("the nonce is missing or too old")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        raise BadProof("jti is missing or too long")
    return Proof(jkt, jti, issued_at, algorithm)


def token_hash(access_token: str) -> str:
    """Return `ath`: base64url of the SHA-256 of an access token (RFC 9449 §4.2)."""
    return _base64url(hashlib.sha256(access_token.encode()).digest())


def nonces(keys: Sequence[bytes], now: datetime) -> tuple[str, ...]:
    """Return the nonces that are good now, the one to give out first (RFC 9449 §8).

    Made from the minute and our keys, so nothing is stored and every process knows them; each is good for one to two
    minutes. The first key makes them, all keys are believed, so that keys can rotate.
    """
    minute = int(now.timestamp()) // _NONCE_LIVES
    return tuple(_nonce(key, one) for one in (minute, minute - 1) for key in keys)


def _nonce(key: bytes, minute: int) -> str:
    return _base64url(hmac.new(key, b"dpop-nonce\x00%d" % minute, hashlib.sha256).digest()[:18])


def _signed(text: str) -> tuple[str, str, Mapping[str, object]]:
    """Return algorithm, thumbprint and claims of a proof whose signature is made with the key it names."""
    if len(text) > _LONGEST_PROOF:
        raise BadProof("the proof is too long")
    try:
        found = jws.extract_compact(text.encode("ascii"), registry=_REGISTRY)
        header = found.headers()
        if header.get("typ") != TYPE:
            raise BadProof("typ is not dpop+jwt")
        algorithm = header.get("alg")
        form = _FORMS.get(algorithm) if isinstance(algorithm, str) else None
        if form is None:
            raise BadProof("alg is not one of dpop_signing_alg_values_supported")
        members = _public_members(header.get("jwk"), form)
        if not jws.validate_compact(found, _key(members, form), registry=_REGISTRY):
            raise BadProof("the signature does not fit the key")
        claims = orjson.loads(found.payload or b"")
    except (JoseError, ValueError, TypeError) as error:
        raise BadProof("the proof is not a JWT that can be read") from error
    if not isinstance(claims, dict):
        raise BadProof("the claims are not an object")
    return str(algorithm), _thumbprint(members), claims


def _public_members(jwk: object, form: _Form) -> dict[str, str]:
    """Return what makes up the key, and nothing else of what the header says of it (threat 14: no private key)."""
    if not isinstance(jwk, dict):
        raise BadProof("jwk is missing")
    if _PRIVATE & set(jwk):
        raise BadProof("jwk holds a private key")
    members = {name: jwk.get(name) for name in form.members}
    if jwk.get("kty") != form.kty or (form.curve is not None and jwk.get("crv") != form.curve):
        raise BadProof("jwk is not a key for this alg")
    if not all(isinstance(value, str) and value for value in members.values()):
        raise BadProof("jwk is not a key for this alg")
    return {name: str(value) for name, value in members.items()}


def _key(members: dict[str, str], form: _Form) -> ECKey | OKPKey | RSAKey:
    if form is _RSA and len(_octets(members["n"]).lstrip(b"\0")) < _LEAST_RSA_OCTETS:
        raise BadProof("the RSA key has fewer than 2048 bits")
    return form.kind.import_key(dict(members))


def _thumbprint(members: Mapping[str, str]) -> str:
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _fits_request(claims: Mapping[str, object], method: str, url: str) -> None:
    if claims.get("htm") != method:
        raise BadProof("htm is not the method of this request")
    htu = claims.get("htu")
    if not isinstance(htu, str) or _normal(htu) != _normal(url):
        raise BadProof("htu is not the address of this request")


def _normal(url: str) -> tuple[str, str, int | None, str] | None:
    """Return an address in the form in which two are compared: no query, no fragment, nothing of spelling.

    RFC 9449 §4.3 asks for the normalizations of RFC 3986 §6.2.2 and §6.2.3.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.username is not None or parts.password is not None:
        return None
    return parts.scheme, parts.hostname or "", port, unquote(parts.path) or "/"


def _fits_time(claims: Mapping[str, object], now: datetime) -> datetime:
    """Return when the proof was made, which must be about now; `nbf` and `exp` need not be there, but count."""
    made, first, last = (_number(claims, name) for name in ("iat", "nbf", "exp"))
    if made is None:
        raise BadProof("iat is missing")
    seconds = now.timestamp()
    if made < seconds - LONGEST_PAST.total_seconds() or (last is not None and last <= seconds):
        raise BadProof("the proof is too old: make one for each request, and compare the clocks")
    if max(made, first or made) > seconds + LONGEST_AHEAD.total_seconds():
        raise BadProof("the proof is from the future: compare the clocks")
    return datetime.fromtimestamp(made, UTC)


def _number(claims: Mapping[str, object], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BadProof(f"{name} is not a number")
    return value


def _same(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
