"""Listening on RabbitMQ: prefetch, one inbox transaction per batch, acknowledge after its commit.

The connection belongs to the calling thread and is served there without pause; the inbox works in a second thread.
So a slow handler cannot make the broker believe that the worker has died.
"""

import contextlib
import functools
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pika
import structlog
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError

from shared.events.faults import ListenerAwayError
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.events.transports import topology

_log = structlog.get_logger("events.rabbit")
_PREFETCH = 200
# Half of what the broker sends ahead: the next batch arrives while this one is handled. A commit costs a write to
# disk whatever its size: batches of 100 took a quarter more events per second than batches of 50.
_BATCH = 100
_LONGEST_PAUSE = 5.0  # seconds between two tries while the broker or the database is away


@dataclass(frozen=True)
class _Arrived:
    tag: int
    delivery: Delivery


class RabbitConsumer:
    """Feeds one service's inbox from its queue, and its parked events from its dead-letter queue."""

    def __init__(self, url: str, inbox: Inbox, batch: int = _BATCH) -> None:
        self._parameters = topology.parameters(url)
        self._inbox = inbox
        self._batch = batch
        self._stop = threading.Event()
        self._connection: pika.BlockingConnection | None = None
        self._arrived: deque[_Arrived] = deque()
        self._dead: deque[_Arrived] = deque()
        self._channels: tuple[BlockingChannel, BlockingChannel] | None = None
        self._handling = ThreadPoolExecutor(1, thread_name_prefix=f"inbox-{inbox.service}")

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set; outlives a broker or a database that goes away and comes back."""
        self._stop = stop
        failures = 0
        while not stop.is_set():
            try:
                self.run_once()
                failures = 0
            except (AMQPError, OSError) as error:
                failures += 1
                _log.warning("broker_away", service=self._inbox.service, why=type(error).__name__, failures=failures)
                self._drop()
                stop.wait(min(_LONGEST_PAUSE, 0.1 * 2 ** min(failures, 10)))
        self.close()

    def run_once(self, seconds: float = 0.5) -> int:
        """Wait up to `seconds` for events, take in what came, acknowledge it; return how many.

        Raises AMQPError or OSError while the broker is away. What was not acknowledged comes again.
        """
        connection, (channel, dead_channel) = self._connected()
        connection.process_data_events(time_limit=seconds)
        count = 0
        while self._arrived and not self._stop.is_set():
            batch = [self._arrived.popleft() for _ in range(min(self._batch, len(self._arrived)))]
            if self._beside(functools.partial(self._receive, batch)):
                channel.basic_ack(batch[-1].tag, multiple=True)
                count += len(batch)
        while self._dead and not self._stop.is_set():
            letter = self._dead.popleft()
            if self._beside(functools.partial(self._park, letter)):
                dead_channel.basic_ack(letter.tag)
                count += 1
        return count

    def close(self) -> None:
        """Stop listening; what was fetched and not acknowledged goes back to the queue."""
        self._drop()
        self._handling.shutdown(wait=True)

    def _connected(self) -> tuple[pika.BlockingConnection, tuple[BlockingChannel, BlockingChannel]]:
        if self._connection is None or self._channels is None:
            self._drop()
            self._connection = pika.BlockingConnection(self._parameters)
            self._channels = (self._listen(self._connection), self._listen_to_dead(self._connection))
        return self._connection, self._channels

    def _listen(self, connection: pika.BlockingConnection) -> BlockingChannel:
        service = self._inbox.service
        channel = connection.channel()
        topology.declare(channel, [service], [(sender, kind, service) for sender, kind in self._inbox.bindings])
        channel.basic_qos(prefetch_count=_PREFETCH)
        if self._inbox.bindings:
            channel.basic_consume(topology.queue(service), self._on_event)
        return channel

    def _listen_to_dead(self, connection: pika.BlockingConnection) -> BlockingChannel:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=10)
        if self._inbox.bindings:
            channel.basic_consume(topology.dead_queue(self._inbox.service), self._on_dead)
        return channel

    def _on_event(
        self,
        _channel: BlockingChannel,
        method: pika.spec.Basic.Deliver,
        _properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        delivery = Delivery(topology.sender_of(method.exchange), method.routing_key, body)
        self._arrived.append(_Arrived(method.delivery_tag, delivery))

    def _on_dead(
        self,
        _channel: BlockingChannel,
        method: pika.spec.Basic.Deliver,
        properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        origin, routing_key = _before_death(properties)
        self._dead.append(_Arrived(method.delivery_tag, Delivery(topology.sender_of(origin), routing_key, body)))

    def _beside(self, work: Callable[[], bool]) -> bool:
        """Run `work` in the inbox thread and serve the connection until it is done; return what it returned."""
        connection = self._connection
        if connection is None:
            return False
        running: Future[bool] = self._handling.submit(work)
        running.add_done_callback(lambda _: _nudge(connection))
        while not running.done():
            connection.process_data_events(time_limit=1.0)
        return running.result()

    def _receive(self, batch: list[_Arrived]) -> bool:
        return self._until_here(lambda: self._inbox.receive([arrived.delivery for arrived in batch]))

    def _park(self, letter: _Arrived) -> bool:
        why = "the worker ended each time it handled this event"
        attempts = topology.DELIVERY_LIMIT
        return self._until_here(
            lambda: self._inbox.park(letter.delivery, fault="delivery_limit", error=why, attempts=attempts)
        )

    def _until_here(self, work: Callable[[], None]) -> bool:
        # A database that is away is no fault of the event: giving it back would use up its deliveries.
        failures = 0
        while not self._stop.is_set():
            try:
                work()
                return True
            except ListenerAwayError as error:
                failures += 1
                _log.warning("database_away", service=self._inbox.service, why=type(error.__cause__).__name__)
                self._stop.wait(min(_LONGEST_PAUSE, 0.1 * 2 ** min(failures, 10)))
        return False

    def _drop(self) -> None:
        connection, self._connection, self._channels = self._connection, None, None
        self._arrived.clear()
        self._dead.clear()
        if connection is not None and connection.is_open:
            with contextlib.suppress(AMQPError, OSError):
                connection.close()


def _nudge(connection: pika.BlockingConnection) -> None:
    with contextlib.suppress(AMQPError):  # closed meanwhile: the serving thread finds out by itself
        connection.add_callback_threadsafe(lambda: None)


def _before_death(properties: pika.BasicProperties) -> tuple[str, str]:
    """Return (exchange, routing key) under which a dead letter was first published."""
    deaths = (properties.headers or {}).get("x-death") or [{}]
    keys = deaths[0].get("routing-keys") or [""]
    return str(deaths[0].get("exchange", "")), str(keys[0])
