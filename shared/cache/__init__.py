"""Short-lived facts shared by all workers: throttles, one-time states, cached answers.

Owns: two caches with one behaviour, Redis for production and memory for the local run and tests. Offers: `Cache`,
`Count`, `MemoryCache`, `RedisCache`, `CacheAway`, `Rest`. Refuses to know: what the keys mean.
"""

from shared.cache.caches import Cache, CacheAway, Count, MemoryCache, RedisCache
from shared.cache.rest import Rest

__all__ = ["Cache", "CacheAway", "Count", "MemoryCache", "RedisCache", "Rest"]
