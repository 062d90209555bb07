"""What the client may know of the person: what it asks for and is registered with."""

from identity.oidc import scopes
from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import SCOPE_MISSING, SCOPE_NOT_ALLOWED
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Prove `scopes`; scopes that nobody knows are ignored (OIDC Core §3.1.2.1)."""
    asked = scopes.split(inquiry.asked.get("scope"))
    refused = scopes.refused(asked, inquiry.client.scopes)
    if refused:
        raise Refused(SCOPE_NOT_ALLOWED, " ".join(refused))
    inquiry.scopes = scopes.granted(asked, inquiry.client.scopes)
    if not inquiry.scopes:
        raise Refused(SCOPE_MISSING)
