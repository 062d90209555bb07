"""Two throw-away services in one process: identity tells, registration listens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.clock import SettableClock
from shared.events.bell import LocalBell
from shared.events.relay import Relay
from shared.events.transports.memory import MemoryBus
from tests.support.throwaway import LISTENER, TELLER, Place, open_place


@pytest.fixture
def clock() -> SettableClock:
    """The clock that both services share."""
    return SettableClock()


@pytest.fixture
def teller(tmp_path: Path, clock: SettableClock) -> Iterator[Place]:
    """The service that tells."""
    place = open_place(TELLER, f"sqlite:///{tmp_path}/teller.db", clock=clock)
    yield place
    place.close()


@pytest.fixture
def listener(tmp_path: Path, clock: SettableClock) -> Iterator[Place]:
    """The service that listens; three tries per event."""
    place = open_place(LISTENER, f"sqlite:///{tmp_path}/listener.db", limit=3, clock=clock)
    yield place
    place.close()


@pytest.fixture
def relay(teller: Place, listener: Place) -> Relay:
    """The teller's relay on a bus that the listener is attached to."""
    bus = MemoryBus()
    bus.attach(listener.inbox)
    return Relay(teller.context.database, bus.publisher(TELLER), LocalBell())
