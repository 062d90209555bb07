"""Where requests come from, as limits count it: whoever holds many addresses is one source. Pure."""

import ipaddress


def network_of(source: str) -> str:
    """Return what one customer holds: an IPv4 address, or an IPv6 /64. What is no address counts as it is."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)
