"""No app opens for somebody who has yet to accept the terms of use in force; their own account stays open (F10)."""

from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults.people import TERMS_NOT_ACCEPTED


def check(inquiry: Inquiry) -> None:
    """Lead the person to the terms first."""
    if inquiry.known.terms_due(inquiry.person.account_id):
        raise Detour(TERMS_NOT_ACCEPTED)
