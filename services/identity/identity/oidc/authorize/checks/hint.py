"""The ID token that says whom the app means (OIDC Core §3.1.2.1, `id_token_hint`)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults import HINT_REFUSED, Refused


def check(inquiry: Inquiry) -> None:
    """Prove `hinted`; a token that is none of ours for this client is refused, not ignored (threat 17)."""
    text = inquiry.asked.get("id_token_hint")
    if text is None:
        return
    inquiry.hinted = inquiry.known.hinted(text, inquiry.client.id)
    if inquiry.hinted is None:
        raise Refused(HINT_REFUSED)
