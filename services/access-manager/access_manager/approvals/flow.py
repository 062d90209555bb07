"""The states of an approval, pure. The picture is flow.mermaid, beside this file.

Nothing leads out of a closed state: a person who asks again opens a new approval.
"""

import re
from collections.abc import Collection
from enum import StrEnum


class State(StrEnum):
    """Where an approval stands; the three in the middle are outcomes of `approval.decided`."""

    OPEN = "open"
    APPROVED = "approved"
    APPROVED_WITH_CHANGES = "approved_with_changes"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    DECIDED_BY_DESK = "decided_by_desk"


# What a manager chooses from when denying; managers and, through registration, the person read the sentence.
DENIAL_REASONS: dict[str, str] = {
    "unknown_person": "Nobody of this name works here",
    "no_longer_here": "This person no longer works here",
    "no_need": "This person’s work does not need access",
    "asked_twice": "This person has access under another user ID",
    "other": "Another reason",
}

# How registration says who somebody is.
KINDS: dict[str, str] = {"practitioner": "Practitioner", "representative": "Representative"}

SENTENCES: dict[State, str] = {
    State.OPEN: "Waiting for a decision",
    State.APPROVED: "Approved",
    State.APPROVED_WITH_CHANGES: "Approved with other tasks",
    State.DENIED: "Denied",
    State.WITHDRAWN: "Withdrawn by the person",
    State.DECIDED_BY_DESK: "Decided by the support desk",
}


# Nine digits, plain or grouped as an EIN or an SSN: no note may carry them out of the house.
_LIKE_A_TIN = re.compile(r"(?<!\d)(\d{9}|\d{2}-\d{7}|\d{3}-\d{2}-\d{4})(?!\d)")


def holds_a_tin(note: str) -> bool:
    """Return whether something in the note has the form of a TIN."""
    return _LIKE_A_TIN.search(note) is not None


def explained(reason: str, note: str | None) -> str:
    """Return what the person is told about a denial: one line, the reason's sentence and the manager's own words."""
    words = "".join(each for each in " ".join((note or "").split()) if each.isprintable())
    if reason == "other" and words:
        return words
    return f"{DENIAL_REASONS[reason]}. {words}".strip() if words else DENIAL_REASONS[reason]


def outcome(asked: Collection[str], granted: Collection[str]) -> State:
    """Name an approval by comparing what was asked with what is granted."""
    return State.APPROVED if set(asked) == set(granted) else State.APPROVED_WITH_CHANGES
