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


@dataclass(frozen=True)
class Proof:
    """How and when the person behind a token signed in."""

    session_id: str
    acr: str
    amr: Sequence[str]
    auth_time: datetime


class Mint:
    """Signs tokens of one issuer."""

    def __init__(self, issuer: str, ring: KeyRing, ids: Ids) -> None:
        self._issuer = issuer
        self._ring = ring
        self._ids = ids

    def program_token(self, client_id: str, audience: Sequence[str], scopes: Sequence[str], now: datetime) -> str:
        """Return an access token that a client holds for itself: `sub` is the client (RFC 9068 §2.2)."""
        return self._access(client_id, client_id, audience, scopes, now, {})

    def person_token(
        self,
        client_id: str,
        subject: str,
        audience: Sequence[str],
        scopes: Sequence[str],
        now: datetime,
        proof: Proof,
        claims: Mapping[str, object],
    ) -> str:
        """Return an access token that a client holds for a person; `claims` carry the grant and what scopes open."""
        strength = {"acr": proof.acr, "amr": list(proof.amr), "auth_time": _seconds(proof.auth_time)}
        facts = {"sid": proof.session_id, **strength, **claims}
        return self._access(client_id, subject, audience, scopes, now, facts)

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
            "at_hash": token_hash(access_token),
        }
        if nonce is not None:
            body["nonce"] = nonce
        return self._ring.sign(body, typ=ID_TYPE, algorithm=algorithm)

    def _access(
        self,
        client_id: str,
        subject: str,
        audience: Sequence[str],
        scopes: Sequence[str],
        now: datetime,
        claims: Mapping[str, object],
    ) -> str:
        body = {
            **claims,
            "iss": self._issuer,
            "sub": subject,
            "aud": audience[0] if len(audience) == 1 else list(audience),
            "client_id": client_id,
            "scope": " ".join(scopes),
            "iat": _seconds(now),
            "exp": _seconds(now + lives.ACCESS_TOKEN),
            "jti": self._ids.new("tok"),
        }
        return self._ring.sign(body, typ=ACCESS_TYPE, algorithm=DEFAULT_ALGORITHM)


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
