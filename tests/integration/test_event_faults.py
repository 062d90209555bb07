"""The faults of processes and servers that events must survive: nothing phantom, nothing lost, nothing twice."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from deploy.servers.kinds import Postgres, RabbitMQ
from shared.events.relay import Relay
from shared.events.transport import Message, TransportAwayError
from shared.events.transports import topology
from shared.events.transports.rabbit_consumer import RabbitConsumer
from shared.events.transports.rabbit_publisher import RabbitPublisher
from tests.integration.event_wires import all_handled, crew, take_in, until_queue_is_empty
from tests.support.throwaway import LISTENER, TELLER, Place, open_place, wait_for

_SPAWN = multiprocessing.get_context("spawn")


def test_kill_9_between_commit_and_publish_loses_nothing(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str, urls: tuple[str, str]
) -> None:
    """The process dies right after the commit: the next relay finds the event in the outbox."""
    assert _ended_by(_commit_and_die, urls[0]) == -signal.SIGKILL
    assert len(teller.waiting()) == 3
    assert relays().drain() == 3
    take_in(listener, rabbit, 3)


def test_kill_9_between_publish_and_marking_sends_twice_and_takes_in_once(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str, urls: tuple[str, str]
) -> None:
    """The broker has confirmed, the outbox does not know: sent again, known by its id."""
    teller.tell_all([("ses_1", 1), ("ses_2", 1)])
    assert _ended_by(_relay_and_die, urls[0], rabbit) == -signal.SIGKILL
    assert len(teller.waiting()) == 2
    assert relays().drain() == 2
    with crew() as working:
        working.add(RabbitConsumer(rabbit, listener.inbox))
        until_queue_is_empty(rabbit)
        all_handled(listener, 2)
    assert listener.parked() == []


def _commit_and_die(url: str) -> None:
    place = open_place(TELLER, url, prepare=False)
    place.tell_all([("ses_1", 1), ("ses_2", 1), ("ses_3", 1)])
    os.kill(os.getpid(), signal.SIGKILL)


class _DiesAfterConfirm(RabbitPublisher):
    def confirm(self, outstanding: int = 0) -> None:
        super().confirm(outstanding)
        os.kill(os.getpid(), signal.SIGKILL)


def _relay_and_die(url: str, rabbit: str) -> None:
    place = open_place(TELLER, url, prepare=False)
    Relay(place.context.database, _DiesAfterConfirm(rabbit, TELLER), place.context.bell).drain()


def _ended_by(target: Callable[..., None], *arguments: str) -> int | None:
    process = _SPAWN.Process(target=target, args=arguments)
    process.start()
    process.join(60)
    return process.exitcode


class _Counted(RabbitPublisher):
    """Counts how often the broker was asked in vain."""

    failures = 0

    def publish(self, messages: Sequence[Message]) -> None:
        try:
            super().publish(messages)
        except TransportAwayError:
            self.failures += 1
            raise


@pytest.mark.parametrize(
    "seconds", [pytest.param(0, id="rounds"), pytest.param(60, id="minute", marks=[pytest.mark.soak])]
)
def test_a_broker_that_is_away_and_back_costs_time_only(
    teller: Place, listener: Place, rabbit: str, rabbit_server: RabbitMQ, seconds: float
) -> None:
    """Both sides try again with growing pauses, for rounds or for a minute; afterwards everything is there once."""
    publisher = _Counted(rabbit, TELLER)
    with crew() as working:
        working.add(Relay(teller.context.database, publisher, teller.context.bell))
        working.add(RabbitConsumer(rabbit, listener.inbox))
        teller.tell_all([(f"ses_{number}", 1) for number in range(50)])
        all_handled(listener, 50)
        with rabbit_server.away():
            gone = time.monotonic()
            teller.tell_all([(f"ses_{number}", 2) for number in range(50)])
            wait_for(lambda: publisher.failures >= 5 and time.monotonic() - gone >= seconds, seconds + 30)
            assert len(teller.waiting()) == 50
        teller.tell_all([(f"ses_{number}", 3) for number in range(50)])
        all_handled(listener, 150)
    assert teller.waiting() == []
    assert listener.parked() == []
    assert set(listener.projection().values()) == {3}


def test_a_database_restarted_under_the_worker_costs_time_only(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str, postgres_server: Postgres
) -> None:
    """An event whose database is away is not a bad event: nothing is parked, no delivery is used up."""
    facts = [(f"ses_{number}", 1) for number in range(400)]
    with crew() as working:
        working.add(relays())
        working.add(RabbitConsumer(rabbit, listener.inbox))
        teller.tell_all(facts)
        wait_for(lambda: listener.count() >= 1)
        with postgres_server.away():
            pass
        teller.tell_all([(f"late_{number}", 1) for number in range(100)])
        all_handled(listener, 500)
    assert listener.parked() == []


def test_events_wait_for_a_listener_that_has_never_started(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str
) -> None:
    """The contract names the listener, so its queue exists before the first event."""
    teller.tell("ses_1")
    assert relays().drain() == 1
    take_in(listener, rabbit, 1)


def test_a_queue_removed_under_the_relay_is_declared_again(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str, rabbit_server: RabbitMQ
) -> None:
    """An event that comes back unroutable stays in the outbox until somebody can take it."""
    relay = relays()
    teller.tell("ses_1")
    assert relay.drain() == 1
    take_in(listener, rabbit, 1)
    for queue in (LISTENER, "identity", "access-manager", "availability"):
        rabbit_server.manage("DELETE", f"queues/{rabbit.rsplit('/', 1)[1]}/{topology.queue(queue)}")
    teller.tell("ses_2")
    with pytest.raises(TransportAwayError, match="no queue takes it"):
        relay.run_once()
    assert len(teller.waiting()) == 1
    assert relay.drain() == 1
    take_in(listener, rabbit, 2)


def test_a_long_handler_does_not_lose_the_connection(
    teller: Place, relays: Callable[[], Relay], listener: Place, rabbit: str
) -> None:
    """With a heartbeat each second, a handler of four seconds is still the first and only one."""
    started, finish = threading.Event(), threading.Event()

    def slowly(_event: object) -> None:
        started.set()
        finish.wait(20)

    listener.before_handling = slowly
    teller.tell("ses_1")
    relays().drain()
    with crew() as working:
        working.add(RabbitConsumer(f"{rabbit}?heartbeat=1", listener.inbox))
        assert started.wait(20)
        threading.Timer(4, finish.set).start()
        all_handled(listener, 1)
        until_queue_is_empty(rabbit)
    assert listener.attempts == ["ses_1"]
