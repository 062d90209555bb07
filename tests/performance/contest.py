"""Several servers doing the same work in turns, so that a machine that slows down slows all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.performance.load import Address, load, repeated

ROUNDS = 3
SECONDS = 1.5
CONNECTIONS = 16


@dataclass
class Rival:
    """One server and the request it is asked again and again; `rates` fills with answers per second."""

    name: str
    address: Address
    raw: bytes
    status: int = 200
    rates: list[float] = field(default_factory=list)

    def run(self, seconds: float, connections: int) -> float:
        """Load it and return answers per second; raises RuntimeError for wrong answers."""
        found = load(self.address, lambda _number: repeated(self.raw), connections=connections, seconds=seconds)
        return found.demand(self.status).per_second


def contest(
    rivals: Sequence[Rival], *, rounds: int = ROUNDS, seconds: float = SECONDS, connections: int = CONNECTIONS
) -> None:
    """Let every rival run once to warm up, then in turns, every other round backwards."""
    for rival in rivals:
        load(rival.address, lambda _number, raw=rival.raw: repeated(raw), connections=connections, seconds=0.5)
    for number in range(rounds):
        for rival in rivals if number % 2 == 0 else reversed(rivals):
            rival.rates.append(rival.run(seconds, connections))
