"""The life of a signing key. Pure.

    next ──▶ active ──▶ retired ──▶ (forgotten)

`next` is published before it signs anything, so that everybody's cache knows it by then; `retired` is published for as
long as something it signed may still be shown to us or to an API.
"""

from datetime import datetime, timedelta
from enum import StrEnum

# Ed25519 and not EdDSA, which named two curves at once and is deprecated (RFC 9864 §2.2).
ALGORITHMS = ("ES256", "RS256", "Ed25519")
DEFAULT_ALGORITHM = "ES256"

# The longest-lived thing a key signs is an ID token that comes back as a hint at sign-out, at the end of a long day.
OVERLAP = timedelta(hours=24)
# How long others may keep our key set without asking (the max-age of its answer).
KEPT_BY_OTHERS = timedelta(minutes=5)
# Longer than that by more than a ring of ours may be old: the last who was told of a set without the key lets go of it.
PUBLISHED_BEFORE_USE = KEPT_BY_OTHERS + timedelta(minutes=1)


class State(StrEnum):
    """Where a key stands."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRED = "retired"


def may_begin(created_at: datetime, now: datetime) -> bool:
    """Return whether a `next` key has been published long enough for every cache to know it."""
    return now - created_at >= PUBLISHED_BEFORE_USE


def forgotten_before(now: datetime) -> datetime:
    """Return the instant before which a key must have retired to be forgotten now."""
    return now - OVERLAP
