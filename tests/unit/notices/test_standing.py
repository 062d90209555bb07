"""What became of messages: asked by key, corrected by who could not deliver them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared import notices
from shared.clock import SettableClock
from shared.db.floor import notices as table
from shared.notices.captured import CapturedMessages
from shared.notices.sender import Sender
from tests.support.throwaway import TELLER, Place, open_place

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A service whose clock stands, with one mail that waits and one that cannot arrive."""
    found = open_place(TELLER, f"sqlite:///{tmp_path}/notices.db", clock=SettableClock(NOW))
    with found.context.transaction() as work:
        work.mail("ana@example.com", "Your code", "123456", key="good")
        work.mail("ana@clinic.INVALID", "Your code", "123456", key="bad")
    yield found
    found.close()


def states(place: Place) -> dict[str, str]:
    """The states of both mails and of one that nobody wrote."""
    with place.context.reading() as session:
        return notices.states(session, ["good", "bad", "never written"])


def send(place: Place) -> CapturedMessages:
    """Send what waits, as the local run does."""
    captured = CapturedMessages(place.context.clock)
    Sender(place.context.database, place.context.clock, {"email": captured}).run_once()
    return captured


def came_back(place: Place, key: str) -> bool:
    """Report the message of this key as undelivered."""
    [row] = [row for row in place.rows(table) if row["key"] == key]
    with place.context.transaction() as work:
        return notices.came_back(work.session, row["id"], work.now, "no_such_address")


def test_states_are_asked_by_key(place: Place) -> None:
    """Waiting, then sent; what was never queued has no state."""
    assert states(place) == {"good": "waiting", "bad": "waiting"}
    send(place)
    assert states(place) == {"good": "sent", "bad": "failed"}
    with place.context.reading() as session:
        assert notices.states(session, []) == {}


def test_the_local_run_delivers_nothing_to_where_nothing_is(place: Place) -> None:
    """RFC 2606: an address under .invalid fails at once, in any case of letters, and shows nowhere as sent."""
    assert [message.to for message in send(place).list()] == ["ana@example.com"]


def test_a_report_turns_sent_into_failed_once(place: Place) -> None:
    """A second report of the same message is as good as the first; the reason is kept for the operator."""
    send(place)
    assert came_back(place, "good") and came_back(place, "good")
    assert states(place)["good"] == "failed"
    [row] = [row for row in place.rows(table) if row["key"] == "good"]
    assert (row["last_error"], row["settled_at"]) == ("came back: no_such_address", NOW)


def test_what_has_not_left_cannot_come_back(place: Place) -> None:
    """A mistaken report must not stop a message that is still to be sent."""
    assert not came_back(place, "good")
    assert states(place)["good"] == "waiting"


@pytest.mark.parametrize(
    ("text", "notice_id"),
    [
        ("ntc_01j9abc", "ntc_01j9abc"),
        ("<ntc_01j9abc@payer.example>", "ntc_01j9abc"),
        ("  ntc_01j9abc@payer.example ", "ntc_01j9abc"),
        ("<ntc_01j9abc@payer.example> <x@y>", None),
        ("ntc_", None),
        ("evt_01j9abc", None),
        ("ntc_01J9", None),
        ("ntc_01j9abc\r\nBcc: all@example.com", None),
        ("n" * 100_000, None),
    ],
)
def test_only_our_own_message_ids_name_a_message(text: str, notice_id: str | None) -> None:
    """RFC 5322 §3.6.4, with or without its brackets; everything else names nothing."""
    assert notices.named_by(text) == notice_id
