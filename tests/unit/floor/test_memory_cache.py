"""The cache in one process keeps the promises of every cache, by the clock that is passed in."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.cache import Cache, MemoryCache
from shared.clock import SettableClock
from tests.support.cache_promises import LONG, CachePromises


class TestMemoryCache(CachePromises):
    """All promises, by a clock in the test's hand."""

    @pytest.fixture
    def cache(self, clock: SettableClock) -> Cache:
        """An empty cache."""
        return MemoryCache(clock)

    @pytest.fixture
    def wait(self, clock: SettableClock) -> Callable[[], None]:
        """A second, without waiting."""

        def pass_a_second() -> None:
            clock.advance(timedelta(seconds=1))

        return pass_a_second


def test_a_full_cache_forgets_the_oldest(clock: SettableClock) -> None:
    """It never grows beyond its limit, and the newest value is always there."""
    cache = MemoryCache(clock, limit=100)
    for number in range(1000):
        cache.set(f"k{number}", b"x", LONG)
        assert cache.get(f"k{number}") == b"x"
    assert sum(cache.get(f"k{number}") is not None for number in range(1000)) <= 100


def test_a_full_cache_lets_go_of_the_dead_first(clock: SettableClock) -> None:
    """What still lives is kept where forgetting the rest is enough."""
    cache = MemoryCache(clock, limit=100)
    cache.set("kept", b"x", LONG)
    for number in range(99):
        cache.set(f"k{number}", b"x", timedelta(seconds=1))
    clock.advance(timedelta(seconds=2))
    cache.set("new", b"x", LONG)
    assert cache.get("kept") == b"x"


def test_nothing_outlives_twice_its_life_when_the_clock_is_set_back(clock: SettableClock) -> None:
    """What was stored on a trial's clock of next spring is gone today; a small step back takes nothing away."""
    cache = MemoryCache(clock)
    cache.set("k", b"x", LONG)
    clock.advance(-LONG)
    assert cache.get("k") == b"x"
    clock.advance(-timedelta(seconds=1))
    assert cache.get("k") is None and cache.add("k", b"y", LONG)
