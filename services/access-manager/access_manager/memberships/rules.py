"""The hard rules of access managers (domain.md §3), one function each. Nothing here reads a clock or a table.

Each rule returns None where the act is allowed, or the `Refusal` that says why not. `REFUSALS` gives every refusal
its HTTP status and the sentence people read.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from access_manager.functions.catalogue import beyond, unknown
from access_manager.organizations.limits import MANAGERS_MAXIMUM


class Refusal(StrEnum):
    """Why an act is refused; the value is the slug of its problem type."""

    LAST_MANAGER = "last-manager"
    TOO_MANY_MANAGERS = "too-many-managers"
    SELF_DECISION = "self-decision"
    SELF_RAISE = "self-raise"
    CONTRACTED_ONLY = "contracted-only"
    UNKNOWN_FUNCTION = "unknown-function"
    MANAGER_WITHOUT_END = "manager-without-end"
    END_IN_THE_PAST = "end-in-the-past"
    NOT_A_MEMBER = "not-a-member"
    ALREADY_A_MANAGER = "already-a-manager"
    NOT_A_MANAGER = "not-a-manager"
    OWN_RECOVERY = "own-recovery"
    RECOVERY_BY_DESK = "recovery-by-desk"
    NO_USABLE_ADDRESS = "no-usable-address"


REFUSALS: dict[Refusal, tuple[int, str]] = {
    Refusal.LAST_MANAGER: (
        409,
        "An organization always has an access manager. Make another person a manager first, then try again.",
    ),
    Refusal.TOO_MANY_MANAGERS: (
        409,
        "An organization has at most 15 access managers. Let one step down first, then try again.",
    ),
    Refusal.SELF_DECISION: (
        403,
        "Nobody decides their own request. Another access manager can, or the support desk.",
    ),
    Refusal.SELF_RAISE: (
        403,
        "Nobody adds functions to their own access. Another access manager can, or the support desk.",
    ),
    Refusal.CONTRACTED_ONLY: (409, "Some of these functions are only for organizations with a contract."),
    Refusal.UNKNOWN_FUNCTION: (422, "Some of these functions do not exist."),
    Refusal.MANAGER_WITHOUT_END: (
        409,
        "An access manager’s access has no end date. Remove the date, or let them step down first.",
    ),
    Refusal.END_IN_THE_PAST: (422, "Enter an end date after today."),
    Refusal.NOT_A_MEMBER: (409, "This person’s access was removed before."),
    Refusal.ALREADY_A_MANAGER: (409, "This person is an access manager already."),
    Refusal.NOT_A_MANAGER: (409, "This person is not an access manager."),
    Refusal.OWN_RECOVERY: (409, "This is you. Change your own password under your account."),
    Refusal.RECOVERY_BY_DESK: (409, "Only the support desk may help this person to sign in. They can call it."),
    Refusal.NO_USABLE_ADDRESS: (
        409,
        "None of this person’s addresses can be used at the moment. The support desk helps; they can call it.",
    ),
}

# What a manager chooses from when removing access; kept in the organization's history.
REMOVAL_REASONS: dict[str, str] = {
    "left": "No longer works here",
    "no_need": "Their work no longer needs access",
    "by_mistake": "The access was given by mistake",
    "concern": "Something about this access looks wrong",
    "other": "Another reason",
}


def may_seat(manager_count: int) -> Refusal | None:
    """Allow one more manager up to the maximum."""
    return Refusal.TOO_MANY_MANAGERS if manager_count >= MANAGERS_MAXIMUM else None


def may_decide(decider: str, applicant: str) -> Refusal | None:
    """Allow a decision about somebody else."""
    return Refusal.SELF_DECISION if decider == applicant else None


def may_hold(functions: Collection[str], *, contracted: bool) -> Refusal | None:
    """Allow only functions that exist and that the organization may hold, whoever grants them."""
    if unknown(functions):
        return Refusal.UNKNOWN_FUNCTION
    return Refusal.CONTRACTED_ONLY if beyond(functions, contracted=contracted) else None


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


def first(*refusals: Refusal | None) -> Refusal | None:
    """Return the first refusal of several rules, or None where all allow."""
    return next((refusal for refusal in refusals if refusal is not None), None)
