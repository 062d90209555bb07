"""Each portal is for some populations; somebody at the wrong door is told so after proving who they are (domain §4)."""

from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.people import LOGIN_REQUIRED, WRONG_POPULATION


def check(inquiry: Inquiry) -> None:
    """Refuse people whom the client does not admit."""
    population = inquiry.known.population(inquiry.person.account_id)
    if population is None:
        raise Detour(LOGIN_REQUIRED)
    if not inquiry.client.admits(population):
        raise Refused(WRONG_POPULATION)
