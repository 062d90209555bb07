"""How often somebody may try: in the cache that all workers share; stricter in our own memory while it is away.

A name counts whether an account has it or not, on its canonical form, so case and look-alikes buy no tries and nothing
is told (threats 26, 27). Tries are counted before the check, so that parallel guesses count too (D5).
"""

import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from identity.throttle.lanes import MINUTE, Mark, lane, minute_of, next_minute, read_mark
from identity.throttle.limits import Limits
from shared.cache import Cache, CacheAway, Count, MemoryCache
from shared.clock import Clock

# A count lives an hour from its first try. The mark that names the count must outlive it, or an old count would hold.
_COUNT_LIVES = timedelta(hours=1)
_MARK_LIVES = timedelta(hours=3)
_T = TypeVar("_T")


class Throttle:
    """Counts tries. `kind` keeps what is tried apart: "password", "code", or whatever a caller has limits for.

    `name` is what is tried at, in canonical form; `source` the network address of the caller; `device` the id of a
    device that the account has proved before, which counts by itself and minds neither the name's nor the source's
    waits (threat 28). `limits` go before those given at the start.
    """

    def __init__(self, cache: Cache, clock: Clock, limits: Limits, code_limits: Limits) -> None:
        self._cache = cache
        self._own = MemoryCache(clock)
        self._clock = clock
        self._limits = {"password": limits, "code": code_limits}

    def try_once(
        self, kind: str, name: str, source: str, device: str | None = None, limits: Limits | None = None
    ) -> datetime | None:
        """Count a try; return the instant until which nothing is accepted, or None to go on with the check."""
        allowed, key = limits or self._limits[kind], lane(kind, name, device)
        asking = None if device else source
        return self._counted(allowed, lambda cache, held: self._try(cache, held, key, kind, asking))

    def failed(
        self, kind: str, name: str, source: str, device: str | None = None, limits: Limits | None = None
    ) -> datetime | None:
        """Note that a counted try failed; return until when the name rests, once for each rest: to tell its owner."""
        del source  # its count took the try when it began
        key = lane(kind, name, device)
        return self._counted(limits or self._limits[kind], lambda cache, held: self._fail(cache, held, key))

    def succeeded(self, kind: str, name: str, source: str | None = None, device: str | None = None) -> None:
        """Forget the tries of the lane, and give this one back to the source: only failures tire it."""
        key, now = lane(kind, name, device), self._clock.now()
        self._forget_own(key)
        tired = minute_of(kind, source, now) if source is not None and device is None else None
        with suppress(CacheAway):
            self._cache.set(key, Mark(secrets.token_hex(4)).to_bytes(), _MARK_LIVES, giving_back=tired)

    def gave_up(self, kind: str, name: str, source: str, device: str | None = None) -> None:
        """Give a counted try back that was never checked, because we were too busy."""
        key, now = lane(kind, name, device), self._clock.now()
        try:
            self._cache.decrement(_count(key, read_mark(self._cache.get(key))))
            if device is None:
                self._cache.decrement(minute_of(kind, source, now))
        except CacheAway:
            return

    def clear(self, kind: str, name: str, devices: Iterable[str] = ()) -> None:
        """End the waits of a name, and of the devices named: an operator or a recovery has seen to it."""
        for device in (None, *devices):
            self.succeeded(kind, name, device=device)

    def _counted(self, limits: Limits, count: Callable[[Cache, Limits], _T]) -> _T:
        try:
            return count(self._cache, limits)
        except CacheAway:
            return count(self._own, limits.stricter())

    def _try(self, cache: Cache, limits: Limits, key: str, kind: str, source: str | None) -> datetime | None:
        now, mark = self._clock.now(), read_mark(cache.get(key))
        if mark.waits(now):
            return mark.until
        own = Count(_count(key, mark), limits.rest_at, _COUNT_LIVES)
        # The source's count comes first: what it refuses must not use up the tries of the name.
        passed = cache.increment_within([*_of_source(limits, kind, source, now), own])
        if passed is None:
            return None
        return self._rest(cache, limits, key, mark).until if passed is own else next_minute(now)

    def _fail(self, cache: Cache, limits: Limits, key: str) -> datetime | None:
        now, mark = self._clock.now(), read_mark(cache.get(key))
        if not mark.waits(now):
            failures = int(cache.get(_count(key, mark)) or b"0")
            if failures >= limits.rest_at:
                mark = self._rest(cache, limits, key, mark)
            elif wait := limits.wait_after(failures):
                cache.set(key, Mark(mark.generation, now + wait).to_bytes(), _MARK_LIVES)
        first = mark.rests and mark.waits(now) and cache.add(f"{key}:told:{mark.generation}", b"1", _COUNT_LIVES)
        return mark.until if first else None

    def _rest(self, cache: Cache, limits: Limits, key: str, mark: Mark) -> Mark:
        """Begin the rest with a new count, so that it is a rest and not an end."""
        resting = mark.at_rest(self._clock.now() + limits.rest)
        cache.set(key, resting.to_bytes(), _MARK_LIVES)
        return resting

    def _forget_own(self, key: str) -> None:
        """Forget what was counted here while the cache was away."""
        self._own.delete(_count(key, read_mark(self._own.get(key))))
        self._own.delete(key)


def _of_source(limits: Limits, kind: str, source: str | None, now: datetime) -> Iterable[Count]:
    if source is not None and limits.source_a_minute is not None:
        yield Count(minute_of(kind, source, now), limits.source_a_minute, 2 * MINUTE)


def _count(key: str, mark: Mark) -> str:
    return f"{key}:{mark.generation}"
