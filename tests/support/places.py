"""Files of places and networks as an operator would buy them, made for tests: a few documentation addresses."""

from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet


def _spot(city: str | None, region: str | None, country: str, position: tuple[float, float] | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "country": {"iso_code": country, "names": {"en": {"US": "United States"}.get(country, country)}}
    }
    if city:
        found["city"] = {"names": {"en": city}}
    if region:
        found["subdivisions"] = [{"names": {"en": region}}]
    if position:
        found["location"] = {"latitude": position[0], "longitude": position[1]}
    return found


# RFC 5737 and RFC 3849: addresses that nobody has.
SPOTS = {
    "192.0.2.0/25": _spot("Columbus", "Ohio", "US", (39.96, -83.0)),
    "192.0.2.128/25": _spot("Toledo", "Ohio", "US", (41.65, -83.54)),
    "198.51.100.0/24": _spot("Lisbon", None, "PT", (38.72, -9.13)),
    "203.0.113.0/25": _spot(None, None, "US", None),
    "203.0.113.128/25": _spot("San Diego", "California", "US", (32.72, -117.16)),
    "2001:db8::/32": _spot("Columbus", "Ohio", "US", (39.96, -83.0)),
}
NETWORKS = {"192.0.2.0/24": 64500, "198.51.100.0/24": 64501, "203.0.113.0/24": 64502, "2001:db8::/32": 64503}


def place_file(folder: Path) -> str:
    """Write the file of places and return its path."""
    return _written(folder / "places.mmdb", "GeoLite2-City", SPOTS)


def network_file(folder: Path) -> str:
    """Write the file of networks and return its path."""
    numbers = {block: {"autonomous_system_number": number} for block, number in NETWORKS.items()}
    return _written(folder / "networks.mmdb", "GeoLite2-ASN", numbers)


def _written(file: Path, kind: str, rows: dict[str, dict[str, Any]]) -> str:
    writer = MMDBWriter(6, kind, languages=["en"], ipv4_compatible=True, description="for tests")
    for block, found in rows.items():
        writer.insert_network(IPSet([block]), found)
    writer.to_db_file(str(file))
    return str(file)
