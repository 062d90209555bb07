"""A stream is verified, by push and by every way to poll (SSF 1.0 §8.1.4, RFC 8935, RFC 8936; K4)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from identity.signals import kinds
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.hearing import Ears, Line, polling, pushed
from tests.service.identity_signals.receivers import Receiver
from tests.support.signal_receiver import Heard, SignalReceiver

STATE = "VGhpcyBpcyBhbiBleGFtcGxl"


@pytest.fixture
def ears(suite: Suite) -> Ears:
    """The transmitter's worker."""
    return Ears(suite)


def verify(line: Line, state: str = STATE) -> None:
    """Ask for a verification; the answer says nothing."""
    answer = line.receiver.verify(line.id, state=state)
    assert (answer.status_code, answer.content) == (204, b"")


def checked(line: Line, heard: Heard, state: str = STATE) -> None:
    """Fail unless it is a verification event that echoes the state, and is about the stream."""
    assert heard.kind == kinds.VERIFICATION
    assert heard.event == {"state": state}
    assert heard.subject == {"format": "opaque", "id": line.id}


def insist_push(headers: Mapping[str, str], authorization: str | None) -> None:
    """RFC 8935 §2.1: media types; the receiver's own header, or none."""
    assert headers["Content-Type"] == "application/secevent+jwt"
    assert headers["Accept"] == "application/json"
    assert headers.get("Authorization") == authorization


def answered(line: Line, **body: Any) -> dict[str, Any]:
    """Return the answer to a poll, as RFC 8936 §2.3 describes it."""
    answer = line.poll(**body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    found = dict(answer.json())
    assert set(found) <= {"sets", "moreAvailable"} and isinstance(found["sets"], dict)
    assert isinstance(found.get("moreAvailable", False), bool)
    return found


def push_is_verified(ears: Ears, line: Line, end: SignalReceiver, authorization: str | None) -> None:
    """Ask, wait for the worker, look at the one request."""
    verify(line)
    ears.settle()
    (came,) = end.received
    insist_push(came.headers, authorization)
    (heard,) = line.read(came.token)
    checked(line, heard)


def test_openid_ssf_transmitter_stream_verification_push(ears: Ears, receiver: Receiver) -> None:
    """openid-ssf-transmitter-stream-verification-push: with the header that the receiver gave."""
    with pushed(receiver, "Bearer pushed-by-gatehouse") as (line, end):
        push_is_verified(ears, line, end, "Bearer pushed-by-gatehouse")


def test_openid_ssf_transmitter_stream_verification_error_push_no_auth(ears: Ears, receiver: Receiver) -> None:
    """openid-ssf-transmitter-stream-verification-error-push-no-auth: it gave none, so there is none."""
    with pushed(receiver) as (line, end):
        push_is_verified(ears, line, end, None)


def test_openid_ssf_transmitter_stream_verification_poll_only(receiver: Receiver) -> None:
    """openid-ssf-transmitter-stream-verification-poll-only: fetched without an acknowledgement."""
    line = polling(receiver)
    verify(line)
    found = answered(line, returnImmediately=True, maxEvents=10)["sets"]
    (heard,) = line.read(*found.values())
    checked(line, heard)


def test_openid_ssf_transmitter_stream_verification_ack_only(receiver: Receiver) -> None:
    """openid-ssf-transmitter-stream-verification-ack-only: fetched, then acknowledged with nothing wanted (§2.4.2)."""
    line = polling(receiver)
    verify(line)
    found = answered(line, returnImmediately=True)["sets"]
    (heard,) = line.read(*found.values())
    checked(line, heard)
    assert answered(line, ack=[heard.jti], maxEvents=0)["sets"] == {}
    assert answered(line, returnImmediately=True)["sets"] == {}


def test_openid_ssf_transmitter_stream_verification_poll_and_ack(suite: Suite, receiver: Receiver) -> None:
    """openid-ssf-transmitter-stream-verification-poll-and-ack: one request acknowledges the first, fetches the next."""
    line = polling(receiver)
    verify(line, "first")
    (first,) = line.read(*answered(line, returnImmediately=True)["sets"].values())
    suite.clock.advance(timedelta(seconds=line.made["min_verification_interval"]))
    verify(line, "second")
    found = answered(line, returnImmediately=True, ack=[first.jti])["sets"]
    (second,) = line.read(*found.values())
    checked(line, second, "second")
    assert second.jti != first.jti
