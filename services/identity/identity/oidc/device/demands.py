"""What a device may ask for, and what its person must have proved: the rules of the authorization endpoint, no others.

All rules about the person hold but the one of consent: here everybody is asked, every time, for every client.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from identity.oidc import parameters
from identity.oidc.authorize.checks.what_is_wished import acr_values, resource, scope
from identity.oidc.authorize.checks.who_is_there import consent
from identity.oidc.authorize.examining import Outcome, house
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.authorize.order import WHO_IS_THERE
from identity.oidc.clients.policy import Client
from identity.oidc.device.service import Waiting
from identity.oidc.faults.fault import Refused
from identity.oidc.parameters import Parameters
from identity.oidc.provider import Provider
from identity.sessions.service import SessionView
from shared.service import Context
from shared.web.door import context

__all__ = ["Outcome", "met", "wished"]
_OF_THE_PERSON = tuple(rule for rule in WHO_IS_THERE if rule is not consent.check)
_NOTHING = parameters.read(())


def wished(place: Context, client: Client, asked: Parameters) -> tuple[Sequence[str], Sequence[str]]:
    """Return the scopes and the audience of what a device asks for; raises Refused."""
    with place.reading() as session:
        inquiry = _inquiry(place, session, client, asked, None)
        for rule in (scope.check, resource.check):
            rule(inquiry)
    return inquiry.scopes, inquiry.audience


def met(session: Session, client: Client, waiting: Waiting, present: SessionView) -> tuple[Inquiry, Outcome]:
    """Return what is proven of the person for this device, and what stands in the way: None where nothing does."""
    inquiry = _inquiry(context(), session, client, _NOTHING, present)
    inquiry.scopes, inquiry.audience = waiting.scopes, waiting.audience
    try:
        for rule in (acr_values.check, *_OF_THE_PERSON):
            rule(inquiry)
    except (Refused, Detour) as outcome:
        return inquiry, outcome
    return inquiry, None


def _inquiry(
    place: Context, session: Session, client: Client, asked: Parameters, present: SessionView | None
) -> Inquiry:
    inquiry = Inquiry(asked, 0, place.clock.now(), place.part(Provider).issuer, present, house(place, session))
    inquiry.client = client
    return inquiry
