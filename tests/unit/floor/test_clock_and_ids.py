"""Time and chance are passed in: real in production, in the test's hand in tests."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared import runtime
from shared.clock import SettableClock, SystemClock
from shared.ids import RandomIds, SeededIds
from tests.support.kiosk import Kiosk

SUNDAY = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)


def test_the_system_clock_is_aware() -> None:
    """Every instant knows its zone."""
    assert SystemClock().now().tzinfo is UTC


def test_a_frozen_clock_stands_still_until_it_is_moved_or_freed() -> None:
    """Freeze, advance, free."""
    clock = SettableClock(SUNDAY)
    assert clock.now() == clock.now() == SUNDAY
    assert clock.advance(timedelta(hours=7)) == clock.now() == SUNDAY + timedelta(hours=7)
    assert clock.frozen
    clock.free()
    assert clock.now() - SystemClock().now() < timedelta(seconds=5)


def test_a_clock_takes_any_zone_and_keeps_utc() -> None:
    """21:30 in New York is the next day elsewhere."""
    clock = SettableClock()
    clock.freeze(datetime.fromisoformat("2026-11-22T21:30:00-05:00"))
    assert clock.now() == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    """A naive time is a guess."""
    with pytest.raises(ValueError, match="time zone"):
        SettableClock(SUNDAY.replace(tzinfo=None))


@pytest.mark.parametrize("ids", [RandomIds(), SeededIds(3)])
def test_ids_are_safe_in_a_url_and_never_the_same(ids: RandomIds | SeededIds) -> None:
    """Prefix, then 26 characters of a small alphabet; secrets likewise, without padding."""
    made = [ids.new("acc") for _ in range(2000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"acc_[0-9a-hjkmnp-tv-z]{26}", one) for one in made)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", ids.token()) for _ in range(200))
    assert len({ids.token(16) for _ in range(2000)}) == 2000


def test_ids_come_in_the_order_in_which_they_were_made() -> None:
    """Also within one millisecond: their order as text breaks ties, and an index on them grows at its end."""
    ids = RandomIds()
    made = [ids.new("evt") for _ in range(5000)]
    assert made == sorted(made)


def test_codes_are_uniform_and_keep_their_zeros() -> None:
    """Each first digit as likely as another; 000123 is six digits long."""
    codes = [RandomIds().digits() for _ in range(20_000)]
    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    firsts = Counter(code[0] for code in codes)
    assert set(firsts) == set("0123456789")
    # 20,000 draws of p = 0.1: six standard deviations are 255.
    assert all(abs(count - 2000) < 255 for count in firsts.values())


def test_seeded_ids_repeat_for_the_same_seed_only() -> None:
    """A failing test fails again."""

    def draw(seed: int) -> list[str]:
        ids = SeededIds(seed)
        return [ids.new("x"), ids.token(), ids.digits(), ids.new("x")]

    assert draw(1) == draw(1) != draw(2)
    assert draw(1)[0] < draw(1)[3]


@pytest.mark.parametrize("mode", ["production", "all-in-one"])
def test_reproducible_ids_are_refused_outside_of_tests(kiosk: Kiosk, mode: str, tmp_path: Path) -> None:
    """Guessable secrets cannot reach people."""
    settings = kiosk.context.settings.model_copy(update={"mode": mode})
    with pytest.raises(ValueError, match="tests only"):
        runtime.build(kiosk.context.service, settings, ids=SeededIds(1))
