"""The token endpoint (RFC 6749 §3.2): who calls, which grant, what the answer says."""

from collections.abc import Callable

from flask import Response

from identity.oidc.clients.policy import CLIENT_CREDENTIALS, CODE, REFRESH, Client
from identity.oidc.endpoints.form import answer, calling_client, read_form
from identity.oidc.faults import GRANT_NOT_ALLOWED, GRANT_TYPE, GRANT_TYPE_MISSING, Refused
from identity.oidc.grants import client_credentials, code, refresh
from identity.oidc.grants.outcome import Denied, Granted
from identity.oidc.parameters import Parameters
from identity.oidc.provider import Provider
from identity.oidc.tokens.answer import for_person, for_program
from shared.auth import open_to_all
from shared.service import Actor, Work
from shared.web.door import context, transaction

Redeem = Callable[[Work, Client, Parameters], Granted | Denied]
_OF_PERSONS: dict[str, Redeem] = {CODE: code.redeem, REFRESH: refresh.redeem}


@open_to_all("clients authenticate with their secret (RFC 6749 §3.2.1)")
def token() -> Response:
    """Exchange a grant for tokens."""
    asked = read_form()
    client = calling_client(asked)
    grant_type = asked.get("grant_type")
    if grant_type is None:
        raise Refused(GRANT_TYPE_MISSING)
    if grant_type not in _OF_PERSONS and grant_type != CLIENT_CREDENTIALS:
        raise Refused(GRANT_TYPE)
    if not client.may(grant_type):
        raise Refused(GRANT_NOT_ALLOWED)
    redeem = _OF_PERSONS.get(grant_type)
    return _for_person(redeem, client, asked) if redeem else _for_program(client, asked)


def _for_person(redeem: Redeem, client: Client, asked: Parameters) -> Response:
    with transaction(Actor(client.id, "client")) as work:
        outcome = redeem(work, client, asked)
    # Committed first: what a refusal revoked stays revoked.
    if isinstance(outcome, Denied):
        raise Refused(outcome.fault)
    return answer(for_person(context().part(Provider).mint, client, outcome, work.now))


def _for_program(client: Client, asked: Parameters) -> Response:
    place = context()
    provider = place.part(Provider)
    scopes = client_credentials.scopes_of(client, asked)
    audience = client_credentials.audience_of(client, asked, provider.issuer)
    return answer(for_program(provider.mint, client, audience, scopes, place.clock.now()))
