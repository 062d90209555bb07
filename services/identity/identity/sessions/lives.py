"""How long a sign-in lasts: left alone, and at the longest. Pure (SP 800-63B-4 §2.2.3, HIPAA 164.312(a)(2)(iii)).

An organization may be held to shorter or longer times than everybody, never beyond what the standard allows. Until one
of several organizations is chosen the strictest of them counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.policies.rules import OrganizationPolicy

LONGEST_IDLE = timedelta(hours=1)
LONGEST = timedelta(hours=24)
# What is done to the account itself is proved again after this long (experience §1.2, ASVS 7.5.1).
FRESH = timedelta(minutes=20)


@dataclass(frozen=True)
class Lives:
    """`idle`: without use; `longest`: however busy."""

    idle: timedelta
    longest: timedelta


def under(policies: Sequence[OrganizationPolicy], usual: Lives) -> Lives:
    """Return what a sign-in for these organizations is held to; `usual` is what everybody has."""
    idles = [min(_minutes(one.idle_minutes, usual.idle), LONGEST_IDLE) for one in policies]
    lives = [min(_hours(one.life_hours, usual.longest), LONGEST) for one in policies]
    return Lives(min(idles, default=usual.idle), min(lives, default=usual.longest))


def seconds_left(idles_at: datetime, ends_at: datetime, now: datetime) -> int:
    """Return the whole seconds until the sign-in ends if nothing happens any more; never below zero."""
    return max(0, int((min(idles_at, ends_at) - now).total_seconds()))


def _minutes(number: int | None, usual: timedelta) -> timedelta:
    return usual if number is None else timedelta(minutes=number)


def _hours(number: int | None, usual: timedelta) -> timedelta:
    return usual if number is None else timedelta(hours=number)
