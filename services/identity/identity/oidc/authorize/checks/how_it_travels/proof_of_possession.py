"""The key that the code shall be bound to (RFC 9449 §10): named in the request, or proved when it was pushed (§10.1).

The code is then good only with a proof of that key, so whoever steals it has nothing (threats 6 and 14).
"""

import re

from identity.oidc.authorize.inquiry import Inquiry
from identity.oidc.faults.asking import JKT_DIFFERS, JKT_FORM
from identity.oidc.faults.fault import Refused

_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of a SHA-256 (RFC 7638)


def check(inquiry: Inquiry) -> None:
    """Prove `dpop_jkt`."""
    named = inquiry.asked.get("dpop_jkt")
    proved = inquiry.pushed.jkt if inquiry.pushed else inquiry.proof_jkt
    if named is not None and not _THUMBPRINT.fullmatch(named):
        raise Refused(JKT_FORM)
    if named is not None and proved is not None and named != proved:
        raise Refused(JKT_DIFFERS)
    inquiry.dpop_jkt = named or proved
