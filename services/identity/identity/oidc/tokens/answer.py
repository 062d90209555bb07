"""The answer of the token endpoint (RFC 6749 §5.1), put together from what a grant led to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from identity.oidc import claims
from identity.oidc.claims import ID_TOKEN
from identity.oidc.grants.call import Call
from identity.oidc.grants.exchange import ACCESS_TOKEN_TYPE
from identity.oidc.grants.outcome import Granted
from identity.oidc.scopes import OPENID
from identity.oidc.tokens.mint import Mint, Terms

# How an access token becomes text: signed, or kept and named by random bits.
Write = Callable[[Mapping[str, object]], str]


def for_person(mint: Mint, write: Write, call: Call, found: Granted, now: datetime) -> dict[str, object]:
    """Return access token and ID token of a person's grant.

    The access token is bound to the key of the call's proof, and ends when the client's policy says, or when what it
    speaks of ends, whichever is sooner (J5).
    """
    terms = _terms(call, found.audience, found.scopes, now, found.until)
    access_token = write(mint.of_person(terms, found.subject, found.proof, _held(found)))
    answer = _body(access_token, terms)
    if found.actor is not None:
        answer["issued_token_type"] = ACCESS_TOKEN_TYPE  # RFC 8693 §2.2.1
    if OPENID in found.scopes:
        answer["id_token"] = _id_token(mint, call, found, now, access_token)
    return answer


def for_program(
    mint: Mint, write: Write, call: Call, audience: Sequence[str], scopes: Sequence[str], now: datetime
) -> dict[str, object]:
    """Return the access token that a client holds for itself; no refresh token (RFC 6749 §4.4.3)."""
    terms = _terms(call, audience, scopes, now)
    return _body(write(mint.of_program(terms)), terms)


def _terms(
    call: Call, audience: Sequence[str], scopes: Sequence[str], now: datetime, until: datetime | None = None
) -> Terms:
    ends = now + call.client.access_token_life
    return Terms(call.client.id, audience, scopes, now, ends if until is None else min(ends, until), call.jkt)


def _held(found: Granted) -> dict[str, object]:
    facts = claims.of_access(found.scopes, found.person, found.open_now)
    acting = {} if found.actor is None else {"act": dict(found.actor)}
    return {**facts, **acting, "grant": found.grant_id}


def _id_token(mint: Mint, call: Call, found: Granted, now: datetime, access_token: str) -> str:
    """What the scopes open, and what was asked for by name (OIDC Core §5.4 and §5.5)."""
    said = claims.of_person(found.scopes, found.person, found.organization)
    named = claims.by_name(found.claims, ID_TOKEN, call.client.scopes, found.person)
    return mint.id_token(
        call.client.id,
        found.subject,
        call.client.signing_alg,
        now,
        found.proof,
        said | named,
        nonce=found.nonce,
        access_token=access_token,
    )


def _body(access_token: str, terms: Terms) -> dict[str, object]:
    return {
        "access_token": access_token,
        "token_type": "Bearer" if terms.jkt is None else "DPoP",
        "expires_in": terms.seconds,
        "scope": " ".join(terms.scopes),
    }
