"""Proof key for code exchange, S256 only. Pure (RFC 7636, RFC 9700 §2.1.1).

Authlib computes the challenge; its checks are replaced, because they admit `plain`, match up to a trailing newline, and
compare in variable time.
"""

import re

from authlib.oauth2.rfc7636 import create_s256_code_challenge

S256 = "S256"
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # base64url of 32 bytes, no padding
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def is_challenge(text: str) -> bool:
    """Return whether the text can be an S256 challenge."""
    return _CHALLENGE.fullmatch(text) is not None


def challenge_of(verifier: str) -> str | None:
    """Return the challenge that a verifier answers, or None for a text that is no verifier."""
    if _VERIFIER.fullmatch(verifier) is None:
        return None
    return str(create_s256_code_challenge(verifier))
