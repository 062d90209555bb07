"""How long somebody who does not answer is left alone: their wish, within our own bounds (RFC 9110 §10.2.3)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.oidc.outbound.patience import AT_ONCE, asked_for, pause

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
LONGEST = timedelta(minutes=30)


@pytest.mark.parametrize(
    "said",
    [
        "90",
        "000000090",
        "Mon, 23 Nov 2026 15:01:30 GMT",
        "Monday, 23-Nov-26 15:01:30 GMT",
        "Mon Nov 23 15:01:30 2026",
        "Mon, 23 Nov 2026 10:01:30 -0500",
    ],
)
def test_seconds_and_every_form_of_a_date(said: str) -> None:
    """RFC 9110 §5.6.7: the present form, the two of before, and a zone that nobody should send."""
    assert asked_for(503, said, NOW) == asked_for(429, said, NOW) == timedelta(seconds=90)


@pytest.mark.parametrize("status", [200, 202, 301, 400, 401, 404, 408, 500, 502, 504])
def test_only_who_is_busy_or_away_for_now_may_ask(status: int) -> None:
    """Of anybody else the header means something else, or nothing."""
    assert asked_for(status, "90", NOW) == AT_ONCE


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        " ",
        "0",
        "-1",
        "1.5",
        "1e9",
        "+5",
        "²",
        "٣",
        "soon",
        "Mon, 23 Nov 2026 14:59:59 GMT",
        "31 Feb 2026",
        "\0",
    ],
)
def test_what_asks_for_nothing(said: str | None) -> None:
    """No header, a past date, or what is neither seconds nor a date."""
    assert asked_for(503, said, NOW) == AT_ONCE


@given(st.text() | st.integers().map(str) | st.datetimes().map(str))
def test_threat_57_whatever_a_header_says_the_pause_is_bounded(said: str) -> None:
    """Nothing that a receiver writes raises, shortens our pause, or lengthens it beyond our longest."""
    asked = asked_for(503, said, NOW)
    assert pause(1, LONGEST) <= pause(1, LONGEST, asked) <= LONGEST


@given(st.integers(1, 10_000), st.timedeltas(AT_ONCE, timedelta(days=400)))
def test_a_wish_counts_as_far_as_our_patience_goes(tries: int, asked: timedelta) -> None:
    """The longer of the two pauses, and never more than the longest."""
    assert pause(tries, LONGEST, asked) == min(LONGEST, max(pause(tries, LONGEST), asked))
