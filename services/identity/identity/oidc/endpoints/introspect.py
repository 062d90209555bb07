"""Introspection (RFC 7662): is this token good now, and what is true of its person at this instant?

A client learns about its own tokens; one registered for `tokens.introspect` about all. Everything else, expired and
foreign alike, is just `{"active": false}`. Whoever must be able to show the answer to others asks for it signed
(RFC 9701).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select

from identity.oidc import claims, scopes
from identity.oidc.claims import Organization
from identity.oidc.clients.policy import Client
from identity.oidc.endpoints.form import UNKEPT, answer, proven_client, read_form
from identity.oidc.endpoints.refusing import for_programs
from identity.oidc.faults.calling import PARAMETER_MISSING
from identity.oidc.faults.fault import Refused
from identity.oidc.grants import exchange
from identity.oidc.grants.models import BY_REFRESH, revoked_tokens
from identity.oidc.grants.standing import of_grant
from identity.oidc.openings import service as openings
from identity.oidc.provider import Provider
from identity.oidc.tokens import reading
from identity.oidc.tokens.mint import INTROSPECTION_TYPE
from identity.oidc.tokens.reading import AccessToken
from shared.auth import open_to_all
from shared.crypto import sha256
from shared.db import Database, Query
from shared.service import Context
from shared.web.express import Asked, Reply

SIGNED = f"application/{INTROSPECTION_TYPE}"
_INACTIVE: dict[str, object] = {"active": False}
_REVOKED = Query(select(revoked_tokens.c.jti).where(revoked_tokens.c.jti == bindparam("jti")))
_COPIED = (
    "iss",
    "sub",
    "aud",
    "client_id",
    "scope",
    "exp",
    "iat",
    "jti",
    "sid",
    "acr",
    "amr",
    "auth_time",
    "cnf",
    "act",
)


@open_to_all("clients authenticate with their secret (RFC 7662 §2.1)")
@for_programs
def introspect(place: Context, asked: Asked) -> Reply:
    """Tell a client about a token."""
    given = read_form(asked)
    client = proven_client(place, asked, given)
    token = given.get("token")
    if token is None:
        raise Refused(PARAMETER_MISSING, "token")
    told = _told(place, client, token)
    return _signed(place, client, told) if _wants_signed(asked) else answer(told)


def _wants_signed(asked: Asked) -> bool:
    accepted = (asked.header("Accept") or "").split(",")
    return SIGNED in {one.partition(";")[0].strip().lower() for one in accepted}


def _signed(place: Context, client: Client, told: Mapping[str, object]) -> Reply:
    """The answer as a token for this client (RFC 9701): what it was told and when, to be shown to others."""
    text = place.part(Provider).mint.introspection(client.id, client.signing_alg, place.clock.now(), told)
    return Reply(text.encode(), 200, SIGNED, UNKEPT)


def _told(place: Context, client: Client, token: str) -> dict[str, object]:
    provider, now = place.part(Provider), place.clock.now()
    found = reading.access_token(place.database, provider.ring, provider.issuer, token, now)
    if found is None:
        return _refresh_token(place.database, provider, client, token, now)
    if not _may_ask(client, found.client_id):
        return _INACTIVE
    if found.grant_id is None:
        return _of_program(place.database, provider, found)
    return _of_person(place.database, found, found.grant_id, now)


def _may_ask(client: Client, holder: str) -> bool:
    return holder == client.id or scopes.INTROSPECT in client.scopes


def _of_person(database: Database, found: AccessToken, grant_id: str, now: datetime) -> dict[str, object]:
    standing = of_grant(database, grant_id, now, found.jti)
    if standing is None or not exchange.stands(database, found.claims, now):
        return _INACTIVE
    organization = _open_now(database, found, standing.organization, now)
    return _active(found) | claims.of_access(found.scopes, standing.person, organization)


def _open_now(
    database: Database, found: AccessToken, organization: Organization | None, now: datetime
) -> Organization | None:
    """The organization without its functions that are closed now, as the token endpoint leaves them out (J5)."""
    if organization is None or scopes.FUNCTIONS not in found.scopes:
        return organization
    functions, _ = openings.within(database, organization.functions, now)
    return replace(organization, functions=functions)


def _of_program(database: Database, provider: Provider, found: AccessToken) -> dict[str, object]:
    revoked = _REVOKED.first(database, {"jti": found.jti})
    client = provider.clients.find(found.client_id)
    return _INACTIVE if revoked or client is None or not client.enabled else _active(found)


def _active(found: AccessToken) -> dict[str, object]:
    copied = {name: found.claims[name] for name in _COPIED if name in found.claims}
    return {"active": True, "token_type": "Bearer" if found.jkt is None else "DPoP", **copied}


def _refresh_token(
    database: Database, provider: Provider, client: Client, token: str, now: datetime
) -> dict[str, object]:
    row = BY_REFRESH.first(database, {"token": sha256(token)})
    if row is None or not _may_ask(client, row.client_id) or row.used_at is not None or row.token_expires_at <= now:
        return _INACTIVE
    standing = of_grant(database, row.id, now)
    if standing is None:
        return _INACTIVE
    return {
        "active": True,
        "token_type": "refresh_token",
        "iss": provider.issuer,
        "sub": row.account_id,
        "client_id": row.client_id,
        "scope": " ".join(row.scopes),
        "exp": int(row.token_expires_at.timestamp()),
        "sid": row.session_id,
    }
