"""Four eyes: what one manager cannot do alone, and who else must agree. Pure.

Whoever becomes a manager accepts it themself. Where an organization has a second manager, one of them agrees too to
every change of managers. A program's and the support desk's acts are outside: both are answered for elsewhere.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from access_manager.functions.catalogue import BY_ID
from access_manager.rules.refusals import Refusal

LIFETIME = timedelta(days=14)


class Kind(StrEnum):
    """What is proposed."""

    SEAT = "seat"
    UNSEAT = "unseat"
    HAND_OVER = "hand_over"
    FUNCTIONS = "functions"
    FOUR_EYES_OFF = "four_eyes_off"


SEATING = frozenset({Kind.SEAT, Kind.HAND_OVER})


@dataclass(frozen=True, slots=True)
class Needs:
    """Whose word a proposal takes: that of the person it is about, that of a second manager."""

    acceptance: bool
    approval: bool


def needs(kind: Kind, managers: int) -> Needs:
    """Say what a proposal takes in an organization with so many managers."""
    return Needs(acceptance=kind in SEATING, approval=managers > 1)


def may_seat_alone(actor: str, member: str, *, person: bool, seating: bool) -> Refusal | None:
    """Allow a person to step down; everything else about seats takes a proposal."""
    return Refusal.NEEDS_PROPOSAL if person and (seating or actor != member) else None


def may_remove_alone(actor: str, member: str, *, person: bool, is_manager: bool) -> Refusal | None:
    """Allow to remove oneself and everybody who is no manager: a removal ends a seat as surely as a demotion."""
    return Refusal.MANAGER_ROLE_FIRST if person and is_manager and actor != member else None


def may_give_alone(held: Collection[str], wanted: Collection[str], *, asked: bool, managers: int) -> Refusal | None:
    """Allow new sensitive functions unless the organization asks for four eyes and has them."""
    new = set(wanted) - set(held)
    sensitive = any(BY_ID[each].sensitive for each in new if each in BY_ID)
    return Refusal.NEEDS_SECOND_MANAGER if asked and managers > 1 and sensitive else None


def may_approve(actor: str, proposer: str, member: str, kind: Kind) -> Refusal | None:
    """Allow a manager other than the proposer; nobody approves functions for themself."""
    own = actor == proposer or (kind is Kind.FUNCTIONS and actor == member)
    return Refusal.SELF_DECISION if own else None


def may_stand(*, proposer_manages: bool) -> Refusal | None:
    """A proposal falls with the seat of whoever made it."""
    return None if proposer_manages else Refusal.PROPOSER_GONE
