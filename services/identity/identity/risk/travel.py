"""How far apart two places are, and whether anybody could have travelled it. Pure."""

import math
from datetime import timedelta

_EARTH_KM = 6371.0
# Places of addresses are rough: what is nearer than this may be the same town by another provider.
_NEAR_KM = 500.0
# Faster than airliners fly (about 900 km/h), to be fair to the roughness at both ends.
_FASTEST_KM_H = 1000.0


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the length of the great circle between two positions (latitude, longitude in degrees)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, spot)) for spot in (here, there))
    half = math.sin((lat2 - lat1) / 2) ** 2
    half += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def impossible(here: tuple[float, float], there: tuple[float, float], between: timedelta) -> bool:
    """Return whether nobody gets from one to the other in this time."""
    distance = distance_km(here, there)
    hours = max(between.total_seconds(), 1.0) / 3600
    return distance > _NEAR_KM and distance / hours > _FASTEST_KM_H
