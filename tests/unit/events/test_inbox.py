"""The one door for events: once each, bad ones set aside, the rest unharmed."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy.event import listen
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.clock import SettableClock
from shared.db.floor import audit_entries
from shared.errors import Problem
from shared.events import Event, parked, retention
from shared.events.event import MAX_BYTES
from shared.events.faults import ListenerAwayError
from shared.events.inbox import Inbox
from shared.events.replay import discard, replay
from shared.events.transport import Delivery
from shared.service import Actor, Subscription, Work
from tests.support.throwaway import TELLER, TOLD, Place, PoisonedError, event_bytes

OPERATOR = Actor("acc_op", "person", "staff")


def delivery(event_id: str = "evt_1", subject: str = "ses_1", sequence: int = 1, **changes: object) -> Delivery:
    """A sound delivery, as the transport would hand it over."""
    return Delivery(TELLER, TOLD, event_bytes(id=event_id, subject=subject, sequence=sequence, **changes))


def test_an_event_is_handled_once_however_often_it_comes(listener: Place) -> None:
    """Twice in one batch, and again later."""
    listener.inbox.receive([delivery(), delivery()])
    listener.inbox.receive([delivery()])
    assert listener.handled() == [("ses_1", 1)]
    assert listener.taken() == 1


def test_an_older_event_after_a_newer_one_changes_nothing(listener: Place) -> None:
    """The inbox promises no order; the sequence tells a listener what is stale."""
    listener.inbox.receive([delivery("evt_2", sequence=2), delivery("evt_1", sequence=1)])
    assert listener.handled() == [("ses_1", 2), ("ses_1", 1)]
    assert listener.projection() == {"ses_1": 2}


def test_one_request_id_runs_from_the_first_request_to_the_last_effect(listener: Place) -> None:
    """Each event of a batch carries its own."""
    listener.inbox.receive(
        [delivery("evt_1", request_id="req_1"), delivery("evt_2"), delivery("evt_3", request_id="r3")]
    )
    with listener.context.reading() as session:
        found = session.connection().exec_driver_sql("SELECT request_id FROM seen ORDER BY number").scalars().all()
    assert found == ["req_1", "", "r3"]


def test_a_poison_event_is_parked_after_its_limit_and_the_others_are_handled(listener: Place) -> None:
    """Three tries, with growing pauses; its half-done work is rolled back, its batch is not."""
    listener.poisoned.add("ses_2")
    listener.inbox.receive([delivery("evt_1"), delivery("evt_2", "ses_2"), delivery("evt_3", "ses_3")])
    assert listener.handled() == [("ses_1", 1), ("ses_3", 1)]
    assert listener.attempts.count("ses_2") == 3
    assert listener.pauses == sorted(listener.pauses)
    [row] = listener.parked()
    assert (row["event_id"], row["fault"], row["attempts"]) == ("evt_2", "handler_failed", 3)
    assert row["error"] == "PoisonedError: ses_2 is poisoned"


def test_one_bad_event_does_not_break_its_batch_apart(listener: Place) -> None:
    """Those before and after it stay together: what fails costs its own tries, not a transaction for each neighbour."""
    listener.poisoned.add("ses_40")
    before = listener.context.database.commits
    listener.inbox.receive([delivery(f"evt_{number:02}", f"ses_{number:02}") for number in range(60)])
    assert [subject for subject, _ in listener.handled()] == [
        f"ses_{number:02}" for number in range(60) if number != 40
    ]
    assert [row["event_id"] for row in listener.parked()] == ["evt_40"]
    assert listener.context.database.commits - before == 3, "the 40 before it, itself as parked, the 19 after it"


def test_several_bad_events_leave_the_order_of_the_others(listener: Place) -> None:
    """First, last and side by side."""
    listener.poisoned |= {"ses_00", "ses_03", "ses_04", "ses_11"}
    listener.inbox.receive([delivery(f"evt_{number:02}", f"ses_{number:02}") for number in range(12)])
    sound = [f"ses_{number:02}" for number in range(12) if f"ses_{number:02}" not in listener.poisoned]
    assert [subject for subject, _ in listener.handled()] == sound
    assert [row["event_id"] for row in listener.parked()] == ["evt_00", "evt_03", "evt_04", "evt_11"]


def test_a_commit_that_fails_is_narrowed_down_to_its_event(listener: Place) -> None:
    """No handler raised, so nobody is named: halves find the one whose effect cannot be kept."""

    def refuse(session: Session) -> None:
        raise PoisonedError("refused at the end")

    def handle(work: Work, event: Event) -> None:
        listener.handle(work, event)
        if event.subject == "ses_05":
            listen(work.session, "before_commit", refuse)

    inbox = Inbox(listener.context, [Subscription(TOLD, TELLER, handle)], pause=lambda _seconds: None)
    inbox.receive([delivery(f"evt_{number:02}", f"ses_{number:02}") for number in range(8)])
    sound = [f"ses_{number:02}" for number in range(8) if number != 5]
    assert [subject for subject, _ in listener.handled()] == sound
    assert [(row["event_id"], row["error"]) for row in listener.parked()] == [
        ("evt_05", "PoisonedError: refused at the end")
    ]


def test_a_handler_that_recovers_in_time_leaves_nothing_parked(listener: Place) -> None:
    """A passing fault costs a pause, not an operator."""
    listener.poisoned.add("ses_1")
    listener.inbox._pause = lambda seconds: listener.poisoned.clear()
    listener.inbox.receive([delivery()])
    assert listener.handled() == [("ses_1", 1)]
    assert listener.parked() == []


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (Delivery(TELLER, TOLD, b"\x00\xff not json"), "not_an_event"),
        (Delivery(TELLER, TOLD, b"{}"), "not_an_event"),
        (Delivery(TELLER, TOLD, b" " * (MAX_BYTES + 1)), "too_large"),
        (Delivery("access-manager", TOLD, event_bytes()), "wrong_sender"),
        (Delivery("", TOLD, event_bytes()), "wrong_sender"),
        (Delivery(TELLER, "session.started", event_bytes()), "wrong_sender"),
        (Delivery("availability", TOLD, event_bytes(source="availability")), "unknown_type"),
        (Delivery(TELLER, "a.b", event_bytes(type="a.b")), "unknown_type"),
        (Delivery(TELLER, "account.opened", event_bytes(type="account.opened")), "unknown_type"),
        (Delivery(TELLER, TOLD, event_bytes(version=2)), "contract"),
        (Delivery(TELLER, TOLD, event_bytes(data={"session_id": "s"})), "contract"),
        (Delivery(TELLER, TOLD, event_bytes(data={"password": "hunter2"})), "contract"),
    ],
)
def test_what_no_try_can_mend_is_parked_at_once(listener: Place, bad: Delivery, fault: str) -> None:
    """Threat 41: forged, foreign, huge, unknown or broken; the events around it are handled."""
    listener.inbox.receive([delivery("evt_8"), bad, delivery("evt_9", "ses_9")])
    assert listener.handled() == [("ses_1", 1), ("ses_9", 1)]
    [row] = listener.parked()
    assert (row["fault"], row["state"], row["attempts"]) == (fault, "parked", 1)
    assert "hunter2" not in row["error"]
    assert listener.pauses == []


def test_the_same_bad_bytes_are_parked_once(listener: Place) -> None:
    """A flood of one forged event is one line for the operator."""
    bad = Delivery(TELLER, TOLD, b"nonsense")
    listener.inbox.receive([bad, bad])
    listener.inbox.receive([bad])
    assert len(listener.parked()) == 1


def test_while_the_database_is_away_nothing_is_judged(listener: Place) -> None:
    """The transport keeps the events; no try is counted, nothing is parked."""

    def locked(event: Event) -> None:
        raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))

    listener.before_handling = locked
    with pytest.raises(ListenerAwayError):
        listener.inbox.receive([delivery("evt_1"), delivery("evt_2")])
    with pytest.raises(ListenerAwayError):
        listener.inbox.receive([delivery("evt_1")])
    assert (listener.taken(), listener.parked(), listener.pauses) == (0, [], [])


def test_a_subscription_without_contract_does_not_start(listener: Place) -> None:
    """A misspelt type is found at the start, not by silence."""
    line = Subscription("session.ends", TELLER, lambda work, event: None)
    with pytest.raises(ValueError, match=r"no contract for session\.ends"):
        Inbox(listener.context, [line])


def test_a_parked_event_is_listed_replayed_once_and_audited(listener: Place) -> None:
    """After the fault is mended, the operator hands it in again; the second time it is settled."""
    parked_id = _park(listener)
    with listener.context.reading() as session:
        assert [found.id for found in parked.listed(session)] == [parked_id]
        assert parked.waiting(session) == 1
    listener.poisoned.clear()
    assert replay(listener.inbox, parked_id, OPERATOR).taken
    assert listener.handled() == [("ses_1", 1)]
    [entry] = listener.rows(audit_entries)
    assert (entry["action"], entry["actor"], entry["target"]) == ("event.replayed", "acc_op", parked_id)
    with pytest.raises(Problem) as refusal:
        replay(listener.inbox, parked_id, OPERATOR)
    assert refusal.value.status == 409
    assert listener.handled() == [("ses_1", 1)]


def test_a_replay_that_fails_again_stays_parked_with_the_new_error(listener: Place) -> None:
    """Nothing of it remains but one more counted attempt."""
    parked_id = _park(listener)
    result = replay(listener.inbox, parked_id, OPERATOR)
    assert (result.taken, result.error) == (False, "PoisonedError: ses_1 is poisoned")
    [row] = listener.parked()
    assert (row["state"], row["attempts"]) == ("parked", 4)
    assert (listener.handled(), listener.rows(audit_entries)) == ([], [])


def test_a_replay_of_what_was_handled_meanwhile_does_nothing(listener: Place) -> None:
    """The relay sent it again after the fault was mended: the inbox knows it."""
    parked_id = _park(listener)
    listener.poisoned.clear()
    listener.inbox.receive([delivery()])
    assert not replay(listener.inbox, parked_id, OPERATOR).taken
    assert listener.handled() == [("ses_1", 1)]


def test_a_forged_event_cannot_be_replayed_into_the_service(listener: Place) -> None:
    """Replay is the same door: what the contract refused once, it refuses again."""
    listener.inbox.receive([Delivery("access-manager", TOLD, event_bytes())])
    [row] = listener.parked()
    assert "claims otherwise" in str(replay(listener.inbox, row["id"], OPERATOR).error)
    assert listener.handled() == []


def test_discarding_needs_a_reason_is_final_and_audited(listener: Place) -> None:
    """Who threw away what, and why."""
    parked_id = _park(listener)
    with pytest.raises(ValueError, match="reason"):
        discard(listener.context, parked_id, "  ", OPERATOR)
    discard(listener.context, parked_id, "sent by a test", OPERATOR)
    with pytest.raises(Problem) as refusal:
        replay(listener.inbox, parked_id)
    assert refusal.value.status == 409
    [entry] = listener.rows(audit_entries)
    assert (entry["action"], entry["reason"]) == ("event.discarded", "sent by a test")


def test_an_unknown_parked_event_is_not_found(listener: Place) -> None:
    """A wrong id is told as such."""
    for act in (lambda: replay(listener.inbox, "prk_0"), lambda: discard(listener.context, "prk_0", "why")):
        with pytest.raises(Problem) as refusal:
            act()
        assert refusal.value.status == 404


def test_the_inbox_forgets_after_its_time_and_parked_events_only_when_settled(
    listener: Place, clock: SettableClock
) -> None:
    """Tables stay bounded; what awaits a decision is never swept."""
    parked_id = _park(listener)
    listener.poisoned.clear()
    listener.inbox.receive([delivery("evt_5")])
    assert retention.sweep(listener.context.database, clock.advance(timedelta(days=29))) == 0
    assert retention.sweep(listener.context.database, clock.advance(timedelta(days=200))) == 1
    assert (listener.taken(), len(listener.parked())) == (0, 1)
    discard(listener.context, parked_id, "old")
    assert retention.sweep(listener.context.database, clock.advance(timedelta(days=91))) == 1
    assert listener.parked() == []


def _park(listener: Place) -> str:
    listener.poisoned.add("ses_1")
    listener.inbox.receive([delivery()])
    return str(listener.parked()[0]["id"])
