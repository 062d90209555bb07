"""Publishing to RabbitMQ: batches with publisher confirms, mandatory, persistent.

pika's BlockingConnection waits for each confirm by itself (1,500 messages a second); its SelectConnection lets a
whole batch be under way. It is driven here by the calling thread, only while there is something to send or once per
poll for its heartbeats, so no other thread exists.
"""

import contextlib
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pika
import structlog
from pika.channel import Channel
from pika.exceptions import AMQPError
from pika.frame import Method
from pika.spec import Basic

from shared.contracts import CONTRACTS, EventContract
from shared.events.event import CONTENT_TYPE
from shared.events.meters import SENT
from shared.events.transport import Message, TransportAwayError
from shared.events.transports import topology
from shared.events.transports.joined import JoinedConnection

_log = structlog.get_logger("events.rabbit")
_PERSISTENT = 2
_CONFIRM_WITHIN = 60.0  # seconds; the broker confirms when a majority of the queue's nodes has written the event
_CLOSE_WITHIN = 1.0


class RabbitPublisher:
    """The sending side of one service; connects when it is first needed and again after every failure."""

    def __init__(self, url: str, service: str, contracts: Mapping[str, EventContract] = CONTRACTS) -> None:
        self._parameters = topology.parameters(url)
        self._service = service
        self._exchange = topology.exchange(service)
        self._bindings = topology.sent_by(service, contracts)
        self._listened_to = {kind for _, kind, _ in self._bindings}
        self._properties = pika.BasicProperties(
            content_type=CONTENT_TYPE, delivery_mode=_PERSISTENT, app_id=f"gatehouse.{service}"
        )
        self._connection: JoinedConnection | None = None
        self._channel: Channel | None = None
        self._fault: str | None = None
        self._next_tag = 1
        self._unconfirmed: dict[int, None] = {}

    def publish(self, messages: Sequence[Message]) -> None:
        """Send messages in order without waiting for confirms; raises TransportAwayError."""
        channel = self._open_channel()
        try:
            for message in messages:
                channel.basic_publish(self._exchange, message.type, message.body, self._properties, mandatory=True)
                self._unconfirmed[self._next_tag] = None
                self._next_tag += 1
        except AMQPError as error:
            raise self._away(type(error).__name__) from error
        SENT.labels(self._service).inc(len(messages))
        self._look()  # they leave now, not when somebody waits for the confirms: the broker works beside us

    def confirm(self, outstanding: int = 0) -> None:
        """Wait for the broker's confirms; after a TransportAwayError whatever was not confirmed must be sent again."""
        self._drive(lambda: len(self._unconfirmed) <= outstanding, _CONFIRM_WITHIN)

    def keep_alive(self) -> None:
        """Answer heartbeats; notice a lost connection."""
        if self._connection is None:
            return
        with contextlib.suppress(TransportAwayError):
            self._look()

    def close(self) -> None:
        """Close the connection."""
        self._drop()

    def _open_channel(self) -> Channel:
        if self._channel is not None and self._channel.is_open and self._fault is None:
            return self._channel
        self._drop()
        self._declare()
        self._connection = JoinedConnection(
            self._parameters,
            on_open_callback=self._on_open,
            on_open_error_callback=self._on_failure,
            on_close_callback=self._on_failure,
        )
        self._connection.ioloop.activate_poller()
        self._drive(lambda: self._channel is not None, 15.0)
        if self._channel is None:
            raise self._away("no channel")
        return self._channel

    def _declare(self) -> None:
        try:
            with contextlib.closing(pika.BlockingConnection(self._parameters)) as connection:
                topology.declare(connection.channel(), [self._service], self._bindings)
        except (AMQPError, OSError) as error:
            raise self._away(type(error).__name__) from error

    def _on_open(self, connection: JoinedConnection) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_failure)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_confirm, callback=lambda _: self._set_channel(channel))

    def _set_channel(self, channel: Channel) -> None:
        self._channel = channel

    def _on_failure(self, _source: object, reason: object) -> None:
        self._fault = self._fault or type(reason).__name__

    def _on_confirm(self, frame: Method[Any]) -> None:
        method = frame.method
        if isinstance(method, Basic.Nack):
            self._fault = "the broker refused an event (nack)"
        elif not method.multiple:
            self._unconfirmed.pop(method.delivery_tag, None)
        else:
            # Tags were added in ascending order.
            for tag in list(itertools.takewhile(lambda tag: tag <= method.delivery_tag, self._unconfirmed)):
                del self._unconfirmed[tag]

    def _on_return(self, _channel: Channel, method: Basic.Return, _properties: object, _body: bytes) -> None:
        # Nobody listens to some types, and that is agreed. Where somebody should, a queue or a binding was removed:
        # the event stays in the outbox, and connecting anew declares what is missing.
        if method.routing_key in self._listened_to:
            self._fault = f"{method.routing_key} came back: no queue takes it"

    def _drive(self, done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise self._away("no answer in time")
            self._turn()

    def _look(self) -> None:
        """A turn that waits for nothing."""
        if self._connection is not None:
            self._connection.ioloop.call_later(0, lambda: None)
        self._turn()

    def _turn(self) -> None:
        if self._connection is None:
            raise self._away("not connected")
        try:
            self._connection.turn()
        except (AMQPError, OSError) as error:
            raise self._away(type(error).__name__) from error
        if self._fault is not None:
            raise self._away(self._fault)

    def _away(self, why: str) -> TransportAwayError:
        _log.warning("broker_away", service=self._service, why=why)
        self._drop()
        return TransportAwayError(why)

    def _drop(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        self._fault, self._next_tag, self._unconfirmed = None, 1, {}
        if connection is None:
            return
        with contextlib.suppress(AMQPError, OSError, RuntimeError):
            if connection.is_open:
                connection.close()
                _turn_until_closed(connection)
            connection.ioloop.deactivate_poller()
            connection.ioloop.close()
        self._fault = None  # closing reported itself


def _turn_until_closed(connection: JoinedConnection) -> None:
    deadline = time.monotonic() + _CLOSE_WITHIN
    connection.ioloop.call_later(_CLOSE_WITHIN, lambda: None)
    while not connection.is_closed and time.monotonic() < deadline:
        connection.turn()
