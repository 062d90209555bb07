"""Access tokens of identity, checked offline: signature, type, issuer, audience, time (RFC 9068 §4)."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from shared.clock import Clock
from shared.errors import Problem

_ALGORITHMS = ["ES256", "RS256"]
_LEEWAY = timedelta(seconds=5)
_KEYS_LIVE = timedelta(minutes=5)
# While identity is away its keys go on counting: a restart of one service is no outage of all.
_KEYS_LAST = timedelta(hours=1)
# An unknown kid asks for the keys again, but a flood of them does not become a flood of requests (threat 56).
_REFETCH_AT_MOST = timedelta(seconds=10)
_TOKENS_KEPT = 4096
# Without these it is no access token (RFC 9068 §2.2); compared with each other they tell a person from a program.
_NAMES = ("sub", "client_id")


class TokenRefused(Exception):
    """The bearer token is not one of ours for this audience; the message is for logs and `error_description`."""


@dataclass(frozen=True)
class Caller:
    """Whom a verified token names. `subject` is the account id, or the client id for client credentials."""

    subject: str
    client_id: str
    scopes: frozenset[str]
    population: str | None = None
    organization_id: str | None = None
    acr: str | None = None
    jkt: str | None = None  # the key that its token is bound to (RFC 9449 §6.1); None: a bearer token
    claims: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Trust:
    """Keys, and what was verified under them: SHA-256 of a token → what it says. Other keys begin with nothing."""

    keys: KeySet
    verified: dict[bytes, Caller] = field(default_factory=dict)


class TokenVerifier:
    """Verifies tokens for one audience; keys come from `fetch_keys` and are fetched anew after five minutes.

    Safe from several threads. `fetch_keys` raises Problem while identity is away.
    """

    def __init__(self, issuer: str, audience: str, clock: Clock, fetch_keys: Callable[[], KeySetSerialization]) -> None:
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._fetch = fetch_keys
        self._lock = threading.Lock()
        self._trust: _Trust | None = None
        self._fetched_at = self._asked_at = datetime.min.replace(tzinfo=UTC)

    def verify(self, token: str) -> Caller:
        """Return whom the token names; raises TokenRefused with the reason."""
        try:
            return self._check(token, self._trusted())
        except InvalidKeyIdError:  # perhaps a key that is newer than ours
            pass
        except (ValueError, TypeError, JoseError) as error:
            raise TokenRefused(f"signature: {error}") from error
        try:
            return self._check(token, self._trusted(unknown_kid=True))
        except (ValueError, TypeError, JoseError) as error:
            raise TokenRefused(f"signature: {error}") from error

    def _check(self, token: str, trust: _Trust) -> Caller:
        # A signature does not change between two calls with the same token, and checking it costs as much as a
        # decision does; time is checked each time. The token itself is not kept, only what it hashes to.
        seen = hashlib.sha256(token.encode()).digest()
        found = trust.verified.get(seen)
        if found is None:
            found = self._read(token, trust.keys)
            if len(trust.verified) >= _TOKENS_KEPT:
                trust.verified.clear()
            trust.verified[seen] = found
        self._check_time(found.claims)
        return found

    def _read(self, token: str, keys: KeySet) -> Caller:
        decoded = jwt.decode(token, keys, algorithms=_ALGORITHMS)
        if str(decoded.header.get("typ", "")).lower() not in {"at+jwt", "application/at+jwt"}:
            raise TokenRefused("not an access token (typ)")
        claims = decoded.claims
        if claims.get("iss") != self._issuer:
            raise TokenRefused("another issuer")
        audience = claims.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefused("meant for another audience")
        if not all(isinstance(claims.get(name), str) and claims[name] for name in _NAMES):
            raise TokenRefused("it does not say whose it is")
        return _caller(claims)

    def _check_time(self, claims: dict[str, object]) -> None:
        now = self._clock.now().timestamp()
        leeway = _LEEWAY.total_seconds()
        expires, issued, begins = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
        if not isinstance(expires, int | float) or expires + leeway <= now:
            raise TokenRefused("expired")
        if not isinstance(issued, int | float) or issued - leeway > now:
            raise TokenRefused("issued in the future")
        if not isinstance(begins, int | float) or begins - leeway > now:
            raise TokenRefused("not good yet")

    def _trusted(self, *, unknown_kid: bool = False) -> _Trust:
        now = self._clock.now()
        with self._lock:
            if self._trust is None or self._is_due(now, unknown_kid):
                self._trust = self._fetched(now)
            return self._trust

    def _is_due(self, now: datetime, unknown_kid: bool) -> bool:
        age, since_asked = now - self._fetched_at, now - self._asked_at
        if not timedelta(0) <= age <= _KEYS_LAST:  # also where a travelling clock left keys in the "future"
            return True
        return since_asked > _REFETCH_AT_MOST and (unknown_kid or age > _KEYS_LIVE)

    def _fetched(self, now: datetime) -> _Trust:
        self._asked_at = now
        try:
            found = _Trust(KeySet.import_key_set(self._fetch()))
        except Problem:
            if self._trust is None or not timedelta(0) <= now - self._fetched_at <= _KEYS_LAST:
                raise
            return self._trust
        self._fetched_at = now
        return found


def _bound_to(confirmation: object) -> str | None:
    """Return the key a token is bound to; what is bound in a way we cannot check is no bearer token (RFC 7800 §3.1)."""
    if confirmation is None:
        return None
    jkt = confirmation.get("jkt") if isinstance(confirmation, dict) else None
    if not isinstance(jkt, str) or not jkt:
        raise TokenRefused("bound in a way that is not known here (cnf)")
    return jkt


def _caller(claims: dict[str, object]) -> Caller:
    organization = claims.get("org")
    population = claims.get("population")
    acr = claims.get("acr")
    return Caller(
        subject=str(claims.get("sub", "")),
        client_id=str(claims.get("client_id", "")),
        scopes=frozenset(str(claims.get("scope", "")).split()),
        population=str(population) if population else None,
        organization_id=str(organization["id"]) if isinstance(organization, dict) and "id" in organization else None,
        acr=str(acr) if acr else None,
        jkt=_bound_to(claims.get("cnf")),
        claims=claims,
    )
