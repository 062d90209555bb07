"""How often codes are sent and guessed, which forms of them are read, and what recovery codes look like."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.codes import rules
from identity.codes.rules import LIFE, Run
from identity.mfa import recovery_codes

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def sent(times: int, *, tries: int = 0, every: timedelta = timedelta(0)) -> Run:
    """A run in which codes were sent, the last of them now."""
    run: Run | None = None
    for number in range(times):
        run = rules.after_sending(run, NOW - every * (times - 1 - number))
    assert run is not None
    return Run(tries, run.sends, run.sent_at, run.ends_at)


def test_a_first_code_waits_for_nothing() -> None:
    """Whoever has asked for nothing yet gets one at once."""
    assert rules.waits_until(None, NOW) is None


@pytest.mark.parametrize(("times", "seconds"), [(1, 30), (2, 60), (3, 120), (4, 240), (5, 600)])
def test_each_further_code_waits_longer_and_the_sixth_for_the_end(times: int, seconds: int) -> None:
    """Threat 29, resend flood: 30 seconds, one minute, two, four; after five codes none until they are too old."""
    run = sent(times)
    assert rules.waits_until(run, NOW) == NOW + timedelta(seconds=seconds)
    assert rules.waits_until(run, NOW + timedelta(seconds=seconds)) is None


def test_sending_keeps_the_count_of_guesses() -> None:
    """Threat 29: another code buys no guesses; only when every code is too old does the count begin anew."""
    run = sent(1, tries=4)
    again = rules.after_sending(run, NOW + timedelta(minutes=1))
    assert (again.tries, again.sends) == (4, 2)
    assert rules.after_sending(again, again.ends_at).tries == 0


def test_no_guess_left_is_no_code_either() -> None:
    """After five wrong guesses nothing is sent until the last code is too old."""
    run = sent(1, tries=5)
    assert rules.exhausted(run) and rules.waits_until(run, NOW + timedelta(minutes=9)) == NOW + LIFE
    assert not rules.exhausted(sent(1, tries=4))


def test_codes_live_ten_minutes_and_have_twenty_bits() -> None:
    """ASVS 6.5.4 and 6.5.5, SP 800-63B-4 §4.2.1.2: six random digits, ten minutes at most."""
    assert timedelta(minutes=10) == LIFE
    assert 10**rules.DIGITS > 2**19  # log2(10**6) is 19.9: "20 bits" in the words of both


@pytest.mark.parametrize("typed", ["123456", " 123 456 ", "123-456", "１２３４５６", "12.34.56", "123\u2011456"])
def test_every_way_of_writing_six_digits_is_read(typed: str) -> None:
    """Spaces, hyphens, full-width digits of an input method: people paste what they have."""
    assert rules.read(typed) == "123456"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12a456", "١٢٣٤٥٦", "½23456", "9" * 5000, "12345\x00"])
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    """Other signs, other lengths, a flood of digits: nothing to compare with."""
    assert rules.read(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "abcd-efgh-jkmn-pqr0",
        "ABCD EFGH JKMN PQRO",
        "abcdefghjkmnpqr0",
        "a b c d e f g h j k m n p q r o",
        "ＡＢＣＤ-efgh-jkmn-pqr0",
    ],
)
def test_a_recovery_code_is_read_in_every_form(typed: str) -> None:
    """Threat 30: case, spaces, hyphens and look-alike letters make it neither wrong nor a second code."""
    assert recovery_codes.read(typed) == "abcdefghjkmnpqr0"


@pytest.mark.parametrize("typed", ["", "abcd", "abcd-efgh-jkmn-pqr0-s", "abcd-efgh-jkmn-pqru", "é" * 16, "a" * 4000])
def test_what_cannot_be_a_recovery_code_is_none(typed: str) -> None:
    """Wrong length, letters that no code has, anything huge."""
    assert recovery_codes.read(typed) is None


def test_a_recovery_code_is_shown_in_four_groups() -> None:
    """Four by four, as people copy by hand."""
    assert recovery_codes.in_groups("abcdefghjkmnpqr0") == "abcd-efgh-jkmn-pqr0"
