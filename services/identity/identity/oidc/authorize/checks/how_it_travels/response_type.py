"""Only codes: tokens never travel through a browser's address (RFC 9700 §2.1.2)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import RESPONSE_TYPE, RESPONSE_TYPE_MISSING
from identity.oidc.faults.fault import Refused
from identity.oidc.metadata import RESPONSE_TYPES


def check(inquiry: Inquiry) -> None:
    """Refuse every other flow."""
    asked = inquiry.asked.get("response_type")
    if asked is None:
        raise Refused(RESPONSE_TYPE_MISSING)
    if asked not in RESPONSE_TYPES:
        raise Refused(RESPONSE_TYPE, asked)
