"""Under which keys tries are counted, and what is noted of a lane: who shares a count with whom. Pure.

A name has one lane for strangers and one for every device that its account has proved before, so that a stranger's
failures never stop the owner there (threat 28).
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.sources import network_of

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Mark:
    """What is noted of a lane. `generation` names its present count; `until`: nothing is accepted before.

    A count ends by beginning another generation, never by setting it back: tries in flight then count for the old one
    and cannot slip through between two commands of the cache.
    """

    generation: str = "0"
    until: datetime | None = None
    rests: bool = False

    def waits(self, now: datetime) -> bool:
        """Return whether nothing is accepted now."""
        return self.until is not None and now < self.until

    def at_rest(self, until: datetime) -> "Mark":
        """Return the mark of the rest that ends this count; rivals who begin it at once arrive at the same one."""
        return Mark(hashlib.sha256(self.generation.encode()).hexdigest()[:8], until, rests=True)

    def to_bytes(self) -> bytes:
        """Return the mark as the cache keeps it."""
        until = self.until.isoformat() if self.until else "-"
        return f"{self.generation} {until} {int(self.rests)}".encode()


def read_mark(stored: bytes | None) -> Mark:
    """Return the mark that the cache keeps; the first generation where it keeps none."""
    if stored is None:
        return Mark()
    generation, until, rests = stored.decode().split(" ")
    return Mark(generation, None if until == "-" else datetime.fromisoformat(until), rests == "1")


def lane(kind: str, name: str, device: str | None) -> str:
    """Return the key of a name's lane; the name itself is not in it, as people type passwords where names belong."""
    hashed = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"tries:{kind}:{hashed}" + (f":{device}" if device else "")


def minute_of(kind: str, source: str, now: datetime) -> str:
    """Return the key under which a source's tries of this minute are counted."""
    return f"tries:{kind}:from:{network_of(source)}:{int(now.timestamp() // 60)}"


def next_minute(now: datetime) -> datetime:
    """Return the instant at which the next minute's count begins."""
    return datetime.fromtimestamp((now.timestamp() // 60 + 1) * 60, UTC)
