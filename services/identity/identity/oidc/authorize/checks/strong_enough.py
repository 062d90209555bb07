"""The sign-in must be as strong as the client needs; never a false `acr` (threat 24)."""

from identity.mfa.assurance import satisfies
from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults import STEP_UP_REQUIRED


def check(inquiry: Inquiry) -> None:
    """Send the person to add a factor where theirs is weaker."""
    if not satisfies(inquiry.person.acr, inquiry.required_acr):
        raise Detour(STEP_UP_REQUIRED)
