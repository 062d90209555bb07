"""The states of a proposal, pure: what is missing, and where it stands at an instant. Nothing leads out of an end.

A proposal is carried out by whoever gives the last word that it takes, in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from access_manager.rules.proposals import Kind
from shared.i18n import say


class State(StrEnum):
    """Where a proposal stands. `EXPIRED` is never written: an open one is expired from its instant on."""

    OPEN = "open"
    CARRIED_OUT = "carried_out"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Word(StrEnum):
    """Whose word: of the person it is about, or of a second manager."""

    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"


# Why somebody says no; both sides choose from the same list.
DECLINE_REASONS: dict[str, str] = {
    "not_wanted": say("I do not want this"),
    "not_agreed": say("We have not agreed on this"),
    "wrong_person": say("This is the wrong person"),
    "unknown": say("I do not know who asked for this"),
    "other": say("Another reason"),
}

SENTENCES: dict[State, str] = {
    State.OPEN: say("Waiting"),
    State.CARRIED_OUT: say("Done"),
    State.DECLINED: say("Declined"),
    State.WITHDRAWN: say("Withdrawn"),
    State.EXPIRED: say("Nobody answered in time"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """Which words a proposal takes, and which were given."""

    needs_acceptance: bool
    needs_approval: bool
    accepted: bool
    approved: bool

    def missing(self) -> frozenset[Word]:
        """Return whose word is still missing."""
        acceptance = {Word.ACCEPTANCE} if self.needs_acceptance and not self.accepted else set()
        return frozenset(acceptance | ({Word.APPROVAL} if self.needs_approval and not self.approved else set()))


def stands(state: str, expires_at: datetime, now: datetime) -> State:
    """Say where a proposal stands at that instant."""
    return State.EXPIRED if state == State.OPEN and expires_at <= now else State(state)


# What is proposed, as everybody reads it.
SUMMARIES: dict[Kind, str] = {
    Kind.SEAT: say("%(person)s becomes an access manager"),
    Kind.UNSEAT: say("%(person)s is no longer an access manager"),
    Kind.HAND_OVER: say("%(person)s becomes an access manager in place of %(proposer)s"),
    Kind.FUNCTIONS: say("%(person)s may do more"),
    Kind.FOUR_EYES_OFF: say("One access manager alone may give the tasks that need more care"),
}
# How the audit calls the making of each.
MADE: dict[Kind, str] = {
    Kind.SEAT: "manager.proposed",
    Kind.UNSEAT: "manager.end_proposed",
    Kind.HAND_OVER: "manager.hand_over_proposed",
    Kind.FUNCTIONS: "functions.proposed",
    Kind.FOUR_EYES_OFF: "four_eyes.off_proposed",
}
