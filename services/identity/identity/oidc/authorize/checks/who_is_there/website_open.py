"""While the website is closed for maintenance nobody but staff is let through (domain §6); that is nobody's refusal."""

from identity.accounts.states import Population
from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.people import WEBSITE_CLOSED


def check(inquiry: Inquiry) -> None:
    """Let people wait until it opens."""
    if inquiry.known.population(inquiry.person.account_id) != Population.STAFF.value and inquiry.known.website():
        raise Refused(WEBSITE_CLOSED)
