"""Sets are pushed to a receiver that may be slow, cross or away (RFC 8935, K4)."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import update

from identity.oidc.outbound.patience import LEASE, Attempt, Outcome
from identity.signals import kinds
from identity.signals.delivery.attempts import AWAY_TOO_LONG, note
from identity.signals.delivery.courier import Courier
from identity.signals.delivery.models import DEBTS
from identity.signals.delivery.schedule import again_at
from identity.signals.models import sets
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.hearing import LONG, Ears, Line, pushed, rows
from tests.service.identity_signals.receivers import PUSH, Receiver, audited
from tests.support.signal_receiver import SignalReceiver

HEADER = "Bearer of-the-receivers-own-choice"
MENDABLE = [
    (400, b'{"err": "authentication_failed"}', "answered 400 authentication_failed"),
    (400, b'{"err": "invalid_key"}', "answered 400 invalid_key"),
    (400, b'{"err": "made\\u0000 up"}', "answered 400 unnamed"),
    (400, b"[]", "answered 400 unnamed"),
    (400, b"\xff<html>", "answered 400 unnamed"),
    (401, b"", "answered 401"),
    (429, b"", "answered 429"),
    (503, b"", "answered 503"),
]


@pytest.fixture
def ears(suite: Suite) -> Ears:
    """Identity's worker."""
    return Ears(suite)


@pytest.fixture
def pair(receiver: Receiver) -> Iterator[tuple[Line, SignalReceiver]]:
    """A stream, and the receiver's end of it."""
    with pushed(receiver, HEADER) as made:
        yield made


@pytest.fixture
def line(pair: tuple[Line, SignalReceiver]) -> Line:
    """The stream."""
    return pair[0]


@pytest.fixture
def end(pair: tuple[Line, SignalReceiver]) -> SignalReceiver:
    """The receiver's end."""
    return pair[1]


def happened(suite: Suite, count: int = 1) -> list[str]:
    """Let sessions of somebody end; return their ids in that order."""
    account_id = suite.person(f"pat{suite.context.ids.digits()}")
    sids = [suite.browser(account_id).sid for _ in range(count)]
    for sid in sids:
        suite.end_session(sid)
    return sids


def told(line: Line, end: SignalReceiver) -> list[str]:
    """Return the sessions of which the receiver's end was told, each set checked."""
    return [one.subject["session"]["id"] for one in line.read(*end.tokens)]


def test_a_set_comes_by_itself_with_the_receivers_own_header(
    suite: Suite, ears: Ears, line: Line, end: SignalReceiver
) -> None:
    """RFC 8935 §2.1, SSF 1.0 §6.1.1: the token is the body; 202, and it is over. The event came twice, the set once."""
    sids = happened(suite)
    ears.settle()
    assert told(line, end) == sids
    (came,) = end.received
    assert came.headers["Content-Type"] == "application/secevent+jwt"
    assert came.headers["Accept"] == "application/json"
    assert came.headers["Authorization"] == HEADER
    (row,) = rows(suite)
    assert (row.outcome, row.tries, row.last_error) == ("taken", 1, None)
    ears.settle()
    assert len(end.received) == 1


def test_what_happened_is_told_in_its_order(suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
    """Sixty sets, more than one stretch of a thread, one after the other."""
    sids = happened(suite, 60)
    while ears.settle():
        pass
    assert told(line, end) == sids


def test_the_header_is_stored_for_nobody_to_read(suite: Suite, line: Line, end: SignalReceiver) -> None:
    """Encrypted: who gets the database cannot speak in our name."""
    with suite.context.database.connection() as connection:
        kept = connection.exec_driver_sql('SELECT "authorization" FROM signal_streams').scalar_one()
    assert HEADER not in kept


class TestAnswers:
    """What a receiver says decides what becomes of the set (RFC 8935 §2.2 to §2.4)."""

    def test_other_words_for_yes(self, suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
        """202 is the specification's; some frameworks say otherwise."""
        for status in (200, 204):
            end.status = status
            happened(suite)
            ears.settle()
        assert [row.outcome for row in rows(suite)] == ["taken", "taken"]

    def test_a_set_that_it_will_never_have_is_over(
        self, suite: Suite, ears: Ears, line: Line, end: SignalReceiver
    ) -> None:
        """400 with its reason: noted by the code alone, and what comes after it is told."""
        end.status, end.body = 400, b'{"err": "invalid_request", "description": "Pat Partner is unknown"}'
        happened(suite)
        ears.settle()
        (row,) = rows(suite)
        assert (row.outcome, row.last_error) == ("refused", "answered 400 invalid_request")
        end.status, end.body = 202, b""
        sids = happened(suite)
        ears.settle()
        assert told(line, end)[1:] == sids

    def test_what_may_be_mended_is_tried_again(self, suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
        """A header that was changed, a key not yet known, a receiver in trouble: the very same set comes later.

        Of what a receiver says nothing is kept but its status and a code of the specification.
        """
        happened(suite)
        for status, body, why in MENDABLE:
            end.status, end.body = status, body
            ears.later(minutes=5)
            (row,) = rows(suite)
            assert (row.settled_at, row.last_error) == (None, why)
        end.status, end.body = 202, b""
        assert ears.later(minutes=5) == 1
        assert len(end.tokens) == len(MENDABLE) + 1 and len(set(end.tokens)) == 1

    def test_attack_12_a_redirect_is_not_followed(
        self, suite: Suite, ears: Ears, line: Line, end: SignalReceiver
    ) -> None:
        """Threat 12: the set and the receiver's header go to the address that was registered, and nowhere else."""
        happened(suite)
        for number, status in enumerate((301, 302, 303, 307, 308), start=1):
            end.status = status
            ears.later(minutes=5)
            assert len(end.received) == number
            assert [row.last_error for row in rows(suite)] == [f"answered {status}"]

    def test_attack_12_a_huge_or_endless_reason_is_not_read(
        self, suite: Suite, ears: Ears, line: Line, end: SignalReceiver
    ) -> None:
        """Threat 12: 64 KiB and no more, also of a refusal."""
        end.status, end.body = 400, b'{"err": "' + b"a" * 70_000 + b'"}'
        happened(suite)
        ears.settle()
        (row,) = rows(suite)
        assert row.settled_at is None and "larger" in row.last_error


def test_who_is_away_is_asked_less_and_less_often(suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
    """5, 10, 20 … seconds, at most 5 minutes; what comes after waits behind it and is told in order."""
    end.down()
    first = happened(suite)
    ears.settle()
    second = happened(suite)
    for seconds in (5, 10, 20, 40, 80, 160, 300, 300):
        assert ears.later(seconds=seconds - 1) == 0
        before = rows(suite)[0].tries
        ears.later(seconds=1)
        assert rows(suite)[0].tries == before + 1
    assert rows(suite)[1].tries == 0
    end.up()
    ears.later(minutes=5)
    assert told(line, end) == first + second


def test_who_asks_for_time_gets_it(suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
    """RFC 9110 §10.2.3: a date in three minutes is waited for, whatever happens meanwhile, and then all is told."""
    end.status, end.retry_after = 429, format_datetime(suite.clock.now() + timedelta(minutes=3), usegmt=True)
    first = happened(suite)
    ears.settle()
    second = happened(suite)
    ears.later(seconds=175)
    assert len(end.received) == 1
    end.status = 202
    ears.later(seconds=5)
    ears.settle()
    assert told(line, end)[1:] == first + second


@pytest.mark.parametrize("asked", ["86400", "9" * 40])
def test_who_asks_for_days_is_asked_again_after_five_minutes(
    suite: Suite, ears: Ears, line: Line, end: SignalReceiver, asked: str
) -> None:
    """A slip of a receiver's proxy must not keep from it for a day that somebody was let go."""
    end.status, end.retry_after = 503, asked
    sids = happened(suite)
    ears.settle()
    ears.later(seconds=299)
    assert len(end.received) == 1
    end.status = 202
    ears.later(seconds=1)
    assert told(line, end)[1:] == sids


def test_a_receiver_that_hangs_holds_up_nobody(suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
    """Another's stream is carried while this one's thread waits."""
    with pushed(Receiver(suite, "portal-watch")) as (other, quick):
        end.may_answer.clear()
        sids = happened(suite)
        ears.hear()
        assert end.came.wait(10) and quick.came.wait(10)
        assert told(other, quick) == sids
        end.may_answer.set()
        ears.settle()
        assert told(line, end) == sids


def test_a_worker_that_died_between_claim_and_note(suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
    """The set is sent again, the very same with its jti, so a receiver knows that it has it."""
    end.down()
    happened(suite)
    ears.hear()
    ears.settle()
    suite.clock.advance(LEASE * 2)
    (row,) = rows(suite)
    with suite.context.transaction() as work:
        (died,) = DEBTS.claim(work, [row.id])
        assert not DEBTS.claim(work, [row.id])
    end.up()
    assert ears.settle() == 0
    assert ears.later(seconds=LEASE.total_seconds()) == 1
    assert [one.jti for one in line.read(*end.tokens)] == [row.id]
    with suite.context.transaction() as work:  # what the dead one would have noted changes nothing
        note(work, died, Attempt(Outcome.AWAY, "it does not answer"))
    assert rows(suite)[0].outcome == "taken"


def worn_out(suite: Suite, ears: Ears) -> None:
    """Let the set that waits have failed for almost a day, and then once more."""
    almost = next(tries for tries in range(1, 1000) if again_at(tries, suite.clock.now()) is None) - 1
    with suite.context.transaction() as work:
        work.session.execute(update(sets).values(tries=almost))
    ears.later(minutes=5)


def test_after_a_day_the_stream_is_paused_and_nothing_is_lost(
    suite: Suite, ears: Ears, line: Line, end: SignalReceiver
) -> None:
    """An operator sees why, the receiver hears of it once it is back; turned on again, it hears of all, in order."""
    end.down()
    first = happened(suite)
    ears.settle()
    worn_out(suite, ears)
    standing = line.receiver.status(line.id).json()
    assert (standing["status"], standing["reason"]) == ("paused", AWAY_TOO_LONG)
    (noted,) = [one for one in audited(suite) if one.action == "signal_stream.turned"]
    assert (noted.target, noted.after, noted.reason) == (line.id, {"status": "paused"}, AWAY_TOO_LONG)
    second = happened(suite)
    ears.settle()
    end.up()
    ears.later(seconds=5)
    (news,) = line.read(*end.tokens)
    assert (news.kind, news.subject["id"]) == (kinds.STREAM_UPDATED, line.id)
    assert news.event == {"status": "paused", "reason": AWAY_TOO_LONG}
    assert line.receiver.status(line.id, "enabled").status_code == 200
    ears.settle()
    assert [one.subject["session"]["id"] for one in line.read(*end.tokens)[1:]] == first + second


def test_the_news_of_a_pause_is_given_up_after_a_day_too(
    suite: Suite, ears: Ears, line: Line, end: SignalReceiver
) -> None:
    """Nothing is asked of an address for ever; what waits stays for its week."""
    end.down()
    happened(suite)
    ears.settle()
    worn_out(suite, ears)
    ears.settle()
    worn_out(suite, ears)
    revoked, news = rows(suite)
    assert (revoked.kind, revoked.settled_at) == (kinds.SESSION_REVOKED, None)
    assert (news.kind, news.outcome) == (kinds.STREAM_UPDATED, "away")


def test_a_client_that_was_switched_off_is_sent_nothing(
    suite: Suite, ears: Ears, line: Line, end: SignalReceiver
) -> None:
    """Nor one whose scopes were taken away; what it is owed waits, and nothing new is owed."""
    end.down()
    happened(suite)
    ears.settle()
    end.up()
    line.receiver.change(enabled=False)
    happened(suite)
    ears.later(minutes=5)
    assert end.received == [] and len(rows(suite)) == 1
    line.receiver.change()
    assert ears.settle() == 1


def test_the_job_of_the_worker_is_enough(suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
    """A process died right after the commit: any worker sends it a second later; where nothing is owed, none looks."""
    (job,) = [one for one in suite.context.service.jobs if one.name == "push-signals"]
    with suite.context.reading() as session:
        assert job.anything is not None and not job.anything(session)
    line.receiver.verify(line.id, state="x")
    with suite.context.reading() as session:
        assert job.anything(session)
    assert end.received == []
    job.run(suite.context)
    suite.context.part(Courier).settled(LONG)
    assert [one.kind for one in line.read(*end.tokens)] == [kinds.VERIFICATION]


def test_an_address_that_changed_gets_what_waits(suite: Suite, ears: Ears, line: Line, end: SignalReceiver) -> None:
    """A set is of the stream, not of the address; the header of the old address stays with it."""
    end.down()
    sids = happened(suite)
    ears.settle()
    with SignalReceiver() as moved:
        delivery = {"method": PUSH, "endpoint_url": moved.url}
        changed = line.receiver.call("PATCH", "configuration", json={"stream_id": line.id, "delivery": delivery})
        assert changed.status_code == 200, changed.text
        ears.later(seconds=5)
        assert told(line, moved) == sids
        assert "Authorization" not in moved.received[0].headers
