"""Userinfo (OIDC Core §5.3): what is true now of the person behind an access token."""

from flask import Response, request

from identity.oidc import claims, parameters
from identity.oidc.endpoints.form import answer
from identity.oidc.faults import TOKEN_MISSING, TOKEN_REFUSED, TOKEN_SCOPE, TOKEN_TWICE, Refused
from identity.oidc.grants.standing import of_grant
from identity.oidc.provider import Provider
from identity.oidc.scopes import OPENID
from identity.oidc.tokens import reading
from shared.auth import open_to_all
from shared.web.door import context


@open_to_all("the access token is checked here, as RFC 6750 §3 answers differ from those of the JSON APIs")
def userinfo() -> Response:
    """Return the claims that the token's scopes open."""
    place = context()
    provider, now = place.part(Provider), place.clock.now()
    found = reading.access_token(provider.ring, provider.issuer, _bearer(), now)
    if found is None or found.grant_id is None:
        raise Refused(TOKEN_REFUSED)
    if OPENID not in found.scopes:
        raise Refused(TOKEN_SCOPE)
    with place.database.connection() as connection:
        standing = of_grant(connection, found.grant_id, now, found.jti)
    if standing is None:
        raise Refused(TOKEN_REFUSED)
    return answer({"sub": found.subject} | claims.of_person(found.scopes, standing.person, standing.organization))


def _bearer() -> str:
    """Return the token from the header or from a form (RFC 6750 §2.1 and §2.2); the address is no place for one."""
    scheme, _, in_header = request.headers.get("Authorization", "").partition(" ")
    asked = parameters.read(request.form.items(multi=True))
    in_form = asked.get("access_token") if request.method == "POST" else None
    if (in_header and in_form) or "access_token" in asked.repeated:
        raise Refused(TOKEN_TWICE)
    if in_header and scheme.lower() != "bearer":
        raise Refused(TOKEN_MISSING, "none")
    token = in_header.strip() or in_form
    if not token:
        raise Refused(TOKEN_MISSING, "none")
    return token
