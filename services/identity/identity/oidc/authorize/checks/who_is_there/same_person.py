"""The person must be the one the app means; nobody is ever switched for another silently (A6)."""

from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.people import LOGIN_REQUIRED


def check(inquiry: Inquiry) -> None:
    """Let the person meant by the hint sign in; whoever came back as somebody else is not sent round in a circle."""
    if inquiry.hinted is None or inquiry.hinted == inquiry.person.account_id:
        return
    if inquiry.arrived_at is not None:
        raise Refused(LOGIN_REQUIRED)
    inquiry.since = inquiry.now
    raise Detour(LOGIN_REQUIRED)
