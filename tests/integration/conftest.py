"""One service that tells and one that listens, on real PostgreSQL, with relays on real RabbitMQ."""

from collections.abc import Callable, Iterator

import pytest

from shared.events.bell import PostgresBell
from shared.events.relay import Relay
from shared.events.transports.rabbit_publisher import RabbitPublisher
from tests.support.throwaway import LISTENER, TELLER, Place, open_place


@pytest.fixture
def urls(postgres: Callable[..., str]) -> tuple[str, str]:
    """Two empty PostgreSQL databases: the teller's and the listener's."""
    return postgres(TELLER), postgres(LISTENER)


@pytest.fixture
def teller(urls: tuple[str, str]) -> Iterator[Place]:
    """The service that tells."""
    place = open_place(TELLER, urls[0])
    yield place
    place.close()


@pytest.fixture
def listener(urls: tuple[str, str]) -> Iterator[Place]:
    """The service that listens; three tries per event."""
    place = open_place(LISTENER, urls[1], limit=3)
    yield place
    place.close()


@pytest.fixture
def relays(teller: Place, rabbit: str) -> Iterator[Callable[[], Relay]]:
    """A factory of the teller's relays, each with connections of its own, as in processes of their own."""
    bells: list[PostgresBell] = []
    made: list[Relay] = []

    def new() -> Relay:
        bells.append(PostgresBell(teller.context.database))
        made.append(Relay(teller.context.database, RabbitPublisher(rabbit, TELLER), bells[-1]))
        return made[-1]

    yield new
    for relay in made:
        relay.close()
    for bell in bells:
        bell.close()
