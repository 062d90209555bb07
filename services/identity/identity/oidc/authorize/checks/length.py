"""A request must fit into the return ticket and into every server's request line."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults import TOO_LONG, Refused

_LONGEST = 4000


def check(inquiry: Inquiry) -> None:
    """Refuse what is too long to come back from sign-in."""
    if inquiry.length > _LONGEST:
        raise Refused(TOO_LONG, f"{inquiry.length} characters")
