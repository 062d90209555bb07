"""The two transports behind one handle, so that one suite of promises can be asked of both."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

import pika

from shared.contracts import CONTRACTS, EventContract
from shared.events.relay import Relay
from shared.events.transport import Publisher
from shared.events.transports import topology
from shared.events.transports.memory import MemoryBus
from shared.events.transports.rabbit_consumer import RabbitConsumer
from shared.events.transports.rabbit_publisher import RabbitPublisher
from tests.support.throwaway import LISTENER, Place, wait_for


class Wire(Protocol):
    """A transport with its listeners."""

    def publisher(self, service: str) -> Publisher:
        """Return the sending side of a service."""
        ...

    def listen(self, place: Place) -> None:
        """Let a service listen."""
        ...

    def settle(self) -> None:
        """Return when everything sent so far was taken in."""
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...


class MemoryWire:
    """Everything happens while publishing."""

    def __init__(self) -> None:
        self.bus = MemoryBus()

    def publisher(self, service: str) -> Publisher:
        return self.bus.publisher(service)

    def listen(self, place: Place) -> None:
        self.bus.attach(place.inbox)

    def settle(self) -> None:
        pass

    def close(self) -> None:
        pass


class RabbitWire:
    """A consumer per listener, pumped by the test."""

    def __init__(self, url: str, contracts: Mapping[str, EventContract] = CONTRACTS) -> None:
        self._url = url
        self._contracts = contracts
        self._publishers: list[RabbitPublisher] = []
        self._consumers: list[RabbitConsumer] = []

    def publisher(self, service: str) -> Publisher:
        self._publishers.append(RabbitPublisher(self._url, service, self._contracts))
        return self._publishers[-1]

    def listen(self, place: Place) -> None:
        self._consumers.append(RabbitConsumer(self._url, place.inbox))
        self._consumers[-1].run_once(0)

    def settle(self) -> None:
        # Confirmed means in the queue: a consumer with credit gets it within milliseconds.
        quiet = 0
        while quiet < 3:
            quiet = 0 if sum(consumer.run_once(0.1) for consumer in self._consumers) else quiet + 1

    def close(self) -> None:
        for publisher in self._publishers:
            publisher.close()
        for consumer in self._consumers:
            consumer.close()


class Crew:
    """Relays and consumers in threads, as a worker process runs them."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.threads: list[threading.Thread] = []

    def add(self, worker: Relay | RabbitConsumer) -> None:
        """Start one of them."""
        thread = threading.Thread(target=worker.run, args=(self.stop,), daemon=True)
        self.threads.append(thread)
        thread.start()

    def dismiss(self) -> None:
        """Stop them all and see that each ends by itself."""
        self.stop.set()
        for thread in self.threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in self.threads)


@contextmanager
def crew() -> Iterator[Crew]:
    """A crew for the length of the block."""
    found = Crew()
    try:
        yield found
    finally:
        found.dismiss()


def all_handled(place: Place, count: int, seconds: float = 60) -> None:
    """Wait until `count` effects are there, and see that there are not more."""
    wait_for(lambda: place.count() >= count, seconds)
    assert place.count() == count


def take_in(place: Place, rabbit: str, count: int) -> None:
    """Run a consumer until `count` effects are there."""
    with crew() as working:
        working.add(RabbitConsumer(rabbit, place.inbox))
        all_handled(place, count)


def until_queue_is_empty(rabbit: str) -> None:
    connection = pika.BlockingConnection(pika.URLParameters(rabbit))
    channel = connection.channel()

    def left() -> int:
        return int(channel.queue_declare(topology.queue(LISTENER), passive=True).method.message_count)

    wait_for(lambda: left() == 0)
    connection.close()
