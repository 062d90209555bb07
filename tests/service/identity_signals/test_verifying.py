"""Verification: the receiver asks, and an event with its own words comes (SSF 1.0 §8.1.4, K4)."""

from datetime import timedelta

from sqlalchemy import select, update

from identity.signals.kinds import VERIFICATION
from identity.signals.models import SignalSet
from tests.service.identity_oidc.suite import ORIGIN, Suite, claims_of, header_of
from tests.service.identity_signals.receivers import Receiver, problem


def waiting(suite: Suite, stream_id: str) -> list[SignalSet]:
    """Return what waits in a stream, in order."""
    asked = select(SignalSet).where(SignalSet.stream_id == stream_id).order_by(SignalSet.made_at, SignalSet.id)
    with suite.context.reading() as session:
        found = list(session.scalars(asked))
        session.expunge_all()
        return found


def test_a_verification_brings_the_receiver_s_own_words(suite: Suite, receiver: Receiver) -> None:
    """204, and one set about the stream itself: `state` as it was sent, no `exp`, no `sub` (RFC 8417 §2.2)."""
    stream_id = receiver.stream()["stream_id"]
    answer = receiver.verify(stream_id, state="VGhpcyBpcyBh é")
    assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (204, b"", "no-store")
    (told,) = waiting(suite, stream_id)
    assert told.kind == VERIFICATION
    assert header_of(told.token)["typ"] == "secevent+jwt"
    claims = claims_of(told.token)
    assert claims.pop("txn").startswith("txn_")
    assert claims == {
        "iss": ORIGIN,
        "aud": "fraud-engine",
        "iat": int(suite.clock.now().timestamp()),
        "jti": told.id,
        "sub_id": {"format": "opaque", "id": stream_id},
        "events": {VERIFICATION: {"state": "VGhpcyBpcyBh é"}},
    }


def test_without_state_the_event_has_none(suite: Suite, receiver: Receiver) -> None:
    """It is optional; a state that is no text is refused."""
    stream_id = receiver.stream()["stream_id"]
    for state in (7, "", "s" * 1001, {}):
        answer = receiver.verify(stream_id, state=state)
        assert (*problem(answer), answer.json()["member"]) == (400, "signals-request", "state")
    assert receiver.verify(stream_id, state=None).status_code == 204
    assert claims_of(waiting(suite, stream_id)[0].token)["events"] == {VERIFICATION: {}}


def test_one_verification_in_a_minute(suite: Suite, receiver: Receiver) -> None:
    """The interval is in the configuration; sooner is 429 with the seconds that are left, and no event."""
    stream_id = receiver.stream()["stream_id"]
    assert receiver.verify(stream_id).status_code == 204
    suite.clock.advance(timedelta(seconds=20))
    soon = receiver.verify(stream_id)
    assert problem(soon) == (429, "too-many-requests")
    assert int(soon.headers["Retry-After"]) == 41
    assert len(waiting(suite, stream_id)) == 1
    suite.clock.advance(timedelta(seconds=40))
    assert receiver.verify(stream_id).status_code == 204
    assert len(waiting(suite, stream_id)) == 2


def test_a_paused_stream_is_verified_when_it_goes_on(suite: Suite, receiver: Receiver) -> None:
    """openid-ssf-transmitter-paused-stream-holds-events: the event is held as every other."""
    stream_id = receiver.stream()["stream_id"]
    receiver.status(stream_id, "paused")
    assert receiver.verify(stream_id).status_code == 204
    receiver.status(stream_id, "enabled")
    assert len(waiting(suite, stream_id)) == 1


def test_a_disabled_stream_sends_and_keeps_nothing(suite: Suite, receiver: Receiver) -> None:
    """openid-ssf-transmitter-disabled-stream-drops-events: not what waited, nor what is asked for; then it goes on."""
    stream_id = receiver.stream()["stream_id"]
    receiver.verify(stream_id)
    suite.clock.advance(timedelta(minutes=1))
    receiver.status(stream_id, "disabled")
    assert receiver.verify(stream_id).status_code == 204
    assert waiting(suite, stream_id) == []
    receiver.status(stream_id, "enabled")
    assert waiting(suite, stream_id) == []
    assert receiver.verify(stream_id).status_code == 204
    assert len(waiting(suite, stream_id)) == 1


def test_a_stream_that_ends_takes_everything_with_it(suite: Suite, receiver: Receiver) -> None:
    """Sets, and whom it was about."""
    stream_id = receiver.stream()["stream_id"]
    receiver.verify(stream_id)
    receiver.call("DELETE", "configuration", params={"stream_id": stream_id})
    assert waiting(suite, stream_id) == []
    assert problem(receiver.verify(stream_id)) == (404, "not-found")


def test_what_waited_is_due_at_once_when_a_stream_goes_on(suite: Suite, receiver: Receiver) -> None:
    """With all of its tries before it, however often nobody had answered."""
    stream_id = receiver.stream()["stream_id"]
    receiver.verify(stream_id)
    receiver.status(stream_id, "paused")
    with suite.context.transaction() as work:
        late = {"due_at": work.now + timedelta(hours=1), "tries": 7}
        work.session.execute(update(SignalSet).values(late))
    receiver.status(stream_id, "enabled")
    (told,) = waiting(suite, stream_id)
    assert (told.due_at, told.tries) == (suite.clock.now(), 0)
