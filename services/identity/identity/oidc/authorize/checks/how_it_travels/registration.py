"""Clients do not register themselves inside a request (OIDC Core §7.2.1)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import REGISTRATION
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Refuse the `registration` parameter."""
    if inquiry.asked.get("registration") is not None:
        raise Refused(REGISTRATION)
