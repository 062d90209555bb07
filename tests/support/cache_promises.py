"""What every cache promises, whatever stands behind it. A test class inherits the promises and gives the cache."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from shared.cache import Cache, Count

T = TypeVar("T")
LONG, SHORT = timedelta(minutes=5), timedelta(milliseconds=200)


class CachePromises:
    """One behaviour; `cache` and `wait` (until a short life is over) come as fixtures."""

    def test_nothing_is_nothing(self, cache: Cache) -> None:
        """No value, nothing to take, nothing to delete."""
        assert cache.get("k") is None
        assert cache.take("k") is None
        cache.delete("k")

    def test_what_was_set_is_there_byte_for_byte(self, cache: Cache) -> None:
        """Any bytes; the last one wins; keys with odd letters are keys."""
        for key in ("k", "with space", "ключ:1"):
            cache.set(key, b"old", LONG)
            cache.set(key, bytes(range(256)), LONG)
            assert cache.get(key) == bytes(range(256))

    def test_empty_is_a_value(self, cache: Cache) -> None:
        """No bytes at all are something other than nothing."""
        cache.set("k", b"", LONG)
        assert cache.get("k") == b""
        assert not cache.add("k", b"x", LONG)
        assert cache.take("k") == b""

    def test_a_life_ends(self, cache: Cache, wait: Callable[[], None]) -> None:
        """Values, first comers and counts are gone when their life is over; others are not."""
        cache.set("set", b"1", SHORT)
        cache.add("add", b"1", SHORT)
        cache.increment("count", SHORT)
        cache.set("long", b"1", LONG)
        wait()
        assert [cache.get(key) for key in ("set", "add", "count", "long")] == [None, None, None, b"1"]
        assert cache.add("add", b"2", LONG)
        assert cache.increment("count", LONG) == 1

    def test_setting_anew_gives_a_new_life(self, cache: Cache, wait: Callable[[], None]) -> None:
        """The longer life counts."""
        cache.set("k", b"1", SHORT)
        cache.set("k", b"2", LONG)
        wait()
        assert cache.get("k") == b"2"

    def test_counting_does_not_lengthen_a_life(self, cache: Cache, wait: Callable[[], None]) -> None:
        """A throttle that somebody keeps hitting still ends."""
        assert [cache.increment("k", SHORT) for _ in range(3)] == [1, 2, 3]
        assert cache.increment("k", LONG) == 4
        wait()
        assert cache.get("k") is None

    def test_a_count_can_be_read_and_deleted(self, cache: Cache) -> None:
        """As decimal digits."""
        cache.increment("k", LONG)
        cache.increment("k", LONG)
        assert cache.get("k") == b"2"
        cache.delete("k")
        assert cache.increment("k", LONG) == 1

    def test_a_count_is_given_back_and_never_falls_below_nought(self, cache: Cache) -> None:
        """What was counted before it was known can be taken back; what is not there stays not there."""
        cache.increment("k", LONG)
        cache.increment("k", LONG)
        cache.decrement("k")
        assert cache.get("k") == b"1"
        cache.decrement("k")
        cache.decrement("k")
        assert cache.increment("k", LONG) == 1
        cache.decrement("never counted")
        assert cache.get("never counted") is None

    def test_a_count_given_back_keeps_its_life(self, cache: Cache, wait: Callable[[], None]) -> None:
        """Giving back is no use: the count ends when it would have."""
        cache.increment("k", SHORT)
        cache.increment("k", SHORT)
        cache.decrement("k")
        wait()
        assert cache.get("k") is None

    def test_counts_go_up_together_as_far_as_the_first_that_is_full(self, cache: Cache) -> None:
        """Each for itself as by `increment`; what comes after a full one is not touched."""
        first, second, third = Count("a", 3, LONG), Count("b", 2, LONG), Count("c", 9, LONG)
        assert [cache.increment_within([first, second, third]) for _ in range(4)] == [None, None, second, first]
        assert [cache.get(key) for key in "abc"] == [b"4", b"3", b"2"]
        assert cache.increment_within([]) is None

    def test_counts_that_go_up_together_live_each_for_itself(self, cache: Cache, wait: Callable[[], None]) -> None:
        """And none of them lives longer for being counted again."""
        for _ in range(2):
            assert cache.increment_within([Count("short", 9, SHORT), Count("long", 9, LONG)]) is None
        wait()
        assert cache.increment_within([Count("short", 1, LONG), Count("long", 2, LONG)]) == Count("long", 2, LONG)

    def test_a_value_is_set_and_a_count_given_back_at_once(self, cache: Cache, wait: Callable[[], None]) -> None:
        """As by `set` and `decrement`: nothing below nought, and nothing that was not there."""
        cache.increment("count", LONG)
        for value in (b"1", b"2", bytes(range(256))):
            cache.set("k", value, SHORT, giving_back="count")
            assert (cache.get("k"), cache.get("count")) == (value, b"0")
        cache.set("k", b"3", SHORT, giving_back="never counted")
        assert cache.get("never counted") is None
        wait()
        assert (cache.get("k"), cache.get("count")) == (None, b"0")

    def test_of_many_rivals_one_takes(self, cache: Cache) -> None:
        """A one-time state is used once."""
        cache.set("k", b"prize", LONG)
        assert Counter(rivals(lambda: cache.take("k"))) == {b"prize": 1, None: 15}

    def test_of_many_rivals_one_is_first(self, cache: Cache) -> None:
        """A one-time code is marked used once."""
        assert Counter(rivals(lambda: cache.add("k", b"x", LONG))) == {True: 1, False: 15}

    def test_no_count_is_lost_among_rivals(self, cache: Cache) -> None:
        """Sixteen at once count to sixteen."""
        assert sorted(rivals(lambda: cache.increment("k", LONG))) == list(range(1, 17))

    def test_of_many_rivals_as_many_stay_within_as_there_is_room_for(self, cache: Cache) -> None:
        """Five of sixteen, and the rest is told which count was full."""
        full = Count("k", 5, LONG)
        found = rivals(lambda: cache.increment_within([full, Count("l", 16, LONG)]))
        assert Counter(found) == {None: 5, full: 11}
        assert cache.get("l") == b"5"


def rivals(act: Callable[[], T]) -> list[T]:
    """Sixteen threads do it at the same moment; what each of them got."""
    found: list[T] = []
    together = threading.Barrier(16)

    def run() -> None:
        together.wait()
        found.append(act())

    threads = [threading.Thread(target=run) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
