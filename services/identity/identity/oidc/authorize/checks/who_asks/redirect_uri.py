"""The address must be one of the client's own, character for character (RFC 9700 §2.1, threat 1)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import REDIRECT_MISSING, REDIRECT_UNREGISTERED
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Prove `redirect_uri`: from here on, refusals go back to the client."""
    uri = inquiry.asked.get("redirect_uri")
    if uri is None:
        raise Refused(REDIRECT_MISSING)
    if not inquiry.client.owns_redirect(uri):
        raise Refused(REDIRECT_UNREGISTERED, uri)
    inquiry.redirect_uri = uri
