"""How often codes may leave at all: per address whoever asks, and per sender whatever the address."""

from datetime import timedelta

from registration.contacts.codes import ADDRESS_SENDS_PER_DAY, SENDER_SENDS_PER_HOUR
from registration.contacts.hasher import ContactHasher
from registration.contacts.service import Address
from shared.cache import Cache
from shared.sources import network_of

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def allows(cache: Cache, hasher: ContactHasher, address: Address, sender: str) -> bool:
    """Count one more code and return whether it may leave. `sender` is the network address that asked; an IPv6 line
    is one sender, or it would have as many tries as addresses. Who may send no more counts against no address, or they
    would lock others out of theirs without a single message.

    Raises CacheAway, which answers 503: without counters nothing is sent.
    """
    if cache.increment(f"codes-from:{network_of(sender)}", _HOUR) > SENDER_SENDS_PER_HOUR:
        return False
    return cache.increment(f"codes:{hasher.address(address.channel, address.value)}", _DAY) <= ADDRESS_SENDS_PER_DAY
