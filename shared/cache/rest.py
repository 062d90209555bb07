"""A rest after a failure, shared by all workers: whoever is away is not asked by every one of them at once."""

from datetime import timedelta

import structlog

from shared.cache.caches import Cache, CacheAway

_log = structlog.get_logger("rest")


class Rest:
    """Begun by a failure, over by itself. While the cache is away nobody rests: asking too often beats not asking."""

    def __init__(self, cache: Cache, name: str, length: timedelta) -> None:
        self._cache = cache
        self._key = f"rest:{name}"
        self._length = length

    @property
    def lasts(self) -> bool:
        """True until the rest that somebody began is over."""
        try:
            return self._cache.get(self._key) is not None
        except CacheAway:
            return False

    def begin(self) -> None:
        """Let everybody rest from now on."""
        try:
            self._cache.set(self._key, b"1", self._length)
        except CacheAway:
            _log.warning("rest.cache_away", key=self._key)
