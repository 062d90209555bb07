"""Which addresses we may call for somebody else. Pure (threat 12, ASVS 1.3.6).

The name is looked at first, what it resolves to afterwards: a name says nothing about where it leads.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.i18n import Message, say

LONGEST = 2000
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?", re.IGNORECASE)
_PRINTABLE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1"})
_NAT64 = IPv6Network("64:ff9b::/96")  # IPv4 inside of IPv6, as DNS64 answers it (RFC 6052 §2.1)
_UNICAST = IPv6Network("2000::/3")
# What the library's tables of today call global: protocol assignments, a relay, documentation, and the host agent of a
# cloud, which answers every machine of that cloud with secrets.
_NEVER = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
    IPv6Network("3fff::/20"),
)


@dataclass(frozen=True)
class Place:
    """An address in parts. `target` is path and query; `host` is a name or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    target: str


def place_of(url: str, *, allow_loopback: bool = False) -> Place:
    """Return the parts of an address that we may try; raises ValueError with the reason in words.

    https, a plain host, no user name, no fragment; `allow_loopback` also lets http through, on loopback names alone.
    """
    if len(url) > LONGEST or not _PRINTABLE.fullmatch(url) or "#" in url:
        raise ValueError(say("use at most %(most)s characters of plain ASCII without fragment", most=LONGEST))
    parts = urlsplit(url)
    host = parts.hostname or ""
    if "@" in parts.netloc or not _HOST.fullmatch(host):
        raise ValueError(say("use a plain host name, without user name"))
    home = allow_loopback and host in _LOOPBACK_NAMES
    if parts.scheme != "https" and not (home and parts.scheme == "http"):
        raise ValueError(say("use https"))
    port = parts.port or (443 if parts.scheme == "https" else 80)  # ValueError for a port that is none
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port, target)


def fault_of(url: str, *, allow_loopback: bool = False) -> str | None:
    """Return in a sentence why an address could never be called, or None. A name may still lead to a refused place."""
    try:
        host = place_of(url, allow_loopback=allow_loopback).host
    except ValueError as error:
        return error.args[0] if isinstance(error.args[0], Message) else say("use another port")
    try:
        literal = ip_address(host)
    except ValueError:
        return None
    return None if may_connect(literal, allow_loopback=allow_loopback) else say("use a public address")


def may_connect(address: IPv4Address | IPv6Address, *, allow_loopback: bool = False) -> bool:
    """Return whether a connection may be opened to what a name resolved to: public unicast, and nothing in disguise."""
    if allow_loopback and address.is_loopback:
        return True
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return may_connect(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _UNICAST or address.sixtofour or address.teredo:
            return False
    if address.is_multicast or address.is_reserved or any(address in network for network in _NEVER):
        return False
    return address.is_global
