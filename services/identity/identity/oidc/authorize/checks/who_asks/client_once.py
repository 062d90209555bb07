"""Of two client ids, two addresses or two references, nobody knows which one counts: neither (threat 1)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import CLIENT_REPEATED
from identity.oidc.faults.fault import Refused

_ONCE = frozenset({"client_id", "redirect_uri", "request_uri"})


def check(inquiry: Inquiry) -> None:
    """Refuse to choose."""
    if inquiry.asked.repeated & _ONCE:
        raise Refused(CLIENT_REPEATED)
