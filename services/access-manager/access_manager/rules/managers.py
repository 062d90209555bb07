"""What an access manager may do to others and to themself."""

from collections.abc import Collection
from datetime import datetime

from access_manager.organizations.limits import MANAGERS_MAXIMUM
from access_manager.rules.refusals import Refusal


def may_seat(manager_count: int) -> Refusal | None:
    """Allow one more manager up to the maximum."""
    return Refusal.TOO_MANY_MANAGERS if manager_count >= MANAGERS_MAXIMUM else None


def may_decide(decider: str, applicant: str, on_behalf_of: str | None = None) -> Refusal | None:
    """Allow a decision about somebody else, and about another one than the manager whose deputy decides."""
    return Refusal.SELF_DECISION if applicant in (decider, on_behalf_of) else None


def may_set(actor: str, member: str, held: Collection[str], wanted: Collection[str]) -> Refusal | None:
    """Allow any change to somebody else and a reduction to oneself, never an own raise.

    A sole manager is no exception: their own request goes to the desk.
    """
    return Refusal.SELF_RAISE if actor == member and set(wanted) - set(held) else None


def may_end_at(ends_at: datetime | None, *, manager: bool, now: datetime) -> Refusal | None:
    """Allow an end in the future, and none for a manager: time alone must never leave an organization without one."""
    if ends_at is None:
        return None
    if manager:
        return Refusal.MANAGER_WITHOUT_END
    return Refusal.END_IN_THE_PAST if ends_at <= now else None


def may_help(actor: str, member: str, *, manager: bool, active: bool) -> Refusal | None:
    """Allow a recovery to be started for an active member who is nobody's access manager; managers are the desk's."""
    if not active:
        return Refusal.NOT_A_MEMBER
    if actor == member:
        return Refusal.OWN_RECOVERY
    return Refusal.RECOVERY_BY_DESK if manager else None
