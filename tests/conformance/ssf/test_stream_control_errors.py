"""What goes wrong with streams: a broken body is 400, a bad token 401, nobody's stream 404, a second one 409 (K4)."""

from typing import Any

import httpx

from tests.service.identity_signals.receivers import Receiver

BROKEN: dict[str, Any] = {"content": b";{ broken", "headers": {"Content-Type": "application/json"}}
UNKNOWN = {"stream_id": "str_00000000000000000000000000"}
INVALID = "not-a-token"


def refused(answer: httpx.Response, status: int) -> None:
    """The status of the specification's table; a token that is refused is told so (RFC 6750 §3.1)."""
    assert answer.status_code == status, answer.text
    if status == 401:
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def as_before(receiver: Receiver, stream: dict[str, Any]) -> None:
    """What was refused has changed nothing."""
    assert receiver.read().json() == [stream]


def test_openid_ssf_stream_control_error_create_stream_with_broken_input(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-create-stream-with-broken-input: 400, and there is no stream."""
    refused(receiver.call("POST", "configuration", **BROKEN), 400)
    assert receiver.read().json() == []


def test_openid_ssf_stream_control_error_create_stream_with_invalid_token(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-create-stream-with-invalid-token: 401, and there is no stream."""
    refused(receiver.call("POST", "configuration", token=INVALID, json={}), 401)
    assert receiver.read().json() == []


def test_openid_ssf_stream_control_error_create_stream_with_duplicate_config(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-create-stream-with-duplicate-config: 409, and the first stays as it was."""
    stream = receiver.stream()
    refused(receiver.create(), 409)
    as_before(receiver, stream)


def test_openid_ssf_stream_control_error_read_stream_with_invalid_token(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-read-stream-with-invalid-token: 401."""
    named = {"stream_id": receiver.stream()["stream_id"]}
    refused(receiver.call("GET", "configuration", token=INVALID, params=named), 401)


def test_openid_ssf_stream_control_error_read_unknown_stream(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-read-unknown-stream: 404, also for one that was deleted a moment ago."""
    refused(receiver.call("GET", "configuration", params=UNKNOWN), 404)
    named = {"stream_id": receiver.stream()["stream_id"]}
    receiver.call("DELETE", "configuration", params=named)
    refused(receiver.call("GET", "configuration", params=named), 404)


def test_openid_ssf_stream_control_error_update_stream_with_invalid_token(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-update-stream-with-invalid-token: 401, nothing changes."""
    stream = receiver.stream()
    body = {"stream_id": stream["stream_id"], "description": "New"}
    refused(receiver.call("PATCH", "configuration", token=INVALID, json=body), 401)
    as_before(receiver, stream)


def test_openid_ssf_stream_control_error_update_stream_with_invalid_body(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-update-stream-with-invalid-body: 400, nothing changes."""
    stream = receiver.stream()
    refused(receiver.call("PATCH", "configuration", **BROKEN), 400)
    as_before(receiver, stream)


def test_openid_ssf_stream_control_error_update_unknown_stream(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-update-unknown-stream: 404."""
    refused(receiver.call("PATCH", "configuration", json={**UNKNOWN, "description": "New"}), 404)


def test_openid_ssf_stream_control_error_replace_stream_with_invalid_token(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-replace-stream-with-invalid-token: 401, nothing changes."""
    stream = receiver.stream()
    refused(receiver.call("PUT", "configuration", token=INVALID, json={"stream_id": stream["stream_id"]}), 401)
    as_before(receiver, stream)


def test_openid_ssf_stream_control_error_replace_stream_with_invalid_body(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-replace-stream-with-invalid-body: 400, nothing changes."""
    stream = receiver.stream()
    refused(receiver.call("PUT", "configuration", **BROKEN), 400)
    as_before(receiver, stream)


def test_openid_ssf_stream_control_error_replace_unknown_stream(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-replace-unknown-stream: 404."""
    refused(receiver.call("PUT", "configuration", json=UNKNOWN), 404)


def test_openid_ssf_stream_control_error_delete_stream_with_invalid_token(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-delete-stream-with-invalid-token: 401, and it is still there."""
    stream = receiver.stream()
    named = {"stream_id": stream["stream_id"]}
    refused(receiver.call("DELETE", "configuration", token=INVALID, params=named), 401)
    as_before(receiver, stream)


def test_openid_ssf_stream_control_error_delete_unknown_stream(receiver: Receiver) -> None:
    """openid-ssf-stream-control-error-delete-unknown-stream: 404, and another's is still there."""
    stream = receiver.stream()
    refused(receiver.call("DELETE", "configuration", params=UNKNOWN), 404)
    as_before(receiver, stream)
