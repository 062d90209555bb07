"""What a row of a list does, or why it does nothing: shown before, kept after. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from access_manager.adding.reading import Entry, Fault
from access_manager.rules.refusals import REFUSALS, Refusal
from shared.i18n import Message, say

UNDO_WITHIN = timedelta(hours=24)


class Act(StrEnum):
    """What a row does."""

    INVITE = "invite"
    UPDATE = "update"
    EXTEND = "extend"
    REMOVE = "remove"
    NOTHING = "nothing"
    FAULT = "fault"


# The words before and after, as keys of the translations.
WILL: dict[Act, str] = {
    Act.INVITE: "Will be invited",
    Act.UPDATE: "Invited already: the invitation will give this",
    Act.EXTEND: "Has access: will get more tasks",
    Act.REMOVE: "Access will be removed",
    Act.NOTHING: "Already so: nothing changes",
    Act.FAULT: "Needs correcting",
}
DID: dict[Act, str] = {
    Act.INVITE: "Invited",
    Act.UPDATE: "The invitation was changed",
    Act.EXTEND: "Got more tasks",
    Act.REMOVE: "Access removed",
    Act.NOTHING: "Was so already",
    Act.FAULT: "Left out",
}
CHANGES = frozenset({Act.INVITE, Act.UPDATE, Act.EXTEND, Act.REMOVE})


@dataclass(frozen=True)
class Row:
    """One row with what it does. `functions` is what the person has then; `before`, `membership_id`, `invitation_id`
    and `version` are what undoing needs; `undone` says what undoing did: "yes", or why not as a `said` pair.
    """

    number: int
    name: str
    email: str
    act: Act
    functions: Sequence[str] = ()
    gets: Sequence[str] = ()
    lines: Sequence[str] = ()
    ends_at: str | None = None
    fault: Mapping[str, Any] | None = None
    membership_id: str | None = None
    invitation_id: str | None = None
    version: int | None = None
    before: Mapping[str, Any] | None = None
    undone: Mapping[str, Any] | None = None

    @property
    def sentence(self) -> Message | None:
        """The fault in words that a page can say in another language."""
        return spoken(self.fault)

    @property
    def undone_sentence(self) -> Message | None:
        """What undoing came to, in words."""
        return spoken(self.undone)

    def kept(self) -> dict[str, Any]:
        """Return the row as JSON."""
        return {**asdict(self), "act": self.act.value}


def read(kept: Mapping[str, Any]) -> Row:
    """Return the row that `kept` wrote."""
    return Row(**{**kept, "act": Act(kept["act"])})


def faulty(entry: Entry, *faults: Fault) -> Row:
    """Return a row that does nothing, with the first thing to mend."""
    return Row(entry.number, entry.name, entry.email, Act.FAULT, fault=said(faults[0].slug, faults[0].sentence))


def refused(entry: Entry, refusal: Refusal) -> Row:
    """The same for what the rules refuse."""
    return faulty(entry, Fault(refusal.value, say(REFUSALS[refusal][1])))


def said(slug: str, sentence: Message) -> dict[str, Any]:
    """Return a sentence as it is kept: name, key, values."""
    return {"slug": slug, "key": sentence.key, "values": dict(sentence.values)}


def spoken(kept: Mapping[str, Any] | None) -> Message | None:
    """Return the sentence that `said` kept."""
    return say(str(kept["key"]), **dict(kept["values"])) if kept else None


def undone(row: Row, why_not: Message | None, slug: str = "undone") -> Row:
    """Return the row with what undoing did."""
    return replace(row, undone=said(slug, why_not or say("Undone")))


def count(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many rows do what."""
    return {act.value: sum(row.act is act for row in rows) for act in Act if any(row.act is act for row in rows)}
