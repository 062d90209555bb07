"""The sign-in must be as strong as the client needs, staff's always of two factors; never a false `acr` (threat 24).

Staff who leave sign-in half-way must not reach an app that asks others for a password only (threat 32, domain §5).
"""

from identity.accounts.states import Population
from identity.mfa.assurance import ACR_2, satisfies, strongest
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults.asking import ACR_UNMET
from identity.oidc.faults.people import STEP_UP_REQUIRED


def check(inquiry: Inquiry) -> None:
    """Send the person to add a factor where theirs is weaker."""
    if inquiry.known.population(inquiry.person.account_id) == Population.STAFF.value:
        inquiry.required_acr = strongest(inquiry.required_acr, ACR_2)
    if not satisfies(inquiry.person.acr, inquiry.required_acr):
        raise Detour(ACR_UNMET if inquiry.claims.acr_essential else STEP_UP_REQUIRED)
