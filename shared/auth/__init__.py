"""Who may call: every view declares it, one hook enforces it before anything is parsed, and silence means no.

Owns: the declaration, access tokens of identity (RFC 9068), proofs that a token is its sender's (RFC 9449), levels of
assurance. Offers: `requires`, `open_to_all`, `declare`, `caller`, `insist_program`, `TokenVerifier`, `satisfies`;
`possession` for doors of their own. Refuses to know: what a scope protects.
"""

from shared.auth.acr import ACR_PASSWORD, ACR_PHISHING_RESISTANT, ACR_TWO_FACTORS, satisfies
from shared.auth.bearer import admitted
from shared.auth.declared import (
    Access,
    asks_for,
    caller,
    declare,
    enforce,
    insist_program,
    open_page,
    open_to_all,
    requires,
)
from shared.auth.verifier import Caller, TokenVerifier

__all__ = [
    "ACR_PASSWORD",
    "ACR_PHISHING_RESISTANT",
    "ACR_TWO_FACTORS",
    "Access",
    "Caller",
    "TokenVerifier",
    "admitted",
    "asks_for",
    "caller",
    "declare",
    "enforce",
    "insist_program",
    "open_page",
    "open_to_all",
    "requires",
    "satisfies",
]
