"""The sign-in must be as fresh as was asked for."""

from datetime import timedelta

from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults.people import LOGIN_REQUIRED

# Instants in a request are whole seconds, the session's is not.
_ROUNDING = timedelta(seconds=1)


def check(inquiry: Inquiry) -> None:
    """Send the person to sign in again where their sign-in is older; nothing done before counts for "now"."""
    if inquiry.since is None:
        return
    now_or_never = inquiry.arrived_at is None and inquiry.since == inquiry.now
    if now_or_never or inquiry.person.auth_time < inquiry.since - _ROUNDING:
        raise Detour(LOGIN_REQUIRED)
