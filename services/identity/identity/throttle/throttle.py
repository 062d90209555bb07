"""How often somebody may try: per name and per source, in the cache; stricter in our own memory while it is away.

A name counts whether an account has it or not, on its canonical form, so case and look-alikes buy no tries and nothing
is told (threats 26, 27). Tries are counted before the check, so that parallel guesses count too.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.cache import Cache, CacheAway, MemoryCache
from shared.clock import Clock

_COUNT_LIVES = timedelta(hours=1)
_SOURCE_WINDOW = timedelta(minutes=1)
_LONGEST_DELAY = 60


@dataclass(frozen=True)
class Limits:
    """From how many failures on a name waits, at how many it rests and how long; failures a minute from one source."""

    delay_from: int = 5
    rest_at: int = 10
    rest: timedelta = timedelta(minutes=15)
    source_a_minute: int = 30

    def stricter(self) -> "Limits":
        """Return what holds while the cache is away: each process sees only its own part of the tries."""
        return Limits(self.delay_from // 2, self.rest_at // 2, self.rest, self.source_a_minute // 2)

    def wait_after(self, failures: int) -> timedelta:
        """Return how long nothing is accepted after this many failures in a row."""
        if failures >= self.rest_at:
            return self.rest
        if failures < self.delay_from:
            return timedelta(0)
        return timedelta(seconds=min(2 ** (failures - self.delay_from + 1), _LONGEST_DELAY))


class Throttle:
    """Counts tries. `kind` keeps passwords and codes apart."""

    def __init__(self, cache: Cache, clock: Clock, limits: Limits, code_limits: Limits) -> None:
        self._cache = cache
        self._own = MemoryCache(clock)
        self._clock = clock
        self._limits = {"password": limits, "code": code_limits}

    def try_once(self, kind: str, name: str, source: str) -> datetime | None:
        """Count a try; return the instant until which nothing is accepted, or None to go on with the check."""
        try:
            return self._try(self._cache, self._limits[kind], kind, name, source)
        except CacheAway:
            return self._try(self._own, self._limits[kind].stricter(), kind, name, source)

    def failed(self, kind: str, name: str, source: str) -> datetime | None:
        """Note that the try failed; return until when the name rests, where this failure began its rest."""
        try:
            return self._fail(self._cache, self._limits[kind], kind, name, source)
        except CacheAway:
            return self._fail(self._own, self._limits[kind].stricter(), kind, name, source)

    def succeeded(self, kind: str, name: str) -> None:
        """Forget the tries of the name; those of the source stay."""
        key = _name_key(kind, name)
        self._own.delete(key)
        try:
            self._cache.delete(key)
        except CacheAway:
            return

    def _try(self, cache: Cache, limits: Limits, kind: str, name: str, source: str) -> datetime | None:
        waits = (_until(cache, _name_key(kind, name)), _until(cache, _source_key(source)))
        waiting = max((until for until in waits if until is not None), default=None)
        if waiting is not None:
            return waiting
        if cache.increment(_name_key(kind, name), _COUNT_LIVES) > limits.rest_at:
            return self._rest(cache, limits, kind, name)
        return None

    def _fail(self, cache: Cache, limits: Limits, kind: str, name: str, source: str) -> datetime | None:
        source_key = _source_key(source)
        if cache.increment(source_key, _SOURCE_WINDOW) >= limits.source_a_minute:
            self._wait(cache, source_key, _SOURCE_WINDOW)
        key = _name_key(kind, name)
        failures = int(cache.get(key) or b"0")
        wait = limits.wait_after(failures)
        if failures >= limits.rest_at:
            return self._rest(cache, limits, kind, name)
        if wait:
            self._wait(cache, key, wait)
        return None

    def _rest(self, cache: Cache, limits: Limits, kind: str, name: str) -> datetime:
        """Begin the rest with a count of nought, so that it is a rest and not an end."""
        key = _name_key(kind, name)
        cache.delete(key)
        return self._wait(cache, key, limits.rest)

    def _wait(self, cache: Cache, key: str, span: timedelta) -> datetime:
        until = self._clock.now() + span
        cache.set(key + ":until", until.isoformat().encode(), span)
        return until


def _until(cache: Cache, key: str) -> datetime | None:
    found = cache.get(key + ":until")
    return datetime.fromisoformat(found.decode()) if found else None


def _name_key(kind: str, name: str) -> str:
    return f"tries:{kind}:{hashlib.sha256(name.encode()).hexdigest()}"


def _source_key(source: str) -> str:
    """One key for an IPv4 address or an IPv6 /64, which one customer holds whole."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return f"tries:source:{source}"
    if isinstance(address, ipaddress.IPv6Address):
        return f"tries:source:{ipaddress.ip_network((address, 64), strict=False)}"
    return f"tries:source:{address}"
