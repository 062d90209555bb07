"""What a deputy is and may do: named by one manager, for a period and a scope, acting as themself on that behalf."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from access_manager.rules.refusals import Refusal
from shared.i18n import say

# Ninety days by the calendar: an hour more than ninety times 24 where the clock is set back in between.
LONGEST = timedelta(days=90, hours=1)
_AHEAD = timedelta(days=366)


class Scope(StrEnum):
    """What somebody may do for an organization. A manager may all of it, a deputy never the last."""

    REQUESTS = "requests"
    PEOPLE = "people"
    MANAGER = "manager"


# What a manager may hand to a deputy, with the words for it.
DELEGABLE: dict[str, str] = {
    Scope.REQUESTS.value: say("Decide about requests"),
    Scope.PEOPLE.value: say("Add people, change what they may do, remove their access"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant to another, half-open."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether the instant lies inside."""
        return self.starts_at <= now < self.ends_at


def may_name(manager: str, deputy: str, *, is_manager: bool, scopes: Collection[str]) -> Refusal | None:
    """Allow another member, who is no manager already, for scopes that a manager may hand on."""
    if manager == deputy:
        return Refusal.OWN_DEPUTY
    if is_manager:
        return Refusal.ALREADY_A_MANAGER
    return None if scopes and set(scopes) <= DELEGABLE.keys() else Refusal.DEPUTY_SCOPE


def may_last(period: Period, now: datetime) -> Refusal | None:
    """Allow at most ninety days that are not over and begin within a year."""
    whole = period.ends_at > period.starts_at and period.ends_at > now
    near = period.starts_at - now <= _AHEAD and period.ends_at - period.starts_at <= LONGEST
    return None if whole and near else Refusal.DEPUTY_PERIOD


def may_touch(*, as_deputy: bool, is_manager: bool) -> Refusal | None:
    """Allow a deputy nothing about a manager's access; that is between managers."""
    return Refusal.DEPUTY_BEYOND if as_deputy and is_manager else None
