"""The production shape as a world for tests: real gunicorn, workers, nginx, PostgreSQL, Redis and RabbitMQ."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pika
import pika.exceptions
import psycopg

from deploy.servers.debian import free_port
from deploy.stack.capture import Captured
from deploy.stack.ground import Servers
from deploy.stack.house import Stack
from deploy.stack.place import Place
from deploy.stack.table import SERVICES, stem
from shared.contracts import CONTRACTS
from shared.events.event import Event
from shared.events.transports import topology
from tests.support.throwaway import wait_for

THURSDAY = datetime(2026, 11, 19, 15, 0, tzinfo=UTC)  # ten in the morning at the payer's
_CLOCK = Path(__file__).parent / "clock_on_file"


class StackWorld:
    """A running stack with the demo's people. See tests.support.world.World for what every world offers."""

    def __init__(self, folder: Path, *, start: datetime | None = THURSDAY) -> None:
        """`start`: where the clock stands from before the first program on; None lets it run."""
        self._clock_file = folder / "clock"
        self.set_clock(start)
        self._captured = Captured()
        place = Place.at(folder, "127.0.0.1", free_port(), portal_port=free_port())
        self.base_url, self.portal_url = place.public_url, place.portal_url
        self.servers = Servers.start(folder / "servers", durable=False)
        path = os.pathsep.join([str(_CLOCK), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {"PYTHONPATH": path, "TEST_CLOCK_FILE": str(self._clock_file)}
        self.stack = Stack(place, self.servers, ways_out=self._captured.ways_out, environment=environment)
        self.facts: dict[str, Any] = {}
        self._spy = Spy()

    def start(self) -> None:
        """Start everything, let the demo's people in, and forget what that caused."""
        self._spy.begin(self.servers.rabbitmq.create_vhost("gatehouse"))
        self.stack.start()
        self.facts = dict(self.stack.seed())
        self.settle()
        self._spy.heard.clear()

    def now(self) -> datetime:
        """See World."""
        text = self._clock_file.read_text()
        return datetime.fromisoformat(text) if text else datetime.now(UTC)

    def set_clock(self, instant: datetime | None) -> None:
        """Make time stand still at `instant` for every program at once; None lets it run as the machine's."""
        waiting = self._clock_file.with_suffix(".new")
        waiting.write_text(instant.astimezone(UTC).isoformat() if instant else "")
        waiting.replace(self._clock_file)

    def settle(self, seconds: float = 30) -> None:
        """See World. Fails after `seconds`."""
        wait_for(self._quiet, seconds)

    def messages(self, to: str) -> list[dict[str, Any]]:
        """See World."""
        return self._captured.to(to)

    def events(self) -> list[Event]:
        """See World."""
        self._spy.listen()
        return list(self._spy.heard)

    def rows(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """What a service's database answers to a statement."""
        address = self.servers.postgres.url(stem(service)).replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def close(self) -> None:
        """End everything; nothing in it is worth keeping."""
        self._spy.close()
        self.stack.stop()
        for server in (self.servers.postgres, self.servers.redis, self.servers.rabbitmq):
            server.abandon()
        self._captured.close()

    def _quiet(self) -> bool:
        """Nothing waits to be sent, every listener has taken in what was sent, and no message waits."""
        if self._waiting("SELECT count(*) FROM outbox") or not self._all_taken_in():
            return False
        heard = len(self._spy.heard)
        # Whatever the listeners caused is in an outbox or, sent meanwhile, new to the spy.
        return not self._waiting("SELECT count(*) FROM outbox") and len(self.events()) == heard and self._told()

    def _all_taken_in(self) -> bool:
        wanted: dict[str, set[str]] = {name: set() for name in SERVICES}
        for event in self.events():
            for listener in CONTRACTS[event.type].listeners:
                wanted[listener].add(event.id)
        known = "SELECT event_id FROM inbox UNION SELECT event_id FROM parked_events"
        return all(not ids or ids <= {row[0] for row in self.rows(name, known)} for name, ids in wanted.items())

    def _told(self) -> bool:
        """No message is due, and none on its way: what a worker has taken is due again at the end of its claim."""
        unsent = f"state = 'waiting' AND (due_at <= '{self.now()}' OR claimed_by IS NOT NULL)"
        return not self._waiting(f"SELECT count(*) FROM notices WHERE {unsent}")

    def _waiting(self, statement: str) -> int:
        return sum(int(self.rows(name, statement)[0][0]) for name in SERVICES)


class Spy:
    """Hears every event on the broker, in the order of arrival, also those sent while the spy itself was away."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self._url = ""
        self._connection: Any = None
        self._channel: Any = None

    def begin(self, url: str) -> None:
        """Listen to everything that is sent from now on."""
        self._url = url
        channel = self._connected()
        topology.declare(channel, SERVICES, [])
        channel.queue_declare("spy", durable=True)
        for name in SERVICES:
            channel.queue_bind("spy", topology.exchange(name), "#")

    def listen(self) -> None:
        """Take in what has arrived; where the broker went away meanwhile, connect again."""
        with contextlib.suppress(pika.exceptions.AMQPError):
            self._take()
            return
        self.close()
        self._take()

    def close(self) -> None:
        """Let go of the broker."""
        connection, self._connection, self._channel = self._connection, None, None
        with contextlib.suppress(pika.exceptions.AMQPError):
            if connection is not None:
                connection.close()

    def _take(self) -> None:
        channel = self._connected()
        while (found := channel.basic_get("spy", auto_ack=True))[0] is not None:
            self.heard.append(Event.from_bytes(found[2]))

    def _connected(self) -> Any:
        if self._channel is None:
            parameters = pika.URLParameters(self._url)
            parameters.heartbeat = 0  # a test may think for a while
            self._connection = pika.BlockingConnection(parameters)
            self._channel = self._connection.channel()
        return self._channel


@contextlib.contextmanager
def stack_of_demo_people() -> Iterator[StackWorld]:
    """Run a stack for the length of a block."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-stack-"))
    folder.chmod(0o711)  # PostgreSQL's and nginx's accounts must find their way
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        world = StackWorld(folder)
        ending.callback(world.close)
        world.start()
        yield world
