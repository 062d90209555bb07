"""An organization may ask more of its people than the app does (B5); nobody gets a token for it below that."""

from identity.mfa.assurance import satisfies
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults import STEP_UP_REQUIRED


def check(inquiry: Inquiry) -> None:
    """Send the person to add a factor where their organization asks for one; another organization may not."""
    if inquiry.organization_id is None:
        return
    if not satisfies(inquiry.person.acr, inquiry.known.organization_acr(inquiry.organization_id)):
        raise Detour(STEP_UP_REQUIRED)
