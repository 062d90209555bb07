"""What the sign-in page says beside its form: wrong door, wrong clock."""

from datetime import UTC, datetime

import pytest

from identity.login.hints import hints, is_member_style
from identity.policies.rules import DEFAULTS

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "member"),
    [
        ("ABC123456789", True),
        ("abc 123 456 789", True),
        ("ABC-123456789", True),
        ("ＡＢＣ１２３４５６７８９", True),
        ("ABC12345678", False),
        ("ABC1234567890", False),
        ("PatPartner", False),
        ("", False),
        ("   ", False),
        ("A" * 21, False),
    ],
)
def test_what_looks_like_a_card_number_is_told_so(typed: str, member: bool) -> None:
    """A9: by its look alone, whatever case and grouping; never by whether anybody has it (threat 26)."""
    assert is_member_style(typed, DEFAULTS.member_id_pattern) is member


def test_the_pattern_is_the_operators() -> None:
    """Another payer has other cards."""
    assert is_member_style("w1234 56789", r"W\d{9}") and not is_member_style("ABC123456789", r"W\d{9}")


def test_a_slow_pattern_meets_short_texts_only() -> None:
    """Threat 57: what is typed is cut before the operator's pattern sees it."""
    assert not is_member_style("a" * 320, r"(A+)+B") and not is_member_style("a" * 20, r"(A+)+B")


def test_the_page_carries_our_time() -> None:
    """In Unix seconds, to compare with the browser's."""
    assert hints("", DEFAULTS.member_id_pattern, NOW).clock == 1795446000
