"""Writing tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from identity.oidc import lives
from identity.oidc.claims import token_hash
from identity.oidc.keys.life import DEFAULT_ALGORITHM
from identity.oidc.keys.ring import KeyRing
from shared.ids import Ids

ACCESS_TYPE = "at+jwt"
ID_TYPE = "JWT"
INTROSPECTION_TYPE = "token-introspection+jwt"


@dataclass(frozen=True)
class Proof:
    """How and when the person behind a token signed in."""

    session_id: str
    acr: str
    amr: Sequence[str]
    auth_time: datetime


@dataclass(frozen=True)
class Terms:
    """For whom an access token is, what it opens, and from when until when.

    `jkt` is the thumbprint of the key that it is bound to (RFC 9449 §6.1); without one it is a bearer token.
    """

    client_id: str
    audience: Sequence[str]
    scopes: Sequence[str]
    now: datetime
    until: datetime
    jkt: str | None = None

    @property
    def seconds(self) -> int:
        """How long the token lives: `expires_in` (RFC 6749 §5.1)."""
        return _seconds(self.until) - _seconds(self.now)


class Mint:
    """Signs tokens of one issuer."""

    def __init__(self, issuer: str, ring: KeyRing, ids: Ids) -> None:
        self._issuer = issuer
        self._ring = ring
        self._ids = ids

    def of_program(self, terms: Terms) -> Mapping[str, object]:
        """Return what an access token says that a client holds for itself: `sub` is the client (RFC 9068 §2.2)."""
        return self._access(terms, terms.client_id, {})

    def of_person(self, terms: Terms, subject: str, proof: Proof, claims: Mapping[str, object]) -> Mapping[str, object]:
        """Return what one says that a client holds for a person; `claims` carry the grant and what scopes open."""
        strength = {"acr": proof.acr, "amr": list(proof.amr), "auth_time": _seconds(proof.auth_time)}
        return self._access(terms, subject, {"sid": proof.session_id, **strength, **claims})

    def signed(self, claims: Mapping[str, object]) -> str:
        """Return an access token that says what it means by itself (RFC 9068)."""
        return self._ring.sign(claims, typ=ACCESS_TYPE, algorithm=DEFAULT_ALGORITHM)

    def introspection(self, client_id: str, algorithm: str, now: datetime, told: Mapping[str, object]) -> str:
        """Return what was told of a token to a client, so that it can show it to others (RFC 9701 §5)."""
        body = {"iss": self._issuer, "aud": client_id, "iat": _seconds(now), "token_introspection": told}
        return self._ring.sign(body, typ=INTROSPECTION_TYPE, algorithm=algorithm)

    def id_token(
        self,
        client_id: str,
        subject: str,
        algorithm: str,
        now: datetime,
        proof: Proof,
        claims: Mapping[str, object],
        *,
        nonce: str | None,
        access_token: str,
    ) -> str:
        """Return an ID token for the client, tied to the access token beside it by `at_hash`."""
        body: dict[str, object] = {
            **claims,
            "iss": self._issuer,
            "sub": subject,
            "aud": client_id,
            "iat": _seconds(now),
            "exp": _seconds(now + lives.ID_TOKEN),
            "auth_time": _seconds(proof.auth_time),
            "acr": proof.acr,
            "amr": list(proof.amr),
            "sid": proof.session_id,
            "at_hash": token_hash(access_token, algorithm),
        }
        if nonce is not None:
            body["nonce"] = nonce
        return self._ring.sign(body, typ=ID_TYPE, algorithm=algorithm)

    def _access(self, terms: Terms, subject: str, claims: Mapping[str, object]) -> Mapping[str, object]:
        body = {
            **claims,
            "iss": self._issuer,
            "sub": subject,
            "aud": terms.audience[0] if len(terms.audience) == 1 else list(terms.audience),
            "client_id": terms.client_id,
            "scope": " ".join(terms.scopes),
            "iat": _seconds(terms.now),
            "exp": _seconds(terms.until),
            "jti": self._ids.new("tok"),
        }
        if terms.jkt is not None:
            body["cnf"] = {"jkt": terms.jkt}
        return body


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
