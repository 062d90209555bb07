"""Request objects are not offered, and ignoring one would be worse than refusing it (OIDC Core §6, §3.1.2.6)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import REQUEST_OBJECT, REQUEST_URI, REQUEST_URI_PUSHED
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Refuse `request` and `request_uri`; a pushed request must not refer to another one (RFC 9126 §2.1)."""
    if inquiry.asked.get("request") is not None:
        raise Refused(REQUEST_OBJECT)
    if inquiry.asked.get("request_uri") is not None:
        raise Refused(REQUEST_URI_PUSHED if inquiry.pushing else REQUEST_URI)
