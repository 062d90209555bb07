"""Userinfo (OIDC Core §5.3): what is true now of the person behind an access token."""

from collections.abc import Collection

from identity.oidc import claims, tins
from identity.oidc.claims import USERINFO
from identity.oidc.dpop import refused_proof
from identity.oidc.endpoints.form import answer, sent
from identity.oidc.endpoints.refusing import for_programs
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.tokens import (
    TOKEN_BOUND,
    TOKEN_ELSEWHERE,
    TOKEN_MISSING,
    TOKEN_REFUSED,
    TOKEN_SCOPE,
    TOKEN_TWICE,
)
from identity.oidc.grants.standing import Standing, of_grant
from identity.oidc.provider import Provider
from identity.oidc.scopes import OPENID, TIN
from identity.oidc.tokens import reading
from identity.oidc.tokens.reading import AccessToken
from shared.auth import open_to_all
from shared.auth.dpop import BadProof
from shared.auth.possession import BEARER, HEADER, SCHEME, Call, WrongWay, insist_holder
from shared.service import Context
from shared.web.express import Asked, Reply

_SCHEMES = frozenset({BEARER.lower(), SCHEME.lower()})


@open_to_all("the access token is checked here, as RFC 6750 §3 answers differ from those of the JSON APIs")
@for_programs
def userinfo(place: Context, asked: Asked) -> Reply:
    """Return the claims that the token's scopes open, and those that were asked for by name."""
    found = _presented(place, asked)
    if found.grant_id is None:
        raise Refused(TOKEN_REFUSED)
    if OPENID not in found.scopes:
        raise Refused(TOKEN_SCOPE)
    standing = of_grant(place.database, found.grant_id, place.clock.now(), found.jti)
    if standing is None:
        raise Refused(TOKEN_REFUSED)
    return answer({"sub": found.subject} | _said(place, found, standing))


def _said(place: Context, found: AccessToken, standing: Standing) -> dict[str, object]:
    said = claims.of_person(found.scopes, standing.person, standing.organization)
    if not standing.claims and TIN not in found.scopes:
        return said
    client = place.part(Provider).clients.find(found.client_id)
    registered = client.scopes if client is not None else ()
    named = claims.by_name(standing.claims, USERINFO, registered, standing.person)
    return {**said, **named, **_tin(place, found, standing, registered)}


def _tin(place: Context, found: AccessToken, standing: Standing, registered: Collection[str]) -> dict[str, str]:
    """The claim `tin`, for a client that is entitled to it now, of the one organization that the token speaks of."""
    if standing.organization is None or not (TIN in found.scopes and TIN in registered):
        return {}
    return tins.told(place, str(standing.organization.facts["id"]), found.client_id, standing.person.id)


def _presented(place: Context, asked: Asked) -> AccessToken:
    """Return the token of this request: ours, for us, and sent by its holder; raises Refused."""
    provider = place.part(Provider)
    scheme, token = _sent(asked)
    found = reading.access_token(place.database, provider.ring, provider.issuer, token, place.clock.now())
    if found is None:
        raise Refused(TOKEN_REFUSED)
    if provider.issuer not in found.audience:
        raise Refused(TOKEN_ELSEWHERE)
    try:
        insist_holder(place, scheme, token, found.jkt, asked.header(HEADER), Call(asked.method, asked.path))
    except WrongWay as error:
        raise Refused(TOKEN_BOUND, str(error)) from error
    except BadProof as error:
        raise refused_proof(str(error), 401) from error
    return found


def _sent(asked: Asked) -> tuple[str, str]:
    """Return scheme and token from the header or from a form (RFC 6750 §2.1 and §2.2); the address is no place."""
    scheme, _, in_header = (asked.header("Authorization") or "").partition(" ")
    given = sent(asked)
    in_form = given.get("access_token") if asked.method == "POST" else None
    if (in_header and in_form) or "access_token" in given.repeated:
        raise Refused(TOKEN_TWICE)
    if in_header and scheme.lower() not in _SCHEMES:
        raise Refused(TOKEN_MISSING, "none")
    token = in_header.strip() or in_form
    if not token:
        raise Refused(TOKEN_MISSING, "none")
    return scheme or BEARER, token
