"""Whom the app means: by an ID token (`id_token_hint`), or by asking for the claim `sub` with a value (§5.5.1)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import HINTS_DIFFER
from identity.oidc.faults.fault import Refused
from identity.oidc.faults.signing_out import HINT_REFUSED


def check(inquiry: Inquiry) -> None:
    """Prove `hinted`; a token that is none of ours for this client is refused, not ignored (threat 17)."""
    text = inquiry.asked.get("id_token_hint")
    inquiry.hinted = inquiry.claims.subject
    if text is None:
        return
    named = inquiry.known.hinted(text, inquiry.client.id)
    if named is None:
        raise Refused(HINT_REFUSED)
    if inquiry.hinted not in (None, named):
        raise Refused(HINTS_DIFFER)
    inquiry.hinted = named
