"""Refusals of the rules as the floor's problems: one place where a rule meets HTTP."""

from access_manager.memberships.rules import REFUSALS, Refusal
from shared.errors import Problem

_TITLES = {
    403: "This is not allowed.",
    409: "The present state does not allow this.",
    422: "Some fields need mending.",
}


def refuse(refusal: Refusal, **members: object) -> Problem:
    """Return the problem for a refusal; its detail is a key of the translations."""
    status, sentence = REFUSALS[refusal]
    return Problem(status, refusal.value, _TITLES[status], sentence, None, **members)


def insist(refusal: Refusal | None, **members: object) -> None:
    """Raise the problem unless the rule allowed the act."""
    if refusal is not None:
        raise refuse(refusal, **members)
