"""Events inside one process: bytes out, bytes in, delivered while the relay publishes.

The relay deletes an outbox row only after `publish` and `confirm` have returned, and `publish` returns only after
every listener has committed or parked the event: nothing is lost by a restart, although nothing is stored here.
"""

import random
import threading
from collections.abc import Sequence
from typing import Protocol

from shared.events.faults import ListenerAwayError
from shared.events.meters import SENT
from shared.events.transport import Delivery, Message, TransportAwayError


class Listener(Protocol):
    """What can be attached: in production an `Inbox`, in the transports' contract suite a list."""

    @property
    def service(self) -> str:
        """The name of the listening service."""
        ...

    @property
    def bindings(self) -> frozenset[tuple[str, str]]:
        """Every (sender, type) to deliver."""
        ...

    def receive(self, deliveries: Sequence[Delivery]) -> None:
        """Take deliveries in; raises ListenerAwayError to have all of them delivered again."""
        ...


class MemoryBus:
    """Connects the services of one process. Attach every listener before the first event is sent.

    `shuffle` and `twice` are for tests: listeners then get a batch in another order, and each event two times.
    """

    def __init__(self, shuffle: random.Random | None = None, twice: bool = False) -> None:
        self._listeners: list[tuple[Listener, threading.Lock]] = []
        self._shuffle = shuffle
        self._twice = twice

    def attach(self, listener: Listener) -> None:
        """Deliver to `listener` from now on."""
        self._listeners.append((listener, threading.Lock()))

    def publisher(self, service: str) -> "MemoryPublisher":
        """Return the sending side for `service`."""
        return MemoryPublisher(self, service)

    def deliver(self, sender: str, messages: Sequence[Message]) -> None:
        """Hand messages to every listener bound to them; raises TransportAwayError while one is away."""
        for listener, one_at_a_time in self._listeners:
            bound = [message for message in messages if (sender, message.type) in listener.bindings]
            deliveries = self._disturb([Delivery(sender, message.type, message.body) for message in bound])
            if not deliveries:
                continue
            try:
                with one_at_a_time:
                    listener.receive(deliveries)
            except ListenerAwayError as error:
                raise TransportAwayError(f"{listener.service} is away") from error

    def _disturb(self, deliveries: list[Delivery]) -> list[Delivery]:
        if self._twice:
            deliveries = deliveries * 2
        if self._shuffle is not None:
            self._shuffle.shuffle(deliveries)
        return deliveries


class MemoryPublisher:
    """The sending side of one service."""

    def __init__(self, bus: MemoryBus, service: str) -> None:
        self._bus = bus
        self._service = service

    def publish(self, messages: Sequence[Message]) -> None:
        """Deliver at once; on return every listener has committed or parked every message."""
        self._bus.deliver(self._service, messages)
        SENT.labels(self._service).inc(len(messages))

    def confirm(self, outstanding: int = 0) -> None:
        """Nothing is outstanding after `publish`."""

    def keep_alive(self) -> None:
        """There is no connection to keep."""

    def close(self) -> None:
        """There is no connection to close."""
