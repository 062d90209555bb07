"""Revocation (RFC 7009): a client gives a token back. Unknown and foreign tokens are answered alike, and left alone.

§2.1 would have us tell a client that a token is another's; whoever found one would learn by that that it is good.
"""

from identity.oidc.endpoints.form import answer, calling_client, read_form
from identity.oidc.endpoints.refusing import for_programs
from identity.oidc.faults.calling import PARAMETER_MISSING
from identity.oidc.faults.fault import Refused
from identity.oidc.grants.revocation import revoke_access_token, revoke_refresh_token
from identity.oidc.provider import Provider
from identity.oidc.tokens import reading
from shared.auth import open_to_all
from shared.service import Actor, Context
from shared.web.express import Asked, Reply


@open_to_all("clients authenticate with their secret (RFC 7009 §2.1)")
@for_programs
def revoke(place: Context, asked: Asked) -> Reply:
    """Revoke an access token, or a refresh token with its whole family."""
    given = read_form(asked)
    client = calling_client(place, asked, given)
    token = given.get("token")
    if token is None:
        raise Refused(PARAMETER_MISSING, "token")
    provider = place.part(Provider)
    with place.transaction(Actor(client.id, "client"), asked.id) as work:
        found = reading.access_token(work.session, provider.ring, provider.issuer, token, work.now)
        if found is None:
            revoke_refresh_token(work, token, client.id)
        elif found.client_id == client.id:
            revoke_access_token(work, found)
    return answer({})
