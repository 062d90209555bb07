"""Short-lived facts shared by all workers: throttles, one-time states, cached answers.

Owns: two caches with one behaviour, Redis for production and memory for the local run and tests. Offers: `Cache`,
`MemoryCache`, `RedisCache`, `CacheAway`. Refuses to know: what the keys mean.
"""

from shared.cache.caches import Cache, CacheAway, MemoryCache, RedisCache

__all__ = ["Cache", "CacheAway", "MemoryCache", "RedisCache"]
