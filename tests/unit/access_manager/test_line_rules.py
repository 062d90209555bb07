"""Lines of business: how far a manager reaches (G2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_manager.rules.lines import LINES, in_order, joined, may_limit, within
from access_manager.rules.refusals import Refusal
from shared.contracts.registration import LINES_OF_BUSINESS

SOME = st.sets(st.sampled_from(LINES_OF_BUSINESS)).map(sorted)


@pytest.mark.parametrize(
    ("reach", "lines", "inside"),
    [
        ([], [], True),
        ([], ["dental"], True),
        (["dental"], ["dental"], True),
        (["dental"], ["medical"], False),
        (["dental"], ["dental", "medical"], False),
        (["dental", "medical"], ["dental"], True),
        (["dental"], [], False),
    ],
)
def test_a_limited_manager_reaches_what_lies_within(reach: list[str], lines: list[str], inside: bool) -> None:
    """None named means all, on both sides."""
    assert within(reach, lines) is inside


@given(SOME, SOME, SOME)
def test_reaching_is_an_order(a: list[str], b: list[str], c: list[str]) -> None:
    """Everybody reaches their own; who reaches a manager reaches all that one reaches."""
    assert within(a, a)
    if within(a, b) and within(b, c):
        assert within(a, c)


@given(SOME, SOME)
def test_what_is_joined_holds_both(held: list[str], given_lines: list[str]) -> None:
    """Nobody loses a line by being given another; all lines stay all lines."""
    both = joined(held, given_lines)
    assert within(both, held) and within(both, given_lines)


def test_all_of_them_named_is_none_named() -> None:
    """A line that comes later is theirs too."""
    assert in_order(["behavioral", "dental", "medical"]) == []
    assert in_order(["dental", "medical", "dental"]) == ["medical", "dental"]
    assert set(LINES) == set(LINES_OF_BUSINESS)


@pytest.mark.parametrize(
    ("reach", "member", "lines", "refusal"),
    [
        ([], "acc_sam", ["dental"], None),
        ([], "acc_sam", [], None),
        ([], "acc_sam", ["optical"], Refusal.UNKNOWN_LINE),
        ([], "acc_meg", ["dental"], Refusal.OWN_LINES),
        (["dental"], "acc_sam", ["dental"], Refusal.BEYOND_LINES),
    ],
)
def test_only_a_manager_of_every_line_limits_others(
    reach: list[str], member: str, lines: list[str], refusal: Refusal | None
) -> None:
    """Nobody widens or narrows their own."""
    assert may_limit(reach, "acc_meg", member, lines) is refusal
