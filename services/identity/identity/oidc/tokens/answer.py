"""The answer of the token endpoint (RFC 6749 §5.1), put together from what a grant led to."""

from collections.abc import Sequence
from datetime import datetime

from identity.oidc import claims, lives
from identity.oidc.clients.policy import Client
from identity.oidc.grants.outcome import Granted
from identity.oidc.scopes import OPENID
from identity.oidc.tokens.mint import Mint


def for_person(mint: Mint, client: Client, found: Granted, now: datetime) -> dict[str, object]:
    """Return access token, ID token and refresh token of a person's grant."""
    facts = claims.of_access(found.scopes, found.person, found.organization)
    held = {**facts, "grant": found.grant_id}
    access_token = mint.person_token(client.id, found.subject, found.audience, found.scopes, now, found.proof, held)
    answer = _body(access_token, found.scopes)
    if found.refresh_token is not None:
        answer["refresh_token"] = found.refresh_token
    if OPENID in found.scopes:
        said = claims.of_person(found.scopes, found.person, found.organization)
        answer["id_token"] = mint.id_token(
            client.id,
            found.subject,
            client.signing_alg,
            now,
            found.proof,
            said,
            nonce=found.nonce,
            access_token=access_token,
        )
    return answer


def for_program(
    mint: Mint, client: Client, audience: Sequence[str], scopes: Sequence[str], now: datetime
) -> dict[str, object]:
    """Return the access token that a client holds for itself; no refresh token (RFC 6749 §4.4.3)."""
    return _body(mint.program_token(client.id, audience, scopes, now), scopes)


def _body(access_token: str, scopes: Sequence[str]) -> dict[str, object]:
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": int(lives.ACCESS_TOKEN.total_seconds()),
        "scope": " ".join(scopes),
    }
