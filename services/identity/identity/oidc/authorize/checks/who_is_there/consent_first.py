"""Where no page may be shown, an app without consent hears that, and nothing else of who is there (threat 23).

Otherwise it could ask, unseen, how somebody has signed in, whether they work for an organization, or who they are.
"""

from identity.oidc.authorize.checks.who_is_there import consent
from identity.oidc.authorize.inquiry import Inquiry


def check(inquiry: Inquiry) -> None:
    """Let consent come before every other fact of the person."""
    if inquiry.silent:
        consent.check(inquiry)
