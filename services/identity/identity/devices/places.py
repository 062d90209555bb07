"""Where an address is: read from files of the operator (MaxMind DB format), nothing leaves the house. Pure.

Without files nothing is known but the block of addresses. Private and loopback addresses have no place.
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

import maxminddb

from identity.devices.browser import Whereabouts
from shared.config.settings import SettingsError

# The blocks that providers are usually given: wide enough that a phone on its way does not change them all day.
_BLOCK = {4: 16, 6: 32}


class Places:
    """The two files: one with cities or countries, one with networks (autonomous systems). Safe to share by threads."""

    def __init__(self, place_file: str = "", network_file: str = "") -> None:
        """Open the files, mapped into memory. Raises SettingsError for a file that is not there or is none of these."""
        self._places = _opened(place_file) if place_file else None
        self._networks = _opened(network_file) if network_file else None

    def of(self, source: str) -> Whereabouts:
        """Return where the address is; an address that is none is a network of its own."""
        try:
            address = ipaddress.ip_address(source)
        except ValueError:
            return Whereabouts(source[:64])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        found = _asked(self._places, address)
        return Whereabouts(self._network(address), _place(found), _country(found), _position(found))

    def _network(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
        number = _asked(self._networks, address).get("autonomous_system_number")
        if number:
            return f"AS{number}"
        return str(ipaddress.ip_network((address, _BLOCK[address.version]), strict=False))


def _opened(file: str) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(file)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise SettingsError(f"{file}: this is no readable database of places or networks ({error}).") from error


def _asked(file: maxminddb.Reader | None, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Mapping[str, Any]:
    if file is None or (address.version == 6 and file.metadata().ip_version == 4):
        return {}
    found = file.get(address)
    return found if isinstance(found, dict) else {}


def _place(found: Mapping[str, Any]) -> str | None:
    """City and region, or the country alone."""
    regions = found.get("subdivisions") or [{}]
    named = [_name(found.get("city")), _name(regions[0])]
    return ", ".join(filter(None, named)) or _name(found.get("country")) or None


def _name(part: Mapping[str, Any] | None) -> str:
    return str((part or {}).get("names", {}).get("en", ""))[:80]


def _country(found: Mapping[str, Any]) -> str | None:
    code = (found.get("country") or {}).get("iso_code")
    return str(code)[:2] if code else None


def _position(found: Mapping[str, Any]) -> tuple[float, float] | None:
    spot = found.get("location") or {}
    if "latitude" not in spot or "longitude" not in spot:
        return None
    return round(float(spot["latitude"]), 1), round(float(spot["longitude"]), 1)
