"""Modules of the suite's development line: tokens, statuses, and what a stopped stream does with its events (K4)."""

from datetime import timedelta
from typing import Any

import httpx

from identity.signals.kinds import VERIFICATION
from tests.conformance.ssf.test_stream_control_errors import BROKEN, INVALID, as_before, refused
from tests.service.identity_oidc.suite import Suite, claims_of
from tests.service.identity_signals.receivers import MANAGE, POLL, READ, Receiver


def polled(receiver: Receiver, stream: dict[str, Any], token: str | None = None) -> httpx.Response:
    """Poll a stream for everything, with the receiver's token unless another is given; none where it is empty."""
    bearer = receiver.token if token is None else token
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    body = {"maxEvents": 100, "returnImmediately": True}
    return receiver.suite.http.post(stream["delivery"]["endpoint_url"], json=body, headers=headers)


def states(receiver: Receiver, stream: dict[str, Any]) -> list[str]:
    """Return the `state` of every verification that a poll brings."""
    events = [claims_of(token)["events"] for token in polled(receiver, stream).json()["sets"].values()]
    return [event[VERIFICATION].get("state", "") for event in events if VERIFICATION in event]


def unknown(receiver: Receiver) -> str:
    """Return the id of a stream that was made and deleted."""
    stream_id = str(receiver.stream()["stream_id"])
    receiver.call("DELETE", "configuration", params={"stream_id": stream_id})
    return stream_id


def test_openid_ssf_stream_control_create_stream_without_delivery(receiver: Receiver) -> None:
    """openid-ssf-stream-control-create-stream-without-delivery: it is polling, at an address that we give."""
    delivery = receiver.stream()["delivery"]
    assert delivery["method"] == POLL and delivery["endpoint_url"].startswith(receiver.metadata["issuer"])


def test_openid_ssf_stream_control_error_create_stream_with_read_only_token(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-create-stream-with-read-only-token: 403 `insufficient_scope`, no stream."""
    answer = receiver.call("POST", "configuration", token=receiver.ask_token(scope=READ), json={})
    assert answer.status_code == 403
    assert f'error="insufficient_scope", scope="{MANAGE}"' in answer.headers["WWW-Authenticate"]
    assert receiver.read().json() == []


def test_openid_ssf_stream_control_error_read_stream_without_token(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-read-stream-without-token: 401 with a challenge and no error code."""
    answer = receiver.call("GET", "configuration", token="")
    challenge = answer.headers["WWW-Authenticate"]
    assert answer.status_code == 401 and challenge.startswith("Bearer") and "error=" not in challenge


def test_openid_ssf_stream_control_error_token_in_uri_query(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-token-in-uri-query: 401, however good it is (threat 55)."""
    stream_id = receiver.stream()["stream_id"]
    query = {"stream_id": stream_id, "access_token": receiver.token}
    assert receiver.call("GET", "configuration", token="", params=query).status_code == 401


def test_openid_ssf_stream_control_error_read_stream_status_with_invalid_token(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-read-stream-status-with-invalid-token: 401."""
    named = {"stream_id": receiver.stream()["stream_id"]}
    refused(receiver.call("GET", "status", token=INVALID, params=named), 401)


def test_openid_ssf_stream_control_error_read_status_of_unknown_stream(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-read-status-of-unknown-stream: 404."""
    refused(receiver.status(unknown(receiver)), 404)


def test_openid_ssf_transmitter_stream_verification_error_unknown_stream(receiver: Receiver) -> None:
    """openid-ssf-transmitter-stream-verification-error-unknown-stream: 404."""
    refused(receiver.verify(unknown(receiver)), 404)


def test_openid_ssf_transmitter_stream_verification_error_invalid_body(receiver: Receiver) -> None:
    """openid-ssf-transmitter-stream-verification-error-invalid-body: 400, and no event."""
    stream = receiver.stream()
    refused(receiver.call("POST", "verification", **BROKEN), 400)
    as_before(receiver, stream)
    assert polled(receiver, stream).json()["sets"] == {}


def test_openid_ssf_transmitter_poll_endpoint_authorization(suite: Suite, receiver: Receiver) -> None:
    """openid-ssf-transmitter-poll-endpoint-authorization: 401 without a token or with a bad one, 404 for another's."""
    stream = receiver.stream()
    for token in ("", INVALID):
        assert polled(receiver, stream, token).status_code == 401
    assert polled(Receiver(suite, "other-engine"), stream).status_code == 404
    assert polled(receiver, stream).status_code == 200


def test_openid_ssf_transmitter_poll_endpoint_url_unique_per_stream(suite: Suite, receiver: Receiver) -> None:
    """openid-ssf-transmitter-poll-endpoint-url-unique-per-stream: also for the next stream of a receiver."""
    other = Receiver(suite, "other-engine")
    addresses = [one.stream()["delivery"]["endpoint_url"] for one in (receiver, other)]
    receiver.call("DELETE", "configuration", params={"stream_id": addresses[0].rpartition("/")[2]})
    assert len({*addresses, receiver.stream()["delivery"]["endpoint_url"]}) == 3


def test_openid_ssf_transmitter_paused_stream_holds_events(receiver: Receiver) -> None:
    """openid-ssf-transmitter-paused-stream-holds-events: nothing while it is paused, everything afterwards."""
    stream = receiver.stream()
    receiver.status(stream["stream_id"], "paused")
    assert receiver.verify(stream["stream_id"], state="held").status_code == 204
    assert polled(receiver, stream).json()["sets"] == {}
    receiver.status(stream["stream_id"], "enabled")
    assert states(receiver, stream) == ["held"]


def test_openid_ssf_transmitter_disabled_stream_drops_events(suite: Suite, receiver: Receiver) -> None:
    """openid-ssf-transmitter-disabled-stream-drops-events: nothing of then, and again what is asked for later."""
    stream = receiver.stream()
    receiver.status(stream["stream_id"], "disabled")
    assert receiver.verify(stream["stream_id"], state="dropped").status_code == 204
    assert polled(receiver, stream).json()["sets"] == {}
    receiver.status(stream["stream_id"], "enabled")
    assert states(receiver, stream) == []
    suite.clock.advance(timedelta(minutes=1))
    assert receiver.verify(stream["stream_id"], state="again").status_code == 204
    assert states(receiver, stream) == ["again"]
