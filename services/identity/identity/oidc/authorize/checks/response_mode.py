"""How the answer travels comes first of what is asked, because refusals travel the same way."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults import RESPONSE_MODE, Refused
from identity.oidc.metadata import RESPONSE_MODES


def check(inquiry: Inquiry) -> None:
    """Prove `response_mode`; an unknown one is refused by query."""
    mode = inquiry.asked.get("response_mode") or "query"
    if mode not in RESPONSE_MODES:
        raise Refused(RESPONSE_MODE, mode)
    inquiry.response_mode = mode
