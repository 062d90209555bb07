"""The cache on real Redis keeps the promises of every cache, and says when it is away."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis

from deploy.servers.kinds import Redis
from shared.cache import Cache, CacheAway, Count, RedisCache
from tests.support.cache_promises import LONG, CachePromises


@pytest.fixture
def cache(redis_url: str) -> Cache:
    """An empty cache of a service."""
    return RedisCache(redis_url, "gatehouse:kiosk:")


class TestRedisCache(CachePromises):
    """All promises, by Redis' own clock."""

    @pytest.fixture
    def wait(self, redis_url: str) -> Iterator[Callable[[], None]]:
        """Until Redis has let go of a key that was made after every other short one."""
        with redis.Redis.from_url(redis_url) as client:

            def until_gone() -> None:
                client.set("marker", 1, px=250)
                while client.exists("marker"):
                    threading.Event().wait(0.01)

            yield until_gone


def test_services_do_not_see_each_other_s_keys(redis_url: str, cache: Cache) -> None:
    """One Redis, a prefix for each service."""
    cache.set("k", b"mine", LONG)
    assert RedisCache(redis_url, "gatehouse:other:").get("k") is None


def test_every_key_has_a_life(redis_url: str, cache: Cache) -> None:
    """Nothing stays in Redis for ever, counts included."""
    cache.set("set", b"1", LONG)
    cache.add("add", b"1", LONG)
    for _ in range(3):
        cache.increment("count", LONG)
        cache.increment_within([Count("within", 2, LONG)])
    cache.set("value", b"1", LONG, giving_back="count")
    with redis.Redis.from_url(redis_url) as client:
        names = client.keys("*")
        assert len(names) == 5
        assert all(0 < client.pttl(name) <= LONG.total_seconds() * 1000 for name in names)


def test_a_redis_that_is_away_is_said_to_be(redis_server: Redis, redis_url: str, cache: Cache) -> None:
    """Every operation raises CacheAway, soon, once; and all is well when Redis is back."""
    cache.set("k", b"1", LONG)
    acts: list[Callable[[], object]] = [
        lambda: cache.get("k"),
        lambda: cache.set("k", b"1", LONG),
        lambda: cache.add("k", b"1", LONG),
        lambda: cache.take("k"),
        lambda: cache.set("k", b"1", LONG, giving_back="n"),
        lambda: cache.increment("n", LONG),
        lambda: cache.increment_within([Count("n", 9, LONG)]),
        lambda: cache.decrement("n"),
        lambda: cache.delete("k"),
    ]
    began = time.monotonic()
    with redis_server.away():
        for act in acts:
            with pytest.raises(CacheAway):
                act()
    assert time.monotonic() - began < 15
    assert cache.increment("n", LONG) == 1
    cache.set("k", b"2", LONG)
    assert cache.get("k") == b"2"
