"""What people who must wait are told, and for how long. Pure."""

import math
from datetime import datetime

from shared.i18n import Message, say
from shared.web.shell.moments import when

_BY_THE_CLOCK_FROM = 60


def seconds_left(until: datetime, now: datetime) -> int:
    """Return the whole seconds to wait, at least one: the value of Retry-After (RFC 9110 §10.2.3)."""
    return max(1, math.ceil((until - now).total_seconds()))


def waiting(until: datetime, now: datetime, language: str) -> Message:
    """Return how long to wait: in seconds, or by the clock as the reader writes it."""
    seconds = seconds_left(until, now)
    if seconds <= _BY_THE_CLOCK_FROM:
        return say("Too many attempts. Wait %(seconds)s seconds, then try again", seconds=seconds)
    time = when(until, language, "time")
    return say("Too many attempts. For your protection, try again after %(time)s", time=time)
