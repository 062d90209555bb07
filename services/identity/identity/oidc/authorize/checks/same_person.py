"""The person must be the one the app means; nobody is ever switched for another silently (A6)."""

from identity.oidc.authorize.inquiry import SINCE, Detour, Inquiry
from identity.oidc.faults import LOGIN_REQUIRED, Refused


def check(inquiry: Inquiry) -> None:
    """Let the person meant by the hint sign in; whoever came back as somebody else is not sent round in a circle."""
    if inquiry.hinted is None or inquiry.hinted == inquiry.person.account_id:
        return
    if inquiry.asked.get(SINCE) is not None:
        raise Refused(LOGIN_REQUIRED)
    inquiry.since = inquiry.now
    raise Detour(LOGIN_REQUIRED)
