"""What becomes of access that nobody signs in to use: warned, suspended, removed. Pure.

A manager may let a suspended person back; the last manager of an organization is never suspended.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

NOTICE = timedelta(days=30)


class Step(StrEnum):
    """What is to be done now."""

    NOTHING = "nothing"
    WARN = "warn"
    SUSPEND = "suspend"
    EXEMPT = "exempt"
    REMOVE = "remove"


@dataclass(frozen=True)
class Policy:
    """Suspended `suspended_after` a sign-in, told `NOTICE` before; removed after `kept_suspended` more."""

    suspended_after: timedelta
    kept_suspended: timedelta

    @property
    def quiet(self) -> timedelta:
        """How long nothing at all happens after a sign-in."""
        return self.suspended_after - NOTICE


@dataclass(frozen=True)
class Sleep:
    """What is known of one membership: when it was `used` last (a sign-in, its start, or the lifting of a suspension).

    `warned_at`, `suspend_at` and `suspended_at` are what was done about it since; None where it was not.
    """

    used_at: datetime
    warned_at: datetime | None = None
    suspend_at: datetime | None = None
    suspended_at: datetime | None = None
    last_manager: bool = False


def next_step(sleep: Sleep, policy: Policy, now: datetime) -> tuple[Step, datetime]:
    """Return what is to be done at `now`, and when to look again if nothing changes until then."""
    if sleep.suspended_at is not None:
        remove_at = sleep.suspended_at + policy.kept_suspended
        return (Step.REMOVE, now + policy.quiet) if now >= remove_at else (Step.NOTHING, remove_at)
    if now < sleep.used_at + policy.quiet:
        return Step.NOTHING, sleep.used_at + policy.quiet
    if sleep.warned_at is None or sleep.suspend_at is None or sleep.warned_at < sleep.used_at:
        # A warning always leaves its thirty days, however long the worker slept.
        return Step.WARN, suspension(sleep.used_at, policy, now)
    if now < sleep.suspend_at:
        return Step.NOTHING, sleep.suspend_at
    if sleep.last_manager:
        return Step.EXEMPT, now + NOTICE
    return Step.SUSPEND, now + policy.kept_suspended


def suspension(used_at: datetime, policy: Policy, warned_at: datetime) -> datetime:
    """Return when somebody who is warned now is suspended."""
    return max(used_at + policy.suspended_after, warned_at + NOTICE)
