"""How many tries there are, and what follows when they are used up. Pure.

The shape is that of SP 800-63B-4 §3.2.2 and ASVS 6.1.1: growing delays, then a rest that ends by itself, never an end.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from identity.policies.rules import Policies

_LONGEST_DELAY = 60
# While the cache is away each process counts alone. A quarter each keeps four workers within the limit of one.
_SHARE_ALONE = 4


@dataclass(frozen=True)
class Limits:
    """From how many failures in a row on a name it waits, at how many it rests and how long.

    `source_a_minute`: tries that one source may have open or failed within a minute, over all names; None: unlimited.
    """

    delay_from: int = 5
    rest_at: int = 10
    rest: timedelta = timedelta(minutes=15)
    source_a_minute: int | None = 30

    def stricter(self) -> "Limits":
        """Return what holds while the cache is away: each process sees only its own part of the tries."""
        source = None if self.source_a_minute is None else _share(self.source_a_minute)
        return replace(self, delay_from=_share(self.delay_from), rest_at=_share(self.rest_at), source_a_minute=source)

    def wait_after(self, failures: int) -> timedelta:
        """Return how long nothing is accepted after this many failures in a row."""
        if failures >= self.rest_at:
            return self.rest
        if failures < self.delay_from:
            return timedelta(0)
        return timedelta(seconds=min(2 ** (failures - self.delay_from + 1), _LONGEST_DELAY))


def password_limits(policies: Policies) -> Limits:
    """Return what the operator's policies allow for passwords (domain §5: 15–30 minutes, never for good)."""
    return Limits(
        delay_from=policies.delay_failures,
        rest_at=policies.lock_failures,
        rest=timedelta(minutes=policies.lock_minutes),
    )


def _share(count: int) -> int:
    return max(1, count // _SHARE_ALONE)
