"""How often codes may leave at all: per address whoever asks, and per sender whatever the address."""

from datetime import timedelta

from registration.contacts.codes import ADDRESS_SENDS_PER_DAY, SENDER_SENDS_PER_HOUR
from registration.contacts.hasher import ContactHasher
from registration.contacts.service import Address
from shared.cache import Cache

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def allows(cache: Cache, hasher: ContactHasher, address: Address, sender: str) -> bool:
    """Count one more code and return whether it may leave. `sender` is the network address that asked.

    Raises CacheAway, which answers 503: without counters nothing is sent.
    """
    per_address = cache.increment(f"codes:{hasher.address(address.channel, address.value)}", _DAY)
    per_sender = cache.increment(f"codes-from:{sender}", _HOUR)
    return per_address <= ADDRESS_SENDS_PER_DAY and per_sender <= SENDER_SENDS_PER_HOUR
