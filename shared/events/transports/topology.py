"""Exchanges and queues: one topic exchange per sender, one quorum queue per listener, one for its dead letters.

Both sides declare what concerns them, the sender also the queues of the listeners that the contracts name: an event
sent before a listener's first start waits for it instead of being lost.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel

from shared.contracts import EventContract

DELIVERY_LIMIT = 10  # for events that end the worker itself; failing handlers are counted by the inbox
_HEARTBEAT = 30
_BLOCKED = 30.0

Binding = tuple[str, str, str]  # sender, type, listener


def exchange(service: str) -> str:
    """Return the exchange that `service` publishes to."""
    return f"gatehouse.{service}"


def queue(service: str) -> str:
    """Return the queue from which `service` listens."""
    return f"gatehouse.{service}"


def dead_queue(service: str) -> str:
    """Return the queue for what the broker gave up delivering to `service`."""
    return f"gatehouse.{service}.dead"


def sender_of(exchange_name: str) -> str:
    """Return the service that owns an exchange, or the empty text: then nobody vouches for the event."""
    return exchange_name.removeprefix("gatehouse.") if exchange_name.startswith("gatehouse.") else ""


def parameters(url: str) -> pika.URLParameters:
    """Return connection parameters that cannot hang: heartbeats, and a limit on being blocked by an alarm."""
    found = pika.URLParameters(url)
    found.heartbeat = _HEARTBEAT if found.heartbeat is None else found.heartbeat
    found.blocked_connection_timeout = found.blocked_connection_timeout or _BLOCKED
    found.socket_timeout = 5.0
    found.stack_timeout = 10.0
    return found


def sent_by(service: str, contracts: Mapping[str, EventContract]) -> list[Binding]:
    """Return the bindings of everything `service` sends to the listeners that the contracts name."""
    mine = (contract for contract in contracts.values() if contract.sender == service)
    return [(service, contract.type, listener) for contract in mine for listener in contract.listeners]


def declare(channel: BlockingChannel, services: Iterable[str], bindings: Iterable[Binding]) -> None:
    """Declare the exchanges of `services` and of all senders, every listener's queues, and the bindings."""
    wanted = list(bindings)
    for sender in sorted({*services, *(sender for sender, _, _ in wanted)}):
        channel.exchange_declare(exchange(sender), "topic", durable=True)
    for listener in sorted({listener for _, _, listener in wanted}):
        _declare_queues(channel, listener)
    for sender, kind, listener in wanted:
        channel.queue_bind(queue(listener), exchange(sender), kind)


def _declare_queues(channel: BlockingChannel, listener: str) -> None:
    quorum: dict[str, Any] = {"x-queue-type": "quorum"}
    channel.queue_declare(dead_queue(listener), durable=True, arguments=quorum)
    limited = {
        **quorum,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(listener),
        # A dead letter leaves the queue only when the dead-letter queue has it; that needs reject-publish.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    channel.queue_declare(queue(listener), durable=True, arguments=limited)
