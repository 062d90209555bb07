"""Every refusal with its HTTP status and the sentence people read, and how a rule meets HTTP: the one place."""

from enum import StrEnum

from shared.errors import Problem

_TITLES = {
    403: "This is not allowed.",
    409: "The present state does not allow this.",
    422: "Some fields need mending.",
}


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


def refuse(refusal: Refusal, **members: object) -> Problem:
    """Return the problem for a refusal; its detail is a key of the translations."""
    status, sentence = REFUSALS[refusal]
    return Problem(status, refusal.value, _TITLES[status], sentence, None, **members)


def insist(refusal: Refusal | None, **members: object) -> None:
    """Raise the problem unless the rule allowed the act."""
    if refusal is not None:
        raise refuse(refusal, **members)
