"""What may go through a link and when emergency access may begin, rule by rule."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_manager.emergencies.rules import may_begin, may_review
from access_manager.functions.catalogue import FUNCTIONS
from access_manager.rules.refusals import Refusal
from access_manager.third_parties.rules import (
    first_end,
    may_answer,
    may_assign,
    may_connect,
    may_join,
    may_narrow,
    may_send,
)

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(days=1)
some_functions = st.sets(st.sampled_from([each.id for each in FUNCTIONS]))


@pytest.mark.parametrize(
    ("kind", "allowed"), [("billing_company", True), ("vendor", True), ("practice", False), ("facility", False)]
)
def test_only_companies_work_for_others(kind: str, allowed: bool) -> None:
    """And nobody for itself."""
    assert (may_connect("org_a", "org_b", kind) is None) == allowed
    assert may_connect("org_a", "org_a", kind) is Refusal.PARTNER_KIND


def test_the_other_side_answers_and_another_person() -> None:
    """A program acts for whoever runs it, on either side."""
    assert may_answer("provider", "acc_a", "provider", "acc_b", person=True) is Refusal.PARTNER_OTHER_SIDE
    assert may_answer("provider", "acc_a", "company", "acc_a", person=True) is Refusal.SELF_DECISION
    assert may_answer("provider", "suite", "company", "suite", person=False) is None
    assert may_answer("provider", "acc_a", "company", "acc_b", person=True) is None


@pytest.mark.parametrize(
    ("before", "after", "refusal"),
    [
        (None, SOON, None),
        (LATER, SOON, None),
        (SOON, SOON, None),
        (SOON, LATER, Refusal.PARTNER_NARROWER),
        (SOON, None, Refusal.PARTNER_NARROWER),
        (LATER, NOW, Refusal.END_IN_THE_PAST),
    ],
)
def test_an_end_only_comes_closer(before: datetime | None, after: datetime | None, refusal: Refusal | None) -> None:
    """And stays ahead; the same end is no change."""
    assert may_narrow(["a"], ["a"], before, after, NOW) is refusal


@given(held=some_functions, wanted=some_functions)
def test_narrowing_never_adds(held: set[str], wanted: set[str]) -> None:
    """What is allowed is a subset, and not nothing."""
    allowed = may_narrow(held, wanted, None, None, NOW) is None
    assert allowed == (bool(wanted) and wanted <= held)


@given(link=some_functions, held=some_functions, wanted=some_functions, managers=st.integers(1, 15), own=st.booleans())
def test_an_assignment_lies_within_the_link(
    link: set[str], held: set[str], wanted: set[str], managers: int, own: bool
) -> None:
    """For whoever is sent, by whomever; oneself gets more only where no colleague could give it."""
    refusal = may_assign("acc_a", "acc_a" if own else "acc_b", link, held, wanted, managers=managers)
    if refusal is None:
        assert wanted and wanted <= link
        assert not own or managers == 1 or wanted <= held


def test_only_the_companys_own_active_people_are_sent() -> None:
    """Who came through a partner is not handed on."""
    assert may_send(works_here=True, through_a_partner=False) is None
    assert may_send(works_here=False, through_a_partner=False) is Refusal.PARTNER_OWN_STAFF
    assert may_send(works_here=True, through_a_partner=True) is Refusal.PARTNER_OWN_STAFF


def test_whoever_is_there_already_is_not_sent_again() -> None:
    """Directly, through another link, or taken off this one by the organization."""
    assert may_join(direct=False, other_link=False, refused=False) is None
    assert may_join(direct=True, other_link=False, refused=False) is Refusal.PARTNER_MEMBER
    assert may_join(direct=False, other_link=True, refused=False) is Refusal.PARTNER_MEMBER
    assert may_join(direct=False, other_link=False, refused=True) is Refusal.PARTNER_REFUSED


def test_the_first_of_several_ends() -> None:
    """None of them means none."""
    assert first_end(None, LATER, SOON) == SOON
    assert first_end(None, None) is None


@given(listed=some_functions, held=some_functions, wanted=some_functions)
def test_an_emergency_gives_what_is_listed_and_lacking(listed: set[str], held: set[str], wanted: set[str]) -> None:
    """Nothing else, whatever is asked."""
    refusal = may_begin(listed, held, wanted, works_here=True, through_a_partner=False, unreviewed=False)
    assert (refusal is None) == (bool(wanted) and wanted <= listed and not wanted <= held)


@pytest.mark.parametrize(
    ("standing", "refusal"),
    [
        ({"works_here": False, "through_a_partner": False, "unreviewed": False}, Refusal.NOT_A_MEMBER),
        ({"works_here": True, "through_a_partner": True, "unreviewed": False}, Refusal.EMERGENCY_PARTNER),
        ({"works_here": True, "through_a_partner": False, "unreviewed": True}, Refusal.EMERGENCY_UNREVIEWED),
    ],
)
def test_who_may_not_begin(standing: dict[str, bool], refusal: Refusal) -> None:
    """Each for a reason of its own."""
    assert may_begin(["a"], [], ["a"], **standing) is refusal


def test_a_review_comes_afterwards_once_from_somebody_else() -> None:
    """Never one's own."""
    assert may_review("acc_a", "acc_b", runs=False, reviewed=False) is None
    assert may_review("acc_a", "acc_a", runs=False, reviewed=False) is Refusal.SELF_DECISION
    assert may_review("acc_a", "acc_b", runs=True, reviewed=False) is Refusal.EMERGENCY_RUNS
    assert may_review("acc_a", "acc_b", runs=False, reviewed=True) is Refusal.EMERGENCY_REVIEWED
