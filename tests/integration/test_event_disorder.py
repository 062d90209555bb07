"""Duplicates, disorder, poison and rivals on the real servers: each event once, the queue moves on."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pika
from sqlalchemy import text

from shared.events.relay import Relay
from shared.events.replay import replay
from shared.events.transport import Delivery, Message
from shared.events.transports import topology
from shared.events.transports.rabbit_consumer import RabbitConsumer
from shared.events.transports.rabbit_publisher import RabbitPublisher
from tests.integration.event_wires import all_handled, crew, take_in
from tests.support.throwaway import LISTENER, TELLER, TOLD, Place, event_bytes, open_place, wait_for


def test_the_same_event_twice_and_out_of_order_ends_in_the_newest_state(listener: Place, rabbit: str) -> None:
    """Whatever the broker does to the order, the projection holds the highest sequence, from one effect per event."""
    messages = [
        Message(f"evt_{number}", TOLD, event_bytes(id=f"evt_{number}", sequence=number)) for number in range(1, 21)
    ]
    last = Message("evt_last", TOLD, event_bytes(id="evt_last", subject="ses_2"))
    publisher = RabbitPublisher(rabbit, TELLER)
    publisher.publish([*reversed(messages), *messages, last])
    publisher.confirm()
    take_in(listener, rabbit, 21)  # a queue keeps its order: with the last one all have been seen
    publisher.close()
    assert sorted(listener.handled()) == [*(("ses_1", number) for number in range(1, 21)), ("ses_2", 1)]
    assert listener.projection() == {"ses_1": 20, "ses_2": 1}


def test_a_poison_event_is_parked_listed_and_replayable_while_the_queue_moves_on(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str
) -> None:
    """Three tries, then aside with its error; after the mend the operator replays it."""
    listener.poisoned.add("ses_13")
    teller.tell_all([(f"ses_{number}", 1) for number in range(120)])
    relays().drain()
    take_in(listener, rabbit, 119)
    assert listener.attempts.count("ses_13") == 3
    [row] = listener.parked()
    assert (row["subject"], row["fault"]) == ("ses_13", "handler_failed")
    listener.poisoned.clear()
    assert replay(listener.inbox, str(row["id"])).taken
    assert listener.count() == 120


def test_an_event_that_ends_the_worker_is_parked_by_the_broker_s_limit(listener: Place, rabbit: str) -> None:
    """A crash leaves no error to count; the broker counts, and the dead letter becomes a parked event."""
    publisher = RabbitPublisher(rabbit, TELLER)
    publisher.publish([Message("evt_1", TOLD, event_bytes())])
    publisher.confirm()
    for _ in range(topology.DELIVERY_LIMIT + 1):
        _take_and_vanish(rabbit)
    publisher.publish([Message("evt_2", TOLD, event_bytes(id="evt_2", subject="ses_2"))])
    publisher.confirm()
    publisher.close()
    with crew() as working:
        working.add(RabbitConsumer(rabbit, listener.inbox))
        wait_for(lambda: listener.parked() and listener.count())
    assert listener.handled() == [("ses_2", 1)]
    [row] = listener.parked()
    assert (row["event_id"], row["sender"], row["type"], row["fault"]) == ("evt_1", TELLER, TOLD, "delivery_limit")
    assert replay(listener.inbox, str(row["id"])).taken


def test_sixteen_rivals_take_one_event_in_once(listener: Place) -> None:
    """The inbox row decides, not the order of arrival."""
    delivery = Delivery(TELLER, TOLD, event_bytes())
    together = threading.Barrier(16)

    def rival(_number: int) -> None:
        together.wait(20)
        listener.inbox.receive([delivery])

    with ThreadPoolExecutor(16) as rivals:
        list(rivals.map(rival, range(16)))
    assert listener.handled() == [("ses_1", 1)]


def test_two_relays_and_two_workers_at_once_do_everything_once(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str, urls: tuple[str, str]
) -> None:
    """Three thousand events of twenty subjects, committed while all four work."""
    second = open_place(LISTENER, urls[1], limit=3, prepare=False)
    with crew() as working:
        for place in (listener, second):
            working.add(relays())
            working.add(RabbitConsumer(rabbit, place.inbox))
        for sequence in range(1, 151):
            teller.tell_all([(f"ses_{subject}", sequence) for subject in range(20)])
        all_handled(listener, 3000)
    assert teller.waiting() == []
    assert listener.parked() == []
    assert len(set(listener.handled())) == 3000
    assert listener.projection() == {f"ses_{subject}": 150 for subject in range(20)}
    second.close()


def test_two_relays_do_not_reorder_a_subject(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str
) -> None:
    """One consumer sees every subject's sequences ascend, although two relays took turns."""
    with crew() as working:
        working.add(relays())
        working.add(relays())
        for sequence in range(1, 201):
            teller.tell_all([(f"ses_{subject}", sequence) for subject in range(5)])
        wait_for(lambda: teller.waiting() == [])
    take_in(listener, rabbit, 1000)
    handled = listener.handled()
    for subject in range(5):
        assert [sequence for name, sequence in handled if name == f"ses_{subject}"] == list(range(1, 201))


def test_a_relay_whose_turn_it_is_not_sends_nothing(teller: Place, relays: Callable[[], Relay], rabbit: str) -> None:
    """While another process holds the turn, the outbox is left alone."""
    teller.tell("ses_1")
    relay = relays()
    with teller.context.database.transaction() as rival:
        rival.execute(text("SELECT pg_advisory_xact_lock(7241990313)"))
        assert relay.run_once() == 0
    assert relay.run_once() == 1


def _take_and_vanish(rabbit: str) -> None:
    """Take the event and end without a word about it, as a killed worker does."""
    connection = pika.BlockingConnection(pika.URLParameters(rabbit))
    taken: list[bytes] = []
    connection.channel().basic_consume(topology.queue(LISTENER), lambda *parts: taken.append(parts[-1]))
    wait_for(lambda: connection.process_data_events(time_limit=0.1) or taken)
    connection.close()
