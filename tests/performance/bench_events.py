"""Events per second and their latency, as ratios to raw pika publishing in batches on the same broker.

Every row is (work, ours, reference, ratio, goal). PostgreSQL and RabbitMQ run on the same cores as we do.
"""

import multiprocessing
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

import pika
from sqlalchemy import insert
from sqlalchemy.orm import registry

from deploy.servers.kinds import Postgres, RabbitMQ
from shared.contracts import CONTRACTS
from shared.db.floor import outbox
from shared.events import Event
from shared.events.bell import PostgresBell
from shared.events.inbox import Inbox
from shared.events.relay import Relay
from shared.events.transport import Message
from shared.events.transports.rabbit_consumer import RabbitConsumer
from shared.events.transports.rabbit_publisher import RabbitPublisher
from shared.loading import settled
from shared.service import Subscription, Work
from tests.performance.table import Row
from tests.support.servers import Servers
from tests.support.throwaway import LISTENER, TELLER, TOLD, Place, event_bytes, open_place, seen, wait_for

_EVENTS = 20_000
_BATCH = 500
_LATENCIES = 150
_QUIET = 0.3  # seconds between two events: idle, so that none waits for company (the relay gathers a fifth)
_ROUNDS = 3
# As many queues as the reference has: one.
_ONE_LISTENER = {TOLD: replace(CONTRACTS[TOLD], listeners=(LISTENER,))}


class Started(Protocol):
    """Where PostgreSQL and RabbitMQ are: those of the tests, or those of a stack."""

    @property
    def postgres(self) -> Postgres: ...
    @property
    def rabbitmq(self) -> RabbitMQ: ...


def measure(servers: Started, events: int = _EVENTS) -> list[Row]:
    """Run all measurements on the real servers; return the table's rows: of several rounds the median ratio."""
    settled()  # as a worker
    postgres, rabbit = servers.postgres, servers.rabbitmq
    teller = open_place(TELLER, postgres.new_database(TELLER))
    rounds = []
    for _ in range(_ROUNDS):
        # Side by side in time: on a shared machine the speed of everything changes from minute to minute.
        raw = _raw_pika(rabbit, events)
        rounds.append((raw, _relay_alone(teller, rabbit, events), _through(teller, postgres, rabbit, events)))
    latencies = _latencies(teller, postgres, rabbit)
    teller.close()
    p50, p99 = statistics.median(latencies), statistics.quantiles(latencies, n=100)[98]
    return [
        _row("relay alone, outbox → quorum queue", [(relay, raw) for raw, relay, _ in rounds], "≥ 0.8"),
        _row("events, outbox → RabbitMQ → inbox effect", [(through, raw) for raw, _, through in rounds], "≥ 0.3"),
        Row(
            "event latency, commit → handler, idle", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms", goal="≤ 50 ms", measured=p99
        ),
    ]


def _row(work: str, rates: list[tuple[float, float]], goal: str) -> Row:
    ours, raw = sorted(rates, key=lambda pair: pair[0] / pair[1])[len(rates) // 2]
    return Row(work, f"{ours:,.0f}/s", f"raw pika, batches of 500: {raw:,.0f}/s", f"{ours / raw:.2f}", goal)


def _raw_pika(rabbit: RabbitMQ, events: int) -> float:
    """Publish with confirms in batches of 500 to a quorum queue, by pika and nothing else."""
    url = rabbit.new_vhost("raw")
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.exchange_declare("raw", "topic", durable=True)
        channel.queue_declare("raw", durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_bind("raw", "raw", "#")
    properties = pika.BasicProperties(delivery_mode=2)
    bodies = [event_bytes(id=f"evt_{number:026}") for number in range(_BATCH)]
    outstanding: set[int] = set()
    opened: list[pika.channel.Channel] = []

    def confirmed(frame: pika.frame.Method) -> None:
        if frame.method.multiple:
            outstanding.difference_update(range(min(outstanding), frame.method.delivery_tag + 1))
        else:
            outstanding.discard(frame.method.delivery_tag)

    def on_channel(channel: pika.channel.Channel) -> None:
        channel.confirm_delivery(confirmed, callback=lambda _: opened.append(channel))

    raw = pika.SelectConnection(
        pika.URLParameters(url), on_open_callback=lambda connection: connection.channel(on_open_callback=on_channel)
    )
    raw.ioloop.activate_poller()
    _turn_until(raw, lambda: bool(opened))
    began, tag = time.perf_counter(), 0
    for _ in range(events // _BATCH):
        for body in bodies:
            tag += 1
            opened[0].basic_publish("raw", TOLD, body, properties, mandatory=True)
            outstanding.add(tag)
        _turn_until(raw, lambda: not outstanding)
    rate = tag / (time.perf_counter() - began)
    raw.close()
    _turn_until(raw, lambda: raw.is_closed)
    raw.ioloop.close()
    rabbit.drop_vhost(url)
    return rate


def _turn_until(connection: pika.SelectConnection, done: Callable[[], bool]) -> None:
    while not done():
        connection.ioloop.poll()
        connection.ioloop.process_timeouts()


def _relay_alone(teller: Place, rabbit: RabbitMQ, events: int) -> float:
    url = rabbit.new_vhost("relay")
    publisher = RabbitPublisher(url, TELLER, _ONE_LISTENER)
    relay = Relay(teller.context.database, publisher, teller.context.bell)
    _fill(teller, 1)
    relay.drain()  # connected and declared: not part of the rate
    _fill(teller, events)
    began = time.perf_counter()
    sent = relay.drain()
    rate = sent / (time.perf_counter() - began)
    relay.close()
    rabbit.drop_vhost(url)
    return rate


class _Effect:
    """What the handler writes: a row per event, flushed with its batch like any object of a session."""

    def __init__(self, event: Event) -> None:
        self.event_id, self.subject, self.sequence, self.request_id = event.id, event.subject, event.sequence, ""


registry().map_imperatively(_Effect, seen)


def _through(teller: Place, postgres: Postgres, rabbit: RabbitMQ, events: int) -> float:
    """Events per second from the first effect to the last; the teller's relay has a process of its own, as always."""
    url = rabbit.new_vhost("through")
    listener = open_place(LISTENER, postgres.new_database(LISTENER))
    _fill(teller, events)
    instants: list[float] = []

    def handle(work: Work, event: Event) -> None:
        work.session.add(_Effect(event))
        instants.append(time.perf_counter())

    consumer = RabbitConsumer(url, Inbox(listener.context, [Subscription(TOLD, TELLER, handle)]))
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,))
    thread.start()
    address = teller.context.database.engine.url.render_as_string(hide_password=False)
    relay = multiprocessing.get_context("spawn").Process(target=_relay_until_empty, args=(address, url))
    relay.start()
    wait_for(lambda: len(instants) >= events and listener.count() >= events, 300)
    relay.join()
    stop.set()
    thread.join()
    listener.close()
    rabbit.drop_vhost(url)
    return (events - 1) / (instants[-1] - instants[0])


def _relay_until_empty(address: str, url: str) -> None:
    place = open_place(TELLER, address, prepare=False)
    relay = Relay(place.context.database, RabbitPublisher(url, TELLER, _ONE_LISTENER), place.context.bell)
    relay.drain()
    relay.close()


def _latencies(teller: Place, postgres: Postgres, rabbit: RabbitMQ) -> list[float]:
    """Milliseconds from the return of the commit to the handler, one event after a quiet moment at a time."""
    url = rabbit.new_vhost("latency")
    listener = open_place(LISTENER, postgres.new_database(LISTENER))
    arrived = threading.Event()
    listener.before_handling = lambda event: arrived.set()
    stop = threading.Event()
    bell = PostgresBell(teller.context.database)
    relay = Relay(teller.context.database, RabbitPublisher(url, TELLER, _ONE_LISTENER), bell)
    consumer = RabbitConsumer(url, listener.inbox)
    threads = [threading.Thread(target=worker.run, args=(stop,)) for worker in (consumer, relay)]
    for thread in threads:
        thread.start()
    found = []
    for number in range(_LATENCIES + 20):
        arrived.clear()
        teller.tell(f"ses_{number}")
        began = time.perf_counter()
        arrived.wait(10)
        found.append((time.perf_counter() - began) * 1000)
        time.sleep(_QUIET)
    stop.set()
    for thread in threads:
        thread.join()
    bell.close()
    listener.close()
    rabbit.drop_vhost(url)
    return found[20:]


def _fill(teller: Place, events: int) -> None:
    """Put events into the outbox without going through use cases: this is not what is measured."""
    made = int(time.time() * 1e6)
    now = teller.context.clock.now()
    messages = [
        Message(f"evt_{made}{number:08}", TOLD, event_bytes(id=f"evt_{made}{number:08}", subject=f"ses_{number % 50}"))
        for number in range(events)
    ]
    rows = [
        {"event_id": each.id, "type": each.type, "subject": "ses", "body": each.body, "created_at": now}
        for each in messages
    ]
    with teller.context.database.transaction() as session:
        session.execute(insert(outbox), rows)


def main() -> None:
    """Print the table by itself: `python -m tests.performance.bench_events`."""
    servers = Servers()
    try:
        for row in measure(servers):
            print(" | ".join((row.work, row.ours, row.reference, row.ratio, row.goal)))
    finally:
        servers.close()


if __name__ == "__main__":
    main()
