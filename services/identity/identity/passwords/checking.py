"""Does the password fit? Counted before it is checked, the same work for names that nobody has, no row written.

Runs between transactions, because a hash takes longer than a lock may be held.
"""

from dataclasses import dataclass
from datetime import datetime

from identity.passwords.hasher import Hasher
from identity.throttle.limits import Limits
from identity.throttle.throttle import Throttle
from shared.errors import Problem
from shared.service import Context

_KIND = "password"


@dataclass(frozen=True)
class Attempt:
    """Who tries. `name`: the user ID in canonical form; `source`: the network address.

    `device`: the id of a device that the account has proved before, else None; `limits`: by the policies of today.
    """

    name: str
    source: str
    device: str | None = None
    limits: Limits | None = None


@dataclass(frozen=True)
class Fits:
    """The password fits `old_hash`. `new_hash` is set where that was made with weaker parameters or another key."""

    old_hash: str
    new_hash: str | None


@dataclass(frozen=True)
class Wrong:
    """It does not fit, or nobody has the name. `rests_until`: this failure began a rest; its owner is to be told."""

    rests_until: datetime | None


@dataclass(frozen=True)
class Waiting:
    """Nothing was checked: the name or the source must wait."""

    until: datetime


def check(place: Context, attempt: Attempt, stored: str | None, typed: str) -> Fits | Wrong | Waiting:
    """Find out whether `typed` fits `stored`, None where there is nothing to fit. Raises the 503 Problem when too busy.

    A try that was never checked is given back: a storm of sign-ins must not lock anybody out.
    """
    throttle, hasher = place.part(Throttle), place.part(Hasher)
    waiting = throttle.try_once(_KIND, attempt.name, attempt.source, attempt.device, attempt.limits)
    if waiting is not None:
        return Waiting(waiting)
    try:
        fits = hasher.verify(stored, typed)
        better = hasher.hash(typed) if fits and stored is not None and hasher.outdated(stored) else None
    except Problem:
        throttle.gave_up(_KIND, attempt.name, attempt.source, attempt.device)
        raise
    if not fits or stored is None:
        return Wrong(throttle.failed(_KIND, attempt.name, attempt.source, attempt.device, attempt.limits))
    throttle.succeeded(_KIND, attempt.name, attempt.source, attempt.device)
    return Fits(stored, better)
