"""Some clients may not send a request through the browser at all (RFC 9126 §6, FAPI 2.0 §5.3.2.2)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import PUSH_FIRST
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Refuse what such a client did not push."""
    if inquiry.client.require_par and not inquiry.pushing and inquiry.pushed is None:
        raise Refused(PUSH_FIRST)
