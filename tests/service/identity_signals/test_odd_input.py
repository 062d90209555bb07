"""What receivers may send by mistake or by intent: each is refused with 400, and the member is named."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from identity.signals.streams.configuration import part
from shared.errors import Problem
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.receivers import EVENTS, PUSH, Receiver, audited, problem

DEEP = b'{"a":' * 5000 + b"1" + b"}" * 5000
BODIES = [b"", b"{", b"[]", b'"text"', b"null", b"1", b"\xff", DEEP]
BODIES += [b'{"description": "\\u0000"}', b'{"state": "\\ud800"}']


def push(**more: Any) -> dict[str, Any]:
    """Delivery by push with something else in it."""
    return {"delivery": {"method": PUSH, "endpoint_url": "https://receiver.example/events", **more}}


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("delivery", {"delivery": "push"}),
    ("delivery", {"delivery": []}),
    ("delivery.method", {"delivery": {"method": "urn:ietf:rfc:0"}}),
    ("delivery.method", {"delivery": {"method": ["urn:ietf:rfc:8935"]}}),
    ("delivery.endpoint_url", {"delivery": {"method": PUSH}}),
    ("delivery.endpoint_url", push(endpoint_url=None)),
    ("delivery.endpoint_url", push(endpoint_url=7)),
    ("delivery.endpoint_url", push(endpoint_url="https://receiver.example/" + "x" * 500)),
    ("delivery.authorization_header", push(authorization_header="")),
    ("delivery.authorization_header", push(authorization_header={"a": 1})),
    ("delivery.authorization_header", push(authorization_header="Bearer one\r\nHost: evil.example")),
    ("delivery.authorization_header", push(authorization_header="Bearer é")),
    ("delivery.authorization_header", push(authorization_header="B" * 1001)),
    ("events_requested", {"events_requested": "all"}),
    ("events_requested", {"events_requested": {}}),
    ("events_requested", {"events_requested": [1]}),
    ("events_requested", {"events_requested": [""]}),
    ("events_requested", {"events_requested": ["x" * 301]}),
    ("events_requested", {"events_requested": ["x"] * 101}),
    ("description", {"description": 7}),
]
# Threat 12: what may never be called for somebody else.
NOWHERE = [
    "http://receiver.example/events",
    "ftp://receiver.example/events",
    "https://user@receiver.example/events",
    "https://receiver.example/events#part",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.5/events",
    "https://[::1]/events",
    "https://[::ffff:127.0.0.1]/events",
    "https://0.0.0.0/events",
    "https:///events",
    "https://receiver.example:99999/events",
    "//receiver.example/events",
    "javascript:alert(1)",
    "receiver.example",
]


def posting(receiver: Receiver) -> Iterator[Callable[..., httpx.Response]]:
    """Every door that takes a body."""
    for method, endpoint in (
        ("POST", "configuration"),
        ("PATCH", "configuration"),
        ("PUT", "configuration"),
        ("POST", "status"),
        ("POST", "add_subject"),
        ("POST", "remove_subject"),
        ("POST", "verification"),
    ):
        yield lambda method=method, endpoint=endpoint, **sent: receiver.call(method, endpoint, **sent)


def test_a_body_that_is_no_object_is_refused_at_every_door(suite: Suite, receiver: Receiver) -> None:
    """Empty, broken, of another shape, with text that no database stores, nested without end (SSF 1.0 §8.1)."""
    headers = {"Content-Type": "application/json"}
    for call in posting(receiver):
        for body in BODIES:
            assert problem(call(content=body, headers=headers)) == (400, "malformed-json"), body[:40]
    assert audited(suite) == []


def test_a_body_of_another_kind_or_size_is_refused(receiver: Receiver) -> None:
    """400, as the tables of the specification have it; a charset is no other kind."""
    for call in posting(receiver):
        assert problem(call(data={"stream_id": "x"})) == (400, "not-json")
        assert problem(call(content=b"{}")) == (400, "not-json")
        assert problem(call(json={"description": "x" * 70_000})) == (400, "body-too-large")
    charset = {"Content-Type": "application/json; charset=utf-8"}
    assert receiver.call("POST", "configuration", content=b"{}", headers=charset).status_code == 201


def test_an_ill_typed_member_is_named(receiver: Receiver) -> None:
    """At creation, and just so at a change, which then changes nothing."""
    for member, body in WRONG:
        answer = receiver.create(**body)
        assert (*problem(answer), answer.json().get("member")) == (400, "signals-request", member), body
    made = receiver.stream()
    for member, body in WRONG:
        for method in ("PATCH", "PUT"):
            answer = receiver.call(method, "configuration", json={"stream_id": made["stream_id"], **body})
            assert (*problem(answer), answer.json().get("member")) == (400, "signals-request", member), body
    assert receiver.read().json() == [made]


def test_an_address_that_may_not_be_called_is_refused(receiver: Receiver) -> None:
    """Threat 12: https alone, a plain host, no address of a network of ours; where a name leads is for the courier."""
    for url in NOWHERE:
        answer = receiver.create(**push(endpoint_url=url))
        assert (*problem(answer), answer.json().get("member")) == (
            400,
            "signals-request",
            "delivery.endpoint_url",
        ), url
    assert receiver.create(**push()).status_code == 201


def test_this_machine_may_be_called_in_the_local_run_alone() -> None:
    """Behind https, loopback is as forbidden as every other private address (threat 12)."""
    home = push(endpoint_url="http://localhost:9000/events")
    assert part(home, at_home=True)["endpoint"] == "http://localhost:9000/events"
    for url in ("http://localhost:9000/events", "https://127.0.0.1/events", "https://127.0.0.2/events"):
        with pytest.raises(Problem, match="use "):
            part(push(endpoint_url=url), at_home=False)


def test_members_that_nobody_knows_are_passed_over(receiver: Receiver) -> None:
    """Of today's extensions and tomorrow's versions, at every level."""
    more = {"x_vendor": {"a": [1]}, "delivery": {"x_vendor": 1}, "stream_id": "mine", "status": "paused"}
    made = receiver.stream(**more)
    assert made["stream_id"] != "mine" and made["events_delivered"] == EVENTS
    stream_id = made["stream_id"]
    patched = receiver.call("PATCH", "configuration", json={"stream_id": stream_id, "x_vendor": 1})
    assert (patched.status_code, patched.json()) == (200, made)
    assert receiver.status(stream_id, "enabled", x_vendor=1).status_code == 200
    assert receiver.verify(stream_id, x_vendor=1).status_code == 204


def test_the_stream_must_be_named(receiver: Receiver) -> None:
    """400 where it is missing or no text, before anything else is looked at."""
    for call in list(posting(receiver))[1:]:
        for named in ({}, {"stream_id": None}, {"stream_id": 7}, {"stream_id": ""}, {"stream_id": "x" * 41}):
            answer = call(json={"status": "paused", "subject": {"format": "opaque", "id": "x"}, **named})
            assert (*problem(answer), answer.json()["member"]) == (400, "signals-request", "stream_id")


def test_what_is_deleted_or_asked_about_must_be_named(receiver: Receiver) -> None:
    """Nothing is deleted by leaving something out."""
    made = receiver.stream()
    for method, endpoint in (("DELETE", "configuration"), ("GET", "status")):
        assert problem(receiver.call(method, endpoint)) == (400, "signals-request")
    assert receiver.read().json() == [made]


def test_a_status_that_is_none_is_refused(receiver: Receiver) -> None:
    """One of three; a reason is a short text."""
    stream_id = receiver.stream()["stream_id"]
    for status in (None, "on", "ENABLED", 1, ["paused"], {}):
        answer = receiver.call("POST", "status", json={"stream_id": stream_id, "status": status})
        assert (*problem(answer), answer.json()["member"]) == (400, "signals-request", "status")
    for reason in ("", "r" * 201, 7):
        answer = receiver.status(stream_id, "paused", reason=reason)
        assert (*problem(answer), answer.json()["member"]) == (400, "signals-request", "reason")
    assert receiver.status(stream_id).json()["status"] == "enabled"


def test_another_method_is_told_which_there_are(receiver: Receiver) -> None:
    """405 with `Allow`."""
    answer = receiver.call("GET", "verification")
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]
