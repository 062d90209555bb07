"""Recognizing our own tokens again. Each kind is told from every other by type and claims (threat 16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from identity.oidc.keys.ring import KeyRing, NotOurs
from identity.oidc.tokens import opaque
from identity.oidc.tokens.mint import ACCESS_TYPE, ID_TYPE
from shared.db import Source


@dataclass(frozen=True)
class AccessToken:
    """An access token of ours within its time; without grant and session where a client is its own subject."""

    jti: str
    subject: str
    client_id: str
    scopes: tuple[str, ...]
    expires_at: int
    grant_id: str | None
    session_id: str | None
    jkt: str | None
    claims: Mapping[str, object]

    @property
    def audience(self) -> Sequence[object]:
        """The APIs it is meant for; a list even where there is one."""
        aud = self.claims.get("aud")
        return aud if isinstance(aud, list) else [aud]


@dataclass(frozen=True)
class Hint:
    """An ID token of ours, however old: who signed in where, in which session."""

    client_id: str
    subject: str
    session_id: str


def access_token(source: Source, ring: KeyRing, issuer: str, token: str, now: datetime) -> AccessToken | None:
    """Return what an access token means, whatever its form, or None for anything else: foreign, expired, another kind.

    Only an opaque one takes a statement.
    """
    claims = opaque.claims_of(source, token) if token.startswith(opaque.PREFIX) else _signed(ring, issuer, token)
    if claims is None:
        return None
    expires_at = int(cast("int", claims["exp"]))
    if now.timestamp() >= expires_at:
        return None
    return AccessToken(
        jti=str(claims["jti"]),
        subject=str(claims["sub"]),
        client_id=str(claims["client_id"]),
        scopes=tuple(str(claims["scope"]).split()),
        expires_at=expires_at,
        grant_id=_text(claims.get("grant")),
        session_id=_text(claims.get("sid")),
        jkt=_bound_to(claims.get("cnf")),
        claims=claims,
    )


def _signed(ring: KeyRing, issuer: str, token: str) -> Mapping[str, object] | None:
    try:
        read = ring.read(token)
    except NotOurs:
        return None
    is_one = read.header.get("typ") == ACCESS_TYPE and read.claims.get("iss") == issuer
    return read.claims if is_one else None


def id_token_hint(ring: KeyRing, issuer: str, token: str) -> Hint | None:
    """Return what an ID token says as a hint at sign-out; it may be expired (RP-Initiated Logout 1.0 §2)."""
    try:
        read = ring.read(token)
    except NotOurs:
        return None
    claims = read.claims
    if read.header.get("typ") != ID_TYPE or claims.get("iss") != issuer or "at_hash" not in claims:
        return None
    audience, subject, session_id = claims.get("aud"), claims.get("sub"), claims.get("sid")
    if not isinstance(audience, str) or not isinstance(subject, str) or not isinstance(session_id, str):
        return None
    return Hint(audience, subject, session_id)


def _bound_to(confirmation: object) -> str | None:
    return _text(confirmation.get("jkt")) if isinstance(confirmation, dict) else None


def _text(value: object) -> str | None:
    return str(value) if value else None
