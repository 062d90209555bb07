"""Fixtures every test may ask for: real servers, with a fresh room in each for every test."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from deploy.servers.kinds import Postgres, RabbitMQ, Redis, Server
from tests.support.compiled import compile_once
from tests.support.garbage import collect_seldom, keep_what_is_here
from tests.support.servers import Servers

AnyServer = TypeVar("AnyServer", bound=Server)
pytest_plugins = ("tests.support.side_by_side",)


def pytest_configure() -> None:
    """What apps compile is compiled once for all of a process."""
    compile_once()
    collect_seldom()


def pytest_collection_finish() -> None:
    """Every module is imported and every test found."""
    keep_what_is_here()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long runs and the measurements are asked for by name (`-m soak`, `-m bench`)."""
    asked = str(config.getoption("-m"))
    left_out = [
        item for item in items for name in ("soak", "bench") if item.get_closest_marker(name) and name not in asked
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """The session's servers, none of them started yet."""
    mine = Servers()
    yield mine
    mine.close()


@pytest.fixture
def postgres_server(servers: Servers) -> Iterator[Postgres]:
    """PostgreSQL itself, for tests that stop, kill and restart it; it is back for the next test."""
    yield from back_for_the_next(servers.postgres)


@pytest.fixture
def redis_server(servers: Servers) -> Iterator[Redis]:
    """Redis itself, for tests of its absence."""
    yield from back_for_the_next(servers.redis)


@pytest.fixture
def rabbit_server(servers: Servers) -> Iterator[RabbitMQ]:
    """RabbitMQ itself, for tests of its absence and of what it holds (`manage`)."""
    yield from back_for_the_next(servers.rabbitmq)


@pytest.fixture
def postgres(postgres_server: Postgres) -> Iterator[Callable[..., str]]:
    """A factory: `postgres()` or `postgres("identity")` makes an empty database and returns its address."""
    made: list[str] = []

    def new(word: str = "test") -> str:
        made.append(postgres_server.new_database(word))
        return made[-1]

    yield new
    postgres_server.start()
    for url in made:
        postgres_server.drop_database(url)


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """The address of an empty Redis."""
    redis_server.flush()
    return redis_server.url


@pytest.fixture
def rabbit(rabbit_server: RabbitMQ) -> Iterator[str]:
    """The AMQP address of an empty virtual host."""
    url = rabbit_server.new_vhost()
    yield url
    rabbit_server.start()
    rabbit_server.drop_vhost(url)


def back_for_the_next(server: AnyServer) -> Iterator[AnyServer]:
    """Whatever the test did to it, the server answers again afterwards."""
    yield server
    if not server.running:
        server.start()
