"""Four eyes: what takes a second word, and whose (G16, G17)."""

from datetime import UTC, datetime, timedelta

import pytest

from access_manager.proposals.flow import DECLINE_REASONS, MADE, SENTENCES, SUMMARIES, State, Word, Words, stands
from access_manager.rules.proposals import (
    LIFETIME,
    Kind,
    Needs,
    may_approve,
    may_give_alone,
    may_remove_alone,
    may_seat_alone,
    may_stand,
    needs,
)
from access_manager.rules.refusals import Refusal

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "managers", "acceptance", "approval"),
    [
        (Kind.SEAT, 1, True, False),
        (Kind.SEAT, 2, True, True),
        (Kind.HAND_OVER, 1, True, False),
        (Kind.HAND_OVER, 15, True, True),
        (Kind.UNSEAT, 2, False, True),
        (Kind.FUNCTIONS, 1, False, False),
        (Kind.FUNCTIONS, 2, False, True),
        (Kind.FOUR_EYES_OFF, 1, False, False),
        (Kind.FOUR_EYES_OFF, 3, False, True),
    ],
)
def test_whose_word_a_proposal_takes(kind: Kind, managers: int, acceptance: bool, approval: bool) -> None:
    """G16, G17: who becomes a manager accepts; where there is a second manager, one agrees."""
    assert needs(kind, managers) == Needs(acceptance, approval)


@pytest.mark.parametrize(
    ("member", "person", "seating", "refusal"),
    [
        ("acc_sam", True, True, Refusal.NEEDS_PROPOSAL),
        ("acc_sam", True, False, Refusal.NEEDS_PROPOSAL),
        ("acc_meg", True, False, None),
        ("acc_meg", True, True, Refusal.NEEDS_PROPOSAL),
        ("acc_sam", False, True, None),
        ("acc_sam", False, False, None),
    ],
)
def test_a_person_alone_only_steps_down(member: str, person: bool, seating: bool, refusal: Refusal | None) -> None:
    """A program and the desk act at once."""
    assert may_seat_alone("acc_meg", member, person=person, seating=seating) is refusal


@pytest.mark.parametrize(
    ("member", "person", "is_manager", "refusal"),
    [
        ("acc_max", True, True, Refusal.MANAGER_ROLE_FIRST),
        ("acc_meg", True, True, None),
        ("acc_sam", True, False, None),
        ("acc_max", False, True, None),
    ],
)
def test_a_removal_is_no_way_around(member: str, person: bool, is_manager: bool, refusal: Refusal | None) -> None:
    """G17: removing another manager's access would end their seat without a second word."""
    assert may_remove_alone("acc_meg", member, person=person, is_manager=is_manager) is refusal


@pytest.mark.parametrize(
    ("held", "wanted", "asked", "managers", "allowed"),
    [
        ((), ("payment.manage",), True, 2, False),
        ((), ("claims.submit", "clinical.view"), True, 15, False),
        ((), ("payment.manage",), False, 2, True),
        ((), ("payment.manage",), True, 1, True),
        (("payment.manage",), ("payment.manage", "claims.submit"), True, 2, True),
        (("payment.manage",), (), True, 2, True),
        ((), ("claims.submit",), True, 2, True),
        ((), ("no.such.function",), True, 2, True),  # another rule refuses it
    ],
)
def test_sensitive_functions_take_two_where_it_is_wanted(
    held: tuple[str, ...], wanted: tuple[str, ...], asked: bool, managers: int, allowed: bool
) -> None:
    """G17: only those that are new; never what was held, and not where there is nobody else."""
    assert (may_give_alone(held, wanted, asked=asked, managers=managers) is None) is allowed


@pytest.mark.parametrize(
    ("actor", "member", "kind", "refusal"),
    [
        ("acc_meg", "acc_sam", Kind.SEAT, Refusal.SELF_DECISION),
        ("acc_max", "acc_sam", Kind.SEAT, None),
        ("acc_max", "acc_max", Kind.UNSEAT, None),  # agreeing to one's own end is stepping down
        ("acc_max", "acc_max", Kind.FUNCTIONS, Refusal.SELF_DECISION),
        ("acc_meg", "acc_meg", Kind.FOUR_EYES_OFF, Refusal.SELF_DECISION),
    ],
)
def test_the_second_manager_is_another_one(actor: str, member: str, kind: Kind, refusal: Refusal | None) -> None:
    """G5, G17: nobody agrees to what they proposed, nor to functions for themself."""
    assert may_approve(actor, "acc_meg", member, kind) is refusal


def test_a_proposal_falls_with_the_seat_of_who_made_it() -> None:
    """A manager who was removed decides nothing, not even by what they left behind."""
    assert may_stand(proposer_manages=True) is None
    assert may_stand(proposer_manages=False) is Refusal.PROPOSER_GONE


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (Words(True, True, False, False), {Word.ACCEPTANCE, Word.APPROVAL}),
        (Words(True, True, True, False), {Word.APPROVAL}),
        (Words(True, True, False, True), {Word.ACCEPTANCE}),
        (Words(True, True, True, True), set()),
        (Words(True, False, False, False), {Word.ACCEPTANCE}),
        (Words(False, True, False, False), {Word.APPROVAL}),
        (Words(False, False, False, False), set()),
    ],
)
def test_what_is_missing(words: Words, missing: set[Word]) -> None:
    """In whatever order the words come."""
    assert words.missing() == missing


def test_a_proposal_ends_by_itself_after_fourteen_days() -> None:
    """To the instant; what was closed before stays what it was."""
    ends = NOW + LIFETIME
    assert timedelta(days=14) == LIFETIME
    assert stands("open", ends, ends - timedelta(microseconds=1)) is State.OPEN
    assert stands("open", ends, ends) is State.EXPIRED
    assert stands("declined", ends, ends) is State.DECLINED


def test_everything_has_words() -> None:
    """Each state, each kind on the page and in the audit; a refusal has reasons to choose from."""
    assert set(SENTENCES) == set(State)
    assert set(SUMMARIES) == set(MADE) == set(Kind)
    assert "other" in DECLINE_REASONS
