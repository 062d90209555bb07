"""A proof key with S256, demanded here and not only at the token endpoint (RFC 9700 §2.1.1, threat 7)."""

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import CHALLENGE_FORM, CHALLENGE_METHOD, CHALLENGE_MISSING
from identity.oidc.faults.fault import Refused
from identity.oidc.pkce import S256, is_challenge


def check(inquiry: Inquiry) -> None:
    """Refuse a missing, plain or malformed challenge; a client may be excused from sending one, not from S256."""
    challenge, method = inquiry.asked.get("code_challenge"), inquiry.asked.get("code_challenge_method")
    if challenge is None:
        if inquiry.client.require_pkce or method is not None:
            raise Refused(CHALLENGE_MISSING)
        return
    if method != S256:
        raise Refused(CHALLENGE_METHOD, method or "missing, which means plain")
    if not is_challenge(challenge):
        raise Refused(CHALLENGE_FORM)
