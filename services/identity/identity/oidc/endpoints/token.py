"""The token endpoint (RFC 6749 §3.2): who calls, which grant, what the answer says."""

from collections.abc import Callable
from functools import partial

from identity.oidc.clients.policy import CLIENT_CREDENTIALS, CODE, DEVICE_CODE, OPAQUE, REFRESH, TOKEN_EXCHANGE
from identity.oidc.endpoints.call import read_call
from identity.oidc.endpoints.form import answer
from identity.oidc.endpoints.refusing import for_programs
from identity.oidc.faults.calling import GRANT_NOT_ALLOWED, GRANT_TYPE, GRANT_TYPE_MISSING
from identity.oidc.faults.fault import Refused
from identity.oidc.grants import client_credentials, code, device_code, exchange, refresh
from identity.oidc.grants.call import Call
from identity.oidc.grants.opening_hours import within_hours
from identity.oidc.grants.outcome import Denied, Granted, narrowed
from identity.oidc.provider import Provider
from identity.oidc.tokens import opaque
from identity.oidc.tokens.answer import for_person, for_program
from shared.auth import open_to_all
from shared.service import Actor, Context, Work
from shared.web.express import Asked, Reply

Redeem = Callable[[Work, Call], Granted | Denied]
_OF_PERSONS: dict[str, Redeem] = {
    CODE: code.redeem,
    REFRESH: refresh.redeem,
    DEVICE_CODE: device_code.redeem,
    TOKEN_EXCHANGE: exchange.redeem,
}


@open_to_all("clients authenticate themselves (RFC 6749 §3.2.1)")
@for_programs
def token(place: Context, asked: Asked) -> Reply:
    """Exchange a grant for tokens."""
    call = read_call(place, asked)
    grant_type = call.asked.get("grant_type")
    if grant_type is None:
        raise Refused(GRANT_TYPE_MISSING)
    if grant_type not in _OF_PERSONS and grant_type != CLIENT_CREDENTIALS:
        raise Refused(GRANT_TYPE)
    if not call.client.may(grant_type):
        raise Refused(GRANT_NOT_ALLOWED)
    redeem = _OF_PERSONS.get(grant_type)
    return _for_person(place, asked, redeem, call) if redeem else _for_program(place, asked, call)


def _for_person(place: Context, asked: Asked, redeem: Redeem, call: Call) -> Reply:
    mint = place.part(Provider).mint
    place.part(Provider).ring.look()
    with place.transaction(Actor(call.client.id, "client"), asked.id) as work:
        outcome = redeem(work, call)
        if isinstance(outcome, Granted):
            # A resource that was not granted spends nothing: the refusal takes the redemption back.
            found = within_hours(work, narrowed(outcome, call.asked.resources))
            write = partial(opaque.write, work) if _is_opaque(call) else mint.signed
            said = for_person(mint, write, call, found, work.now)
            last = found.turn(work) if found.turn else found.refresh_token
            if not isinstance(last, Denied):
                return answer(said if last is None else {**said, "refresh_token": last})
            outcome = last
    # Committed first: what a refusal revoked stays revoked.
    raise Refused(outcome.fault)


def _for_program(place: Context, asked: Asked, call: Call) -> Reply:
    provider = place.part(Provider)
    scopes = client_credentials.scopes_of(call.client, call.asked)
    audience = client_credentials.audience_of(call.client, call.asked, provider.issuer)
    if not _is_opaque(call):
        return answer(for_program(provider.mint, provider.mint.signed, call, audience, scopes, place.clock.now()))
    with place.transaction(Actor(call.client.id, "client"), asked.id) as work:
        return answer(for_program(provider.mint, partial(opaque.write, work), call, audience, scopes, work.now))


def _is_opaque(call: Call) -> bool:
    return call.client.access_token_format == OPAQUE
