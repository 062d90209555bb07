"""Challenges: 256 random bits, for one purpose and one browser or session, good once and for ten minutes (ASVS 6.7.2).

They live in the cache only. Where it does not answer, none can be given and none is believed: `CacheAway` goes up to
the page, which says so and offers the other ways.
"""

import hashlib
from datetime import timedelta

from webauthn.helpers import base64url_to_bytes

from shared.service import Context

LIFE = timedelta(minutes=10)
ADD = "add"
SIGN_IN = "sign-in"


def give(context: Context, purpose: str, bound_to: str) -> bytes:
    """Return a new challenge for a purpose, bound to a session id or a browser's secret. Raises CacheAway."""
    challenge = context.ids.token(32)
    context.cache.set(_key(purpose, bound_to, challenge), b"1", LIFE)
    return base64url_to_bytes(challenge)


def take(context: Context, purpose: str, bound_to: str, challenge: str) -> bool:
    """Use up the challenge (base64url, as browsers report it); False for one not given so. Raises CacheAway."""
    return context.cache.take(_key(purpose, bound_to, challenge)) is not None


def _key(purpose: str, bound_to: str, challenge: str) -> str:
    whole = "\0".join((purpose, bound_to, challenge))
    return f"passkey:{hashlib.sha256(whole.encode()).hexdigest()}"
