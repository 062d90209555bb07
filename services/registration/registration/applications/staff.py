"""Whom the APIs of applications, cases and letters answer: programs, and people of the payer's staff."""

from shared.auth import ACR_TWO_FACTORS, caller, satisfies
from shared.errors import forbidden


def only_staff() -> None:
    """A scope says what an app may ask, not what the person may: a person must be staff, with two factors.

    Asked before each request of a blueprint. Raises 403 `staff-only`.
    """
    who = caller()
    if is_person() and not (who.population == "staff" and satisfies(who.acr or "", ACR_TWO_FACTORS)):
        raise forbidden("staff-only", "Only staff who signed in with two factors may do the desk's work.")


def is_person() -> bool:
    """Whether the token of this request was given to a person, not to a program for itself."""
    return caller().subject != caller().client_id
