"""Somebody must be signed in."""

from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults.people import LOGIN_REQUIRED


def check(inquiry: Inquiry) -> None:
    """Prove `person`."""
    if inquiry.session is None:
        raise Detour(LOGIN_REQUIRED)
    inquiry.person = inquiry.session
