"""Introspection (RFC 7662): is this token good now, and what is true of its person at this instant?

A client learns about its own tokens; one registered for `tokens.introspect` about all. Everything else, expired and
foreign alike, is just `{"active": false}`.
"""

from datetime import datetime

from flask import Response
from sqlalchemy import Connection, bindparam, select

from identity.oidc import claims, scopes
from identity.oidc.clients.policy import Client
from identity.oidc.endpoints.form import answer, calling_client, read_form
from identity.oidc.faults import PARAMETER_MISSING, Refused
from identity.oidc.grants.models import BY_REFRESH, revoked_tokens
from identity.oidc.grants.standing import of_grant
from identity.oidc.provider import Provider
from identity.oidc.tokens import reading
from identity.oidc.tokens.reading import AccessToken
from shared.auth import open_to_all
from shared.crypto import sha256
from shared.service import Context
from shared.web.door import context

_INACTIVE: dict[str, object] = {"active": False}
_REVOKED = select(revoked_tokens.c.jti).where(revoked_tokens.c.jti == bindparam("jti"))
_COPIED = ("iss", "sub", "aud", "client_id", "scope", "exp", "iat", "jti", "sid", "acr", "amr", "auth_time")


@open_to_all("clients authenticate with their secret (RFC 7662 §2.1)")
def introspect() -> Response:
    """Tell a client about a token."""
    asked = read_form()
    client = calling_client(asked)
    token = asked.get("token")
    if token is None:
        raise Refused(PARAMETER_MISSING, "token")
    return answer(_told(context(), client, token))


def _told(place: Context, client: Client, token: str) -> dict[str, object]:
    provider, now = place.part(Provider), place.clock.now()
    found = reading.access_token(provider.ring, provider.issuer, token, now)
    with place.database.connection() as connection:
        if found is None:
            return _refresh_token(connection, provider, client, token, now)
        if not _may_ask(client, found.client_id):
            return _INACTIVE
        if found.grant_id is None:
            return _of_program(connection, provider, found)
        return _of_person(connection, provider, found, found.grant_id, now)


def _may_ask(client: Client, holder: str) -> bool:
    return holder == client.id or scopes.INTROSPECT in client.scopes


def _of_person(
    connection: Connection, provider: Provider, found: AccessToken, grant_id: str, now: datetime
) -> dict[str, object]:
    standing = of_grant(connection, grant_id, now, found.jti)
    if standing is None:
        return _INACTIVE
    present = claims.of_access(found.scopes, standing.person, standing.organization)
    return _active(found) | present


def _of_program(connection: Connection, provider: Provider, found: AccessToken) -> dict[str, object]:
    revoked = connection.execute(_REVOKED, {"jti": found.jti}).first()
    return _INACTIVE if revoked or provider.clients.find(found.client_id) is None else _active(found)


def _active(found: AccessToken) -> dict[str, object]:
    copied = {name: found.claims[name] for name in _COPIED if name in found.claims}
    return {"active": True, "token_type": "Bearer", **copied}


def _refresh_token(
    connection: Connection, provider: Provider, client: Client, token: str, now: datetime
) -> dict[str, object]:
    row = connection.execute(BY_REFRESH, {"token": sha256(token)}).one_or_none()
    if row is None or not _may_ask(client, row.client_id) or row.used_at is not None or row.token_expires_at <= now:
        return _INACTIVE
    standing = of_grant(connection, row.id, now)
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
