"""What a PostgreSQL, a Redis and a RabbitMQ are to us, whoever runs them: addresses, fresh rooms in them, faults.

Each is made of a `Runner` (a Debian process or a container) and knows how to tell that it answers.
"""

import base64
import itertools
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import pika
import pika.exceptions
import psycopg
import redis

from deploy.servers.process import DidNotStart

PATIENCE = 60.0  # seconds until a server that says nothing counts as broken
USER = "gatehouse"
_NOTED_AFTER = 3.0  # seconds; after one, a queue was lost in one crash of four
_numbers = itertools.count(1)


class Runner(Protocol):
    """What runs a server: `process.Process` and `Together`, or `docker.Container`."""

    @property
    def running(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def fail_if_ended(self) -> None: ...
    def last_words(self) -> str: ...


@dataclass
class Server:
    """The life of a server: `start` returns when it answers; `stop` is polite, `kill` is a crash; data survive both."""

    runner: Runner
    port: int
    password: str = field(repr=False)
    host: str = "127.0.0.1"
    answers: Callable[[], object] = field(init=False, repr=False)  # raises until the server answers

    @property
    def running(self) -> bool:
        return self.runner.running

    def start(self) -> None:
        self.runner.start()
        try:
            wait_until(self.answers, self.runner)
        except BaseException:  # Ctrl-C included: a server nobody holds must not stay behind
            self.runner.kill()
            raise

    def stop(self) -> None:
        self.runner.stop()

    def kill(self) -> None:
        """Crash it."""
        self.runner.kill()

    def abandon(self) -> None:
        """End it at once, never to come back."""
        self.runner.kill()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Crashed for the length of the block, and back, answering, after it."""
        self.kill()
        try:
            yield
        finally:
            self.start()


@dataclass
class Postgres(Server):
    """One PostgreSQL cluster; the superuser is `gatehouse`."""

    def __post_init__(self) -> None:
        self.answers = lambda: self._administer("SELECT 1")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}:{self.password}@{self.host}:{self.port}/{database}"

    def new_database(self, word: str = "test") -> str:
        """Create an empty database and return its SQLAlchemy address."""
        name = f"{word}_{next(_numbers)}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self.url(name)

    def create_database(self, name: str) -> str:
        """The address of `name`, created when it is not there yet."""
        if not self._administer(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):  # noqa: S608 - our own names
            self._administer(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drop it even when somebody still holds a connection."""
        self._administer(f"DROP DATABASE IF EXISTS {url.rsplit('/', 1)[1]} WITH (FORCE)")

    def _administer(self, statement: str) -> list[tuple[object, ...]]:
        address = self.url("postgres").replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True, connect_timeout=2) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@dataclass
class Redis(Server):
    """One Redis without files: what it held is gone after `stop`, `kill` and `start`, as after a real loss."""

    def __post_init__(self) -> None:
        self.answers = lambda: self._ask("ping")

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{self.host}:{self.port}/0"

    def flush(self) -> None:
        self._ask("flushall")

    def _ask(self, command: str) -> object:
        with redis.Redis.from_url(self.url, socket_timeout=2) as client:
            return client.execute_command(command)


@dataclass
class RabbitMQ(Server):
    """One RabbitMQ node with its management API, through which virtual hosts come and go in milliseconds."""

    management_port: int = 0

    def __post_init__(self) -> None:
        self.answers = self._answers

    def url(self, vhost: str) -> str:
        return f"amqp://{USER}:{self.password}@{self.host}:{self.port}/{vhost}"

    def new_vhost(self, word: str = "test") -> str:
        """Create an empty virtual host and return its AMQP address."""
        return self.create_vhost(f"{word}-{next(_numbers)}")

    def create_vhost(self, name: str) -> str:
        """The address of `name`, created when it is not there yet."""
        self.manage("PUT", f"vhosts/{name}")
        return self.url(name)

    def drop_vhost(self, url: str) -> None:
        self.manage("DELETE", f"vhosts/{url.rsplit('/', 1)[1]}")

    def manage(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Call the management API, `path` below /api/; raises urllib.error.HTTPError."""
        credentials = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        address = f"http://{self.host}:{self.management_port}/api/{path}"
        headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json", "Connection": "close"}
        request = urllib.request.Request(address, data=body, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
            content: bytes = response.read()
            return content

    def kill(self) -> None:
        """Crash it, after a while: a node notes a new quorum queue on disk only once it was idle, and would lose it."""
        if self.running:
            time.sleep(_NOTED_AFTER)
        super().kill()

    def _answers(self) -> None:
        self.manage("GET", "overview")
        pika.BlockingConnection(pika.URLParameters(self.url("%2F"))).close()


def wait_until(answers: Callable[[], object], runner: Runner) -> None:
    """Ask until `answers` raises no more; raises DidNotStart after PATIENCE or when the server ended."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            answers()
        except (OSError, psycopg.Error, redis.RedisError, pika.exceptions.AMQPError) as problem:
            runner.fail_if_ended()
            if time.monotonic() > deadline:
                raise DidNotStart(f"no answer in {PATIENCE:.0f} s ({problem!r}):\n{runner.last_words()}") from problem
            time.sleep(0.05)
        else:
            return
