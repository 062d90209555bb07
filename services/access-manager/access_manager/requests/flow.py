"""The states of a request for more, pure.

Nothing leads out of a closed state: whoever asks again opens a new request.
"""

from collections.abc import Collection
from enum import StrEnum


class State(StrEnum):
    """Where a request stands; GRANTED, PARTLY and DENIED are what a manager decides."""

    OPEN = "open"
    GRANTED = "granted"
    PARTLY = "partly"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"


# What a manager chooses from when denying; managers and the person who asked read the sentence.
REASONS: dict[str, str] = {
    "not_their_work": "This is not part of your work here",
    "somebody_else": "Somebody else does this here",
    "training_first": "You need training first",
    "other": "Another reason",
}

SENTENCES: dict[State, str] = {
    State.OPEN: "Waiting for a decision",
    State.GRANTED: "Approved",
    State.PARTLY: "Approved in part",
    State.DENIED: "Denied",
    State.WITHDRAWN: "Withdrawn by the person",
}


def outcome(asked: Collection[str], granted: Collection[str]) -> State:
    """Name a decision by comparing what was asked with what is granted; nothing granted is a denial."""
    if not granted:
        return State.DENIED
    return State.GRANTED if set(granted) >= set(asked) else State.PARTLY
