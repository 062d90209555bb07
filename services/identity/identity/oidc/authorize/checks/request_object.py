"""Request objects are not offered, and ignoring one would be worse than refusing it (OIDC Core §6, §3.1.2.6)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults import REQUEST_OBJECT, REQUEST_URI, Refused


def check(inquiry: Inquiry) -> None:
    """Refuse `request` and `request_uri`."""
    if inquiry.asked.get("request") is not None:
        raise Refused(REQUEST_OBJECT)
    if inquiry.asked.get("request_uri") is not None:
        raise Refused(REQUEST_URI)
