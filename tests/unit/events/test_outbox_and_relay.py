"""From a committed transaction to the listener: nothing phantom, nothing lost, in order."""

import sqlite3
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from shared.clock import SettableClock
from shared.contracts import ContractError
from shared.events import Event, outbox
from shared.events.bell import LocalBell
from shared.events.event import MAX_BYTES
from shared.events.relay import Relay
from shared.events.transport import Message, TransportAwayError
from tests.support.throwaway import TOLD, Place, wait_for


class Flaky:
    """A publisher that is away for as many confirms as it is told."""

    def __init__(self, away: int) -> None:
        self.away = away
        self.sent: list[str] = []
        self.closed = False

    def publish(self, messages: Sequence[Message]) -> None:
        self.sent += [Event.from_bytes(message.body).subject for message in messages]

    def confirm(self, outstanding: int = 0) -> None:
        if self.away:
            self.away -= 1
            raise TransportAwayError("away")

    def keep_alive(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def test_an_event_of_a_transaction_that_failed_never_existed(teller: Place) -> None:
    """The outbox row lives and dies with what it tells about."""
    with pytest.raises(RuntimeError), teller.context.transaction() as work:
        work.publish(TOLD, subject="ses_1", sequence=1, data={"session_id": "ses_1", "account_id": "a", "reason": "r"})
        raise RuntimeError
    assert teller.waiting() == []


def test_an_event_without_contract_cannot_be_promised(teller: Place) -> None:
    """Unknown type, another service's type, another payload, too many bytes: the transaction learns at once."""
    with teller.context.transaction() as work:
        sound = {"session_id": "ses_1", "account_id": "a", "reason": "r"}
        with pytest.raises(ContractError, match="no contract"):
            work.publish("session.imagined", subject="s", sequence=1, data=sound)
        with pytest.raises(ContractError, match="sent by access-manager only"):
            work.publish("manager.changed", subject="s", sequence=1, data=sound)
        with pytest.raises(ContractError, match="surplus"):
            work.publish(TOLD, subject="s", sequence=1, data={**sound, "surplus": "x"})
        with pytest.raises(ContractError, match=f"{MAX_BYTES} are allowed"):
            work.publish(TOLD, subject="s", sequence=1, data={**sound, "reason": "x" * MAX_BYTES})
    assert teller.waiting() == []


def test_the_relay_delivers_in_order_and_empties_the_outbox(teller: Place, listener: Place, relay: Relay) -> None:
    """More events than one batch arrive once each, in the order of their commits."""
    facts = [(f"ses_{number % 7}", number) for number in range(1200)]
    teller.tell_all(facts)
    assert relay.drain() == 1200
    assert listener.handled() == facts
    assert teller.waiting() == []
    assert relay.drain() == 0


def test_what_was_not_confirmed_is_sent_again_in_order(teller: Place) -> None:
    """A broker that takes events and dies before confirming gets them once more."""
    teller.tell_all([("ses_1", 1), ("ses_2", 1)])
    publisher = Flaky(away=1)
    relay = Relay(teller.context.database, publisher, LocalBell())
    with pytest.raises(TransportAwayError):
        relay.run_once()
    assert len(teller.waiting()) == 2
    assert relay.drain() == 2
    assert publisher.sent == ["ses_1", "ses_2", "ses_1", "ses_2"]


def test_a_listener_that_is_away_keeps_the_event_in_the_outbox(teller: Place, listener: Place, relay: Relay) -> None:
    """In one process nothing is stored between the outbox and the inbox, so the outbox row stays until both hold."""
    teller.tell("ses_1")
    listener.before_handling = _database_is_locked
    with pytest.raises(TransportAwayError):
        relay.run_once()
    assert len(teller.waiting()) == 1
    listener.before_handling = lambda event: None
    assert relay.drain() == 1
    assert listener.handled() == [("ses_1", 1)]
    assert listener.parked() == []


def test_a_running_relay_is_woken_by_the_commit_and_survives_an_absent_broker(teller: Place) -> None:
    """`run` sends soon after each commit, tries again after a fault, and closes its publisher at the end."""
    publisher = Flaky(away=3)
    relay = Relay(teller.context.database, publisher, teller.context.bell)
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    teller.tell("ses_1")
    wait_for(lambda: teller.waiting() == [])
    teller.tell("ses_2")
    wait_for(lambda: publisher.sent[-1:] == ["ses_2"] and teller.waiting() == [])
    stop.set()
    teller.context.bell.ring()
    thread.join(10)
    assert publisher.closed
    assert publisher.sent == ["ses_1"] * 4 + ["ses_2"]


def test_the_depth_says_how_much_waits_and_since_when(teller: Place, clock: SettableClock) -> None:
    """The number that an operator looks at first."""
    with teller.context.reading() as session:
        assert outbox.depth(session) == outbox.Depth(0, None)
    first = clock.advance(timedelta(0))
    teller.tell("ses_1")
    clock.advance(timedelta(minutes=1))
    teller.tell("ses_2")
    with teller.context.reading() as session:
        assert outbox.depth(session) == outbox.Depth(2, first)


def _database_is_locked(event: Event) -> None:
    raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))
