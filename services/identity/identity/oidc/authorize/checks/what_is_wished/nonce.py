"""A nonce is kept with the grant, so it has a longest length; 64 characters must fit (FAPI 2.0 §5.3.2.2)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import NONCE_LONG
from identity.oidc.faults.fault import Refused

_LONGEST = 255


def check(inquiry: Inquiry) -> None:
    """Refuse what does not fit."""
    if len(inquiry.asked.get("nonce") or "") > _LONGEST:
        raise Refused(NONCE_LONG)
