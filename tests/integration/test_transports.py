"""What RabbitMQ and the in-process bus both promise; the floor above them cannot tell them apart."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from shared.events.transport import Message
from shared.events.transports.rabbit_publisher import RabbitPublisher
from tests.integration.event_wires import MemoryWire, RabbitWire, Wire
from tests.support.throwaway import LISTENER, TELLER, TOLD, Place, event_bytes, open_place


@pytest.fixture(params=["memory", "rabbit"])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    """One transport, then the other."""
    found: Wire = MemoryWire() if request.param == "memory" else RabbitWire(request.getfixturevalue("rabbit"))
    yield found
    found.close()


@pytest.fixture
def listener(tmp_path: Path, wire: Wire) -> Iterator[Place]:
    """A listening service; two tries per event."""
    place = open_place(LISTENER, f"sqlite:///{tmp_path}/listener.db", limit=2)
    wire.listen(place)
    yield place
    place.close()


def message(event_id: str = "evt_1", subject: str = "ses_1", sequence: int = 1) -> Message:
    """An event on its way out."""
    return Message(event_id, TOLD, event_bytes(id=event_id, subject=subject, sequence=sequence))


def send(wire: Wire, *messages: Message, sender: str = TELLER) -> None:
    """Publish, confirm, and let the listeners take it in."""
    publisher = wire.publisher(sender)
    publisher.publish(messages)
    publisher.confirm()
    wire.settle()


def test_what_was_confirmed_is_taken_in_once_and_in_order(wire: Wire, listener: Place) -> None:
    """A batch larger than any prefetch arrives whole and in the order in which it was sent."""
    send(wire, *(message(f"evt_{number}", f"ses_{number % 3}", number) for number in range(300)))
    assert listener.handled() == [(f"ses_{number % 3}", number) for number in range(300)]


def test_the_same_event_sent_twice_has_one_effect(wire: Wire, listener: Place) -> None:
    """A relay that crashed before noting the confirm sends again."""
    send(wire, message(), message())
    send(wire, message())
    assert listener.handled() == [("ses_1", 1)]
    assert listener.parked() == []


def test_an_event_that_nobody_listens_to_is_confirmed_and_forgotten(wire: Wire, listener: Place) -> None:
    """`session.started` has no listener by contract; it must not hold up what follows it."""
    send(wire, Message("evt_0", "session.started", event_bytes(id="evt_0", type="session.started")), message())
    assert listener.handled() == [("ses_1", 1)]
    assert listener.parked() == []


def test_one_service_cannot_speak_for_another(wire: Wire, listener: Place) -> None:
    """Threat 41: the transport says who sent it, whatever the bytes claim."""
    send(wire, message(), sender="availability")
    assert listener.handled() == []
    send(wire, message("evt_2", "ses_2"))
    assert listener.handled() == [("ses_2", 1)]


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"{}", b"[1]", event_bytes(source="availability"), b"7" * 70000])
def test_what_is_no_event_is_parked_and_the_next_one_is_handled(wire: Wire, listener: Place, body: bytes) -> None:
    """Bytes arrive as they were sent, and one bad message does not stop the queue."""
    send(wire, Message("evt_0", TOLD, body), message())
    assert listener.handled() == [("ses_1", 1)]
    [row] = listener.parked()
    assert row["body"] == body[:65537]
    assert (row["sender"], row["type"]) == (TELLER, TOLD)


def test_a_poison_event_is_parked_after_its_limit_and_the_queue_moves_on(wire: Wire, listener: Place) -> None:
    """Tried as often as the limit says, then set aside with the error; everything behind it arrives."""
    listener.poisoned.add("ses_1")
    send(wire, message(), *(message(f"evt_{number}", f"ses_{number}") for number in range(2, 150)))
    assert listener.attempts.count("ses_1") == 2
    assert len(listener.handled()) == 148
    [row] = listener.parked()
    assert (row["event_id"], row["fault"], row["attempts"]) == ("evt_1", "handler_failed", 2)


def test_a_batch_leaves_in_few_pieces(rabbit: str) -> None:
    """Five hundred events are one piece for the broker, not fifteen hundred packets that each wake it."""
    publisher = RabbitPublisher(rabbit, TELLER)
    publisher.publish([message("evt_0")])
    publisher.confirm()
    sent = 0

    def count(_frame: FrameType, happened: str, called: object) -> None:
        nonlocal sent
        sent += happened == "c_call" and getattr(called, "__name__", "") == "send"

    sys.setprofile(count)
    try:
        publisher.publish([message(f"evt_{number}") for number in range(1, 501)])
        publisher.confirm()
    finally:
        sys.setprofile(None)
        publisher.close()
    assert 1 <= sent <= 20  # the socket may take a large piece in several bites
