"""The cache in two forms. Every operation is atomic across workers; values are bytes; lives are time spans."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.clock import Clock


class CacheAway(Exception):
    """The cache did not answer. Callers decide what is stricter; nothing may become open because of it."""


@dataclass(frozen=True)
class Count:
    """A count to be raised by one: its key, the most it may come to, and the life that its first count begins."""

    key: str
    most: int
    ttl: timedelta


class Cache(Protocol):
    """What both caches do."""

    def get(self, key: str) -> bytes | None:
        """Return the value, or None where there is none or its life is over."""
        ...

    def set(self, key: str, value: bytes, ttl: timedelta, *, giving_back: str | None = None) -> None:
        """Store the value for `ttl`, and with it `decrement` the count `giving_back`, in one round trip."""
        ...

    def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        """Store only where nothing is; return whether this call stored it."""
        ...

    def take(self, key: str) -> bytes | None:
        """Return the value and remove it: of many rivals one gets it."""
        ...

    def increment(self, key: str, ttl: timedelta) -> int:
        """Count up and return the count; the life starts with the first count and is not extended."""
        ...

    def increment_within(self, counts: Sequence[Count]) -> Count | None:
        """Count up one after the other, no further than the first that comes above its most; return that one.

        None where all hold. The same as one `increment` each, in one round trip.
        """
        ...

    def decrement(self, key: str) -> None:
        """Take one count back, never below nought; a count whose life is over stays forgotten."""
        ...

    def delete(self, key: str) -> None:
        """Remove the value."""
        ...


class MemoryCache:
    """A cache inside one process, with lives by the clock that is passed in."""

    def __init__(self, clock: Clock, limit: int = 100_000) -> None:
        self._clock = clock
        self._limit = limit
        self._lock = threading.Lock()
        # value, and the instants from and until which it counts
        self._values: dict[str, tuple[bytes, datetime, datetime]] = {}

    def get(self, key: str) -> bytes | None:
        """See Cache.get."""
        with self._lock:
            return self._alive(key)

    def set(self, key: str, value: bytes, ttl: timedelta, *, giving_back: str | None = None) -> None:
        """See Cache.set."""
        with self._lock:
            self._store(key, value, ttl)
            if giving_back is not None:
                self._give_back(giving_back)

    def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        """See Cache.add."""
        with self._lock:
            if self._alive(key) is not None:
                return False
            self._store(key, value, ttl)
            return True

    def take(self, key: str) -> bytes | None:
        """See Cache.take."""
        with self._lock:
            value = self._alive(key)
            self._values.pop(key, None)
            return value

    def increment(self, key: str, ttl: timedelta) -> int:
        """See Cache.increment."""
        with self._lock:
            return self._count(key, ttl)

    def increment_within(self, counts: Sequence[Count]) -> Count | None:
        """See Cache.increment_within."""
        with self._lock:
            return next((count for count in counts if self._count(count.key, count.ttl) > count.most), None)

    def decrement(self, key: str) -> None:
        """See Cache.decrement."""
        with self._lock:
            self._give_back(key)

    def delete(self, key: str) -> None:
        """See Cache.delete."""
        with self._lock:
            self._values.pop(key, None)

    def _count(self, key: str, ttl: timedelta) -> int:
        value = self._alive(key)
        if value is None:
            self._store(key, b"1", ttl)
            return 1
        count = int(value) + 1
        self._values[key] = (b"%d" % count, *self._values[key][1:])
        return count

    def _give_back(self, key: str) -> None:
        value = self._alive(key)
        if value is not None and int(value) > 0:
            self._values[key] = (b"%d" % (int(value) - 1), *self._values[key][1:])

    def _alive(self, key: str) -> bytes | None:
        found = self._values.get(key)
        if found is None:
            return None
        if not found[1] <= self._clock.now() < found[2]:
            del self._values[key]
            return None
        return found[0]

    def _store(self, key: str, value: bytes, ttl: timedelta) -> None:
        if len(self._values) >= self._limit:
            self._sweep()
        now = self._clock.now()
        # A clock that is set back must not make a life endless: at most it doubles.
        self._values[key] = (value, now - ttl, now + ttl)

    def _sweep(self) -> None:
        now = self._clock.now()
        self._values = {key: kept for key, kept in self._values.items() if kept[1] <= now < kept[2]}
        # Still full of living entries: the oldest tenth goes, as a bounded cache must forget something.
        for key in list(self._values)[: max(0, len(self._values) - self._limit * 9 // 10)]:
            del self._values[key]


# One script, so that a count never stays behind without a life.
_INCREMENT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
"""
# The position of the first count above its most, nought where all hold. ARGV: life and most of each.
_INCREMENT_WITHIN = """
for i, key in ipairs(KEYS) do
  local count = redis.call('INCR', key)
  if count == 1 then redis.call('PEXPIRE', key, ARGV[2 * i - 1]) end
  if count > tonumber(ARGV[2 * i]) then return i end
end
return 0
"""
_DECREMENT = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
"""
_SET_GIVING_BACK = """
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if tonumber(redis.call('GET', KEYS[2]) or '0') > 0 then redis.call('DECR', KEYS[2]) end
"""


class RedisCache:
    """A cache shared by all processes.

    Commands are never repeated by the client: a timed-out INCR or GETDEL may have happened, and doing it twice would
    count twice or call a fresh code used.
    """

    def __init__(self, url: str, prefix: str) -> None:
        self._prefix = prefix
        self._redis = redis.Redis.from_url(
            url, socket_timeout=1.0, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0), health_check_interval=15
        )
        self._increment = self._redis.register_script(_INCREMENT)
        self._increment_within = self._redis.register_script(_INCREMENT_WITHIN)
        self._decrement = self._redis.register_script(_DECREMENT)
        self._set_giving_back = self._redis.register_script(_SET_GIVING_BACK)

    def get(self, key: str) -> bytes | None:
        """See Cache.get."""
        with _away():
            return cast("bytes | None", self._redis.get(self._prefix + key))

    def set(self, key: str, value: bytes, ttl: timedelta, *, giving_back: str | None = None) -> None:
        """See Cache.set."""
        with _away():
            if giving_back is None:
                self._redis.set(self._prefix + key, value, px=_milliseconds(ttl))
                return
            keys = [self._prefix + key, self._prefix + giving_back]
            self._set_giving_back(keys=keys, args=[value, _milliseconds(ttl)])

    def add(self, key: str, value: bytes, ttl: timedelta) -> bool:
        """See Cache.add."""
        with _away():
            return bool(self._redis.set(self._prefix + key, value, px=_milliseconds(ttl), nx=True))

    def take(self, key: str) -> bytes | None:
        """See Cache.take."""
        with _away():
            return cast("bytes | None", self._redis.getdel(self._prefix + key))

    def increment(self, key: str, ttl: timedelta) -> int:
        """See Cache.increment."""
        with _away():
            return int(cast("int", self._increment(keys=[self._prefix + key], args=[_milliseconds(ttl)])))

    def increment_within(self, counts: Sequence[Count]) -> Count | None:
        """See Cache.increment_within."""
        held = [number for count in counts for number in (_milliseconds(count.ttl), count.most)]
        with _away():
            above = cast("int", self._increment_within(keys=[self._prefix + count.key for count in counts], args=held))
        return counts[above - 1] if above else None

    def decrement(self, key: str) -> None:
        """See Cache.decrement."""
        with _away():
            self._decrement(keys=[self._prefix + key])

    def delete(self, key: str) -> None:
        """See Cache.delete."""
        with _away():
            self._redis.delete(self._prefix + key)

    def ping(self) -> None:
        """Raise CacheAway where Redis does not answer."""
        with _away():
            self._redis.ping()


class _away:  # noqa: N801 - reads as a word at the call
    """Turns every client error into CacheAway."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, redis.RedisError):
            raise CacheAway(str(error)) from error


def _milliseconds(ttl: timedelta) -> int:
    return max(1, int(ttl.total_seconds() * 1000))
