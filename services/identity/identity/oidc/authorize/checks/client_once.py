"""Of two client ids or two addresses, nobody knows which one counts: neither (threat 1)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults import CLIENT_REPEATED, Refused


def check(inquiry: Inquiry) -> None:
    """Refuse to choose."""
    if inquiry.asked.repeated & {"client_id", "redirect_uri"}:
        raise Refused(CLIENT_REPEATED)
