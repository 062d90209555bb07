"""One service that tells and one that listens, with real PostgreSQL and RabbitMQ; the OpenID provider on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.events.bell import PostgresBell
from shared.events.relay import Relay
from shared.events.transports.rabbit_publisher import RabbitPublisher
from tests.service.identity_oidc.suite import CLINIC, Browser, Suite, prepare
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


@pytest.fixture
def suite(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[Suite]:
    """The provider on an empty PostgreSQL database."""
    made = Suite(tmp_path, postgres("identity"))
    prepare(made)
    yield made
    made.close()


@pytest.fixture
def pat(suite: Suite) -> str:
    """Somebody with one membership."""
    account_id = suite.person()
    suite.membership(account_id, CLINIC)
    return account_id


@pytest.fixture
def browser(suite: Suite, pat: str) -> Browser:
    """A browser in which Pat has signed in."""
    return suite.browser(pat)
