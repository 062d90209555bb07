"""The client must be one of ours (RFC 6749 §4.1.2.1: otherwise nothing is redirected)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import UNKNOWN_CLIENT
from identity.oidc.faults.fault import Refused


def check(inquiry: Inquiry) -> None:
    """Prove `client`."""
    client_id = inquiry.asked.get("client_id")
    found = inquiry.known.client(client_id) if client_id else None
    if found is None:
        raise Refused(UNKNOWN_CLIENT, client_id or "client_id is missing")
    inquiry.client = found
