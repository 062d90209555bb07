"""How the answer travels comes first of what is asked, because refusals travel the same way."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import RESPONSE_MODE
from identity.oidc.faults.fault import Refused
from identity.oidc.metadata import RESPONSE_MODES
from identity.oidc.redirects import is_web


def check(inquiry: Inquiry) -> None:
    """Prove `response_mode`; an unknown one is refused by query, as is a form for an app that is no web site."""
    mode = inquiry.asked.get("response_mode") or "query"
    if mode not in RESPONSE_MODES or (mode == "form_post" and not is_web(inquiry.redirect_uri)):
        raise Refused(RESPONSE_MODE, mode)
    inquiry.response_mode = mode
