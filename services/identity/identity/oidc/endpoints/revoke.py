"""Revocation (RFC 7009): a client gives a token back. Unknown and foreign tokens are answered alike, and left alone."""

from flask import Response

from identity.oidc.endpoints.form import answer, calling_client, read_form
from identity.oidc.faults import PARAMETER_MISSING, Refused
from identity.oidc.grants.revocation import revoke_access_token, revoke_refresh_token
from identity.oidc.provider import Provider
from identity.oidc.tokens import reading
from shared.auth import open_to_all
from shared.service import Actor
from shared.web.door import context, transaction


@open_to_all("clients authenticate with their secret (RFC 7009 §2.1)")
def revoke() -> Response:
    """Revoke an access token, or a refresh token with its whole family."""
    asked = read_form()
    client = calling_client(asked)
    token = asked.get("token")
    if token is None:
        raise Refused(PARAMETER_MISSING, "token")
    place = context()
    provider = place.part(Provider)
    found = reading.access_token(provider.ring, provider.issuer, token, place.clock.now())
    with transaction(Actor(client.id, "client")) as work:
        if found is None:
            revoke_refresh_token(work, token, client.id)
        elif found.client_id == client.id:
            revoke_access_token(work, found)
    return answer({})
