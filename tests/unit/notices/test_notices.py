"""Notices: queued with the act, sent once, retried with patience, forgotten when done."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.clock import SettableClock
from shared.db.floor import notices as table
from shared.events import retention
from shared.notices.captured import CapturedMessages
from shared.notices.rows import Notice
from shared.notices.sender import Sender
from shared.notices.transport import NeverError, NotNowError
from tests.support.throwaway import TELLER, Place, open_place


class Unwilling:
    """A way out that refuses as often as it is told."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.sent: list[Notice] = []

    def send(self, notice: Notice) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append(notice)


@pytest.fixture
def clock() -> SettableClock:
    """A clock that stands until it is moved."""
    return SettableClock(datetime(2026, 11, 23, 10, tzinfo=UTC))


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock) -> Iterator[Place]:
    """A service on one database, then on the other."""
    url = f"sqlite:///{tmp_path}/notices.db" if request.param == "sqlite" else request.getfixturevalue("postgres")()
    found = open_place(TELLER, url, clock=clock)
    yield found
    found.close()


def write(place: Place, to: str = "ana@example.com", text: str = "Your code is 123456", key: str | None = None) -> None:
    """Queue one mail, as a use case would."""
    with place.context.transaction() as work:
        work.mail(to, "Your code", text, key=key)


def sender(place: Place, **ways_out: object) -> Sender:
    """A sender with the given ways out."""
    return Sender(place.context.database, place.context.clock, ways_out)  # type: ignore[arg-type]


def test_a_message_of_a_transaction_that_failed_is_never_sent(place: Place) -> None:
    """Mail is a row before it is mail."""
    with pytest.raises(RuntimeError), place.context.transaction() as work:
        work.mail("ana@example.com", "Hello", "text")
        raise RuntimeError
    assert place.rows(table) == []


def test_a_sent_message_is_kept_without_its_text(place: Place) -> None:
    """A code lives in the message and nowhere else once it has left."""
    out = Unwilling()
    write(place)
    assert sender(place, email=out).run_once() == 1
    assert sender(place, email=out).run_once() == 0
    [notice] = out.sent
    assert (notice.to, notice.subject, notice.text) == ("ana@example.com", "Your code", "Your code is 123456")
    [row] = place.rows(table)
    assert (row["state"], row["body"]) == ("sent", "")


def test_one_key_sends_one_message(place: Place) -> None:
    """A repeated request or a repeated event does not write twice; without a key every message counts."""
    for key in ("app_1", "app_1", "app_2", None, None):
        write(place, key=key)
    assert len(place.rows(table)) == 4


def test_a_busy_server_is_asked_again_with_growing_pauses(place: Place, clock: SettableClock) -> None:
    """Nothing is tried before its time; the reason stays visible meanwhile."""
    out = Unwilling(NotNowError("the mail server answered 451"), NotNowError("OSError"))
    write(place)
    assert sender(place, email=out).run_once() == 0
    assert place.rows(table)[0]["last_error"] == "the mail server answered 451"
    assert sender(place, email=out).run_once() == 0
    assert len(out.refusals) == 1
    clock.advance(timedelta(seconds=10))
    assert sender(place, email=out).run_once() == 0
    clock.advance(timedelta(seconds=10))
    assert sender(place, email=out).run_once() == 0
    clock.advance(timedelta(seconds=10))
    assert sender(place, email=out).run_once() == 1
    assert place.rows(table)[0]["attempts"] == 3


def test_a_refusal_for_good_ends_the_message_and_keeps_the_reason(place: Place) -> None:
    """No second try, no text left behind."""
    write(place)
    assert sender(place, email=Unwilling(NeverError("the mail server answered 550"))).run_once() == 0
    [row] = place.rows(table)
    assert (row["state"], row["body"], row["last_error"]) == ("failed", "", "the mail server answered 550")


def test_patience_ends(place: Place, clock: SettableClock) -> None:
    """After the last try the message is given up, with the reason."""
    out = Unwilling(*[NotNowError("OSError")] * 100)
    write(place)
    for _ in range(20):
        sender(place, email=out).run_once()
        clock.advance(timedelta(hours=1))
    [row] = place.rows(table)
    assert (row["state"], row["body"], row["attempts"], row["last_error"]) == ("failed", "", 8, "OSError")


def test_a_channel_without_a_way_out_waits(place: Place, clock: SettableClock) -> None:
    """Set up the gateway later, and what waits is sent."""
    out = Unwilling()
    with place.context.transaction() as work:
        work.sms("+15550100", "Your code is 123456")
    assert sender(place, email=out).run_once() == 0
    clock.advance(timedelta(minutes=5))
    assert sender(place, sms=out).run_once() == 1
    assert [notice.channel for notice in out.sent] == ["sms"]


def test_a_sender_that_died_in_the_act_is_succeeded_when_its_claim_runs_out(place: Place, clock: SettableClock) -> None:
    """At least once: the message goes out again with the same id."""

    class Dies(Unwilling):
        def send(self, notice: Notice) -> None:
            super().send(notice)
            raise KeyboardInterrupt

    dead, out = Dies(), Unwilling()
    write(place)
    with pytest.raises(KeyboardInterrupt):
        sender(place, email=dead).run_once()
    assert sender(place, email=out).run_once() == 0
    clock.advance(timedelta(minutes=3))
    assert sender(place, email=out).run_once() == 1
    assert dead.sent[0].id == out.sent[0].id


def test_rival_senders_send_each_message_once(place: Place) -> None:
    """A claim is a guarded update: of all rivals one wins."""
    out = Unwilling()
    for number in range(20):
        write(place, f"person{number}@example.com")
    with ThreadPoolExecutor(8) as rivals:
        counts = list(rivals.map(lambda number: _rival(place, out, number).run_once(), range(8)))
    assert sum(counts) == 20
    assert len({notice.to for notice in out.sent}) == len(out.sent) == 20


def test_captured_messages_are_newest_first_and_bounded(place: Place, clock: SettableClock) -> None:
    """What the local run shows at /dev/messages."""
    captured = CapturedMessages(clock, capacity=3)
    for number in range(5):
        write(place, "ana@example.com" if number % 2 else "bo@example.com", f"text {number}")
        clock.advance(timedelta(seconds=1))
    assert sender(place, email=captured).run_once() == 5
    assert [message.text for message in captured.list()] == ["text 4", "text 3", "text 2"]
    assert [message.text for message in captured.list("ana@example.com")] == ["text 3"]
    assert captured.list()[0].as_json()["sent_at"] == "2026-11-23T10:00:05Z"


def test_old_messages_are_swept_only_when_they_are_done(place: Place, clock: SettableClock) -> None:
    """The table stays bounded and nothing unsent is lost."""
    write(place)
    sender(place, email=Unwilling()).run_once()
    write(place)
    assert retention.sweep(place.context.database, clock.advance(timedelta(days=31))) == 1
    assert [row["state"] for row in place.rows(table)] == ["waiting"]


def _rival(place: Place, out: Unwilling, number: int) -> Sender:
    return Sender(place.context.database, place.context.clock, {"email": out}, f"rival {number}")


def test_a_subject_of_long_names_is_cut_and_stops_nobody(place: Place, clock: SettableClock) -> None:
    """Two names of two hundred letters must not park the event that wanted to tell somebody."""
    with place.context.transaction() as work:
        work.mail("ana@example.com", "A" * 200 + " asks for access to " + "B" * 200, "text")
    out = Unwilling()
    assert sender(place, email=out).run_once() == 1
    assert len(out.sent[0].subject) == 300 and out.sent[0].subject.endswith("B…")


def test_nothing_of_what_was_said_is_kept_once_it_has_left(place: Place) -> None:
    """A code stands in the subject too, so that it can be read off a telephone's screen."""
    with place.context.transaction() as work:
        work.mail("ana@example.com", "123456 is your code", "Your code is 123456")
        work.mail("bob@example.com", "123456 is your code", "Your code is 123456")
    sender(place, email=Unwilling(NeverError("the mail server answered 550"))).run_once()
    rows = place.rows(table)
    assert {row["state"] for row in rows} == {"sent", "failed"}
    assert "123456" not in str(rows)
