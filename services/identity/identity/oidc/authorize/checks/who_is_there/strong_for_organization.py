"""An organization may ask more of its people than the app does (B5); nobody gets a token for it below that."""

from identity.mfa.assurance import satisfies, strongest
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults.people import STEP_UP_REQUIRED


def check(inquiry: Inquiry) -> None:
    """Send the person to add a factor where their organization asks for one; another organization may not."""
    if inquiry.organization_id is None:
        return
    least = inquiry.known.organization_acr(inquiry.organization_id)
    if not satisfies(inquiry.person.acr, least):
        # Said in the ticket, because sign-in knows only the organization that was chosen, not the one the app names.
        inquiry.required_acr = strongest(inquiry.required_acr, least)
        raise Detour(STEP_UP_REQUIRED)
