"""Which receiver calls: a program with a token of its own and a scope that an operator gave it (RFC 6750, RFC 9449).

Read as userinfo reads tokens, and not offline as the other APIs do: a token that was revoked, a client that was
switched off and a scope that was taken away count at once.
"""

from collections.abc import Callable

from sqlalchemy import bindparam, select

from identity.oidc.clients.models import ClientRow
from identity.oidc.clients.policy import Client
from identity.oidc.grants.models import revoked_tokens
from identity.oidc.provider import Provider
from identity.oidc.scopes import SIGNALS_MANAGE, SIGNALS_READ
from identity.oidc.tokens import reading
from identity.oidc.tokens.reading import AccessToken
from shared.auth.dpop import BadProof
from shared.auth.possession import BEARER, BOTH_WAYS, HEADER, SCHEME, Call, WrongWay, challenge, insist_holder
from shared.db import Query
from shared.errors import Problem, forbidden, unauthorized
from shared.service import Context

API = "/ssf"  # under the issuer, as the audience of tokens for these doors alone (RFC 8707)
_SCHEMES = frozenset({BEARER.lower(), SCHEME.lower()})
_REVOKED = Query(select(revoked_tokens.c.jti).where(revoked_tokens.c.jti == bindparam("jti")))


def listens(client: Client | ClientRow | None) -> bool:
    """Return whether events may go to a client now: it is switched on and still has a scope of signals."""
    return client is not None and client.enabled and not {SIGNALS_MANAGE, SIGNALS_READ}.isdisjoint(client.scopes)


def receiver(place: Context, header: Callable[[str], str | None], call: Call, *scopes: str) -> Client:
    """Return the client that calls, where its token has one of `scopes`; raises the 401 or 403 Problem.

    `header` returns a header of the request by its name: no token is taken from an address or a body.
    """
    found = _presented(place, header, call)
    client = place.part(Provider).clients.find(found.client_id)
    if client is None or not client.enabled or _REVOKED.first(place.database, {"jti": found.jti}):
        raise _refused("it is expired, revoked or not one of ours")
    if found.grant_id is not None or found.subject != found.client_id:
        raise forbidden("programs-only", "Only a program with its own token (client credentials) may call this.")
    if not any(scope in found.scopes and scope in client.scopes for scope in scopes):
        raise _too_narrow(found, scopes[0])
    return client


def _presented(place: Context, header: Callable[[str], str | None], call: Call) -> AccessToken:
    kind, _, rest = (header("Authorization") or "").partition(" ")
    token = rest.strip()
    if kind.lower() not in _SCHEMES or not token:
        raise unauthorized("token-missing", "Send an access token: Authorization: Bearer …", BOTH_WAYS)
    provider = place.part(Provider)
    found = reading.access_token(place.database, provider.ring, provider.issuer, token, place.clock.now())
    if found is None:
        raise _refused("it is expired, revoked or not one of ours")
    if {provider.issuer, provider.issuer + API}.isdisjoint(map(str, found.audience)):
        raise _refused("it is meant for another API")
    try:
        insist_holder(place, kind, token, found.jkt, header(HEADER), call)
    except WrongWay as error:
        raise _refused(str(error), challenge("invalid_token", str(error))) from error
    except BadProof as error:
        raise _refused(str(error), challenge("invalid_dpop_proof", str(error))) from error
    return found


def _refused(why: str, told: str = f'{BEARER} error="invalid_token"') -> Problem:
    return unauthorized("token-refused", f"The access token was refused: {why}.", told)


def _too_narrow(found: AccessToken, scope: str) -> Problem:
    """403 with the challenge of RFC 6750 §3.1."""
    scheme = BEARER if found.jkt is None else SCHEME
    refusal = forbidden("insufficient-scope", f"The access token needs the scope {scope}.", scope=scope)
    refusal.headers["WWW-Authenticate"] = f'{scheme} error="insufficient_scope", scope="{scope}"'
    return refusal
