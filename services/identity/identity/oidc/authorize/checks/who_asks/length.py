"""A request must fit into the return ticket and into every server's request line; a pushed one only into reason."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import TOO_LONG
from identity.oidc.faults.fault import Refused

LONGEST = 4000  # characters of a query
_LONGEST_PUSHED = 20_000


def check(inquiry: Inquiry) -> None:
    """Refuse what is too long to come back from sign-in."""
    if inquiry.length > (_LONGEST_PUSHED if inquiry.pushing else LONGEST):
        raise Refused(TOO_LONG, f"{inquiry.length} characters")
