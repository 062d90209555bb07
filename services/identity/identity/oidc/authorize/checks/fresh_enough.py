"""The sign-in must be as fresh as was asked for."""

from datetime import timedelta

from identity.oidc.authorize.inquiry import Detour, Inquiry
from identity.oidc.faults import LOGIN_REQUIRED

# Instants in a request are whole seconds, the session's is not.
_ROUNDING = timedelta(seconds=1)


def check(inquiry: Inquiry) -> None:
    """Send the person to sign in again where their sign-in is older."""
    too_old = inquiry.since is not None and inquiry.person.auth_time < inquiry.since - _ROUNDING
    if inquiry.again or too_old:
        raise Detour(LOGIN_REQUIRED)
