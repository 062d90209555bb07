"""A receiver's own stream: made, read, changed, replaced, turned off and on, deleted (SSF 1.0 §8.1, K4)."""

from typing import Any

import pytest

from identity.signals.kinds import CREDENTIAL_CHANGE, OFFERED, SESSION_REVOKED
from identity.signals.models import SignalStream
from tests.service.identity_oidc.suite import ORIGIN, Suite
from tests.service.identity_signals.receivers import EVENTS, POLL, PUSH, Receiver, audited, problem

HOOK = "http://localhost:9/events"
PUSHED = {"method": PUSH, "endpoint_url": HOOK}
NOT_THEIRS: list[dict[str, Any]] = [
    {"iss": "https://evil.example"},
    {"aud": "another-client"},
    {"aud": ["fraud-engine", "another-client"]},
    {"events_supported": []},
    {"events_delivered": [SESSION_REVOKED]},
    {"min_verification_interval": 1},
    {"inactivity_timeout": 60},
    {"delivery": {"method": POLL, "endpoint_url": "https://evil.example/poll"}},
    {"delivery": {"endpoint_url": f"{ORIGIN}/ssf/poll/str_other"}},
]


def stored(suite: Suite, stream_id: str) -> SignalStream:
    """Return a stream as the database has it."""
    with suite.context.reading() as session:
        found = session.get_one(SignalStream, stream_id)
        session.expunge(found)
        return found


def test_the_metadata_says_what_is_offered(suite: Suite) -> None:
    """Every address under the issuer, both ways of delivery, and how to get a token (SSF 1.0 §7.1)."""
    answer = suite.http.get("/.well-known/ssf-configuration")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {
        "spec_version": "1_0",
        "issuer": ORIGIN,
        "jwks_uri": f"{ORIGIN}/oauth/jwks",
        "delivery_methods_supported": [PUSH, POLL],
        "configuration_endpoint": f"{ORIGIN}/ssf/streams",
        "status_endpoint": f"{ORIGIN}/ssf/status",
        "add_subject_endpoint": f"{ORIGIN}/ssf/subjects/add",
        "remove_subject_endpoint": f"{ORIGIN}/ssf/subjects/remove",
        "verification_endpoint": f"{ORIGIN}/ssf/verify",
        "critical_subject_members": ["user", "session"],
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}],
        "default_subjects": "ALL",
    }


def test_a_stream_is_polled_unless_its_receiver_says_otherwise(receiver: Receiver) -> None:
    """Without `delivery` it is polling, at an address of the stream's own (§8.1.1.1)."""
    answer = receiver.create()
    made = answer.json()
    assert answer.status_code == 201 and answer.headers["Cache-Control"] == "no-store"
    assert made == {
        "stream_id": made["stream_id"],
        "iss": ORIGIN,
        "aud": "fraud-engine",
        "events_supported": EVENTS,
        "events_requested": EVENTS,
        "events_delivered": EVENTS,
        "delivery": {"method": POLL, "endpoint_url": f"{ORIGIN}/ssf/poll/{made['stream_id']}"},
        "min_verification_interval": 60,
    }
    assert receiver.read(made["stream_id"]).json() == made
    assert receiver.read().json() == [made]


def test_who_has_no_stream_reads_an_empty_list(receiver: Receiver) -> None:
    """And no refusal (§8.1.1.2)."""
    answer = receiver.read()
    assert (answer.status_code, answer.json(), answer.headers["Cache-Control"]) == (200, [], "no-store")


def test_only_what_is_offered_is_delivered(receiver: Receiver) -> None:
    """Events that we do not understand are ignored, and told back as asked for; who asks for none gets none."""
    asked = ["https://example.com/other", CREDENTIAL_CHANGE, SESSION_REVOKED, CREDENTIAL_CHANGE]
    made = receiver.stream(events_requested=asked)
    assert made["events_requested"] == asked[:3]
    assert made["events_delivered"] == [kind for kind in OFFERED if kind in asked]
    receiver.call("DELETE", "configuration", params={"stream_id": made["stream_id"]})
    nothing = receiver.call("POST", "configuration", json={}).json()
    assert nothing["events_requested"] == nothing["events_delivered"] == []


def test_a_client_has_one_stream(receiver: Receiver) -> None:
    """A second is 409, also with another body; after deleting there may be another."""
    made = receiver.stream()
    assert problem(receiver.create(delivery=PUSHED)) == (409, "stream-exists")
    gone = receiver.call("DELETE", "configuration", params={"stream_id": made["stream_id"]})
    assert (gone.status_code, gone.content) == (204, b"")
    assert receiver.stream()["stream_id"] != made["stream_id"]


def test_a_change_touches_only_what_it_names(receiver: Receiver) -> None:
    """PATCH: what is missing stays, null takes away (§8.1.1.3)."""
    made = receiver.stream(description="Fraud", delivery=PUSHED)
    answer = receiver.call(
        "PATCH", "configuration", json={"stream_id": made["stream_id"], "events_requested": [SESSION_REVOKED]}
    )
    changed = {**made, "events_requested": [SESSION_REVOKED], "events_delivered": [SESSION_REVOKED]}
    assert (answer.status_code, answer.json()) == (200, changed)
    bare = receiver.call("PATCH", "configuration", json={"stream_id": made["stream_id"], "description": None}).json()
    assert bare == {name: value for name, value in changed.items() if name != "description"}


def test_a_replacement_takes_away_what_it_leaves_out(receiver: Receiver) -> None:
    """PUT: without `delivery` it is polling, without events there are none (§8.1.1.4)."""
    made = receiver.stream(description="Fraud", delivery=PUSHED)
    answer = receiver.call("PUT", "configuration", json={"stream_id": made["stream_id"]})
    assert answer.status_code == 200
    assert answer.json()["delivery"] == {"method": POLL, "endpoint_url": f"{ORIGIN}/ssf/poll/{made['stream_id']}"}
    assert answer.json()["events_delivered"] == [] and "description" not in answer.json()


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_configuration_that_was_read_may_be_sent_back(receiver: Receiver, method: str) -> None:
    """What is ours may come along as it is, in whatever order; `aud` also as a list."""
    made = receiver.stream(description="Fraud")
    sent = {**made, "aud": [made["aud"]], "events_delivered": made["events_delivered"][::-1]}
    answer = receiver.call(method, "configuration", json=sent)
    assert (answer.status_code, answer.json()) == (200, made)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_what_is_ours_cannot_be_changed(receiver: Receiver, method: str) -> None:
    """400, naming the member, and nothing changes (threat 34)."""
    made = receiver.stream()
    for wrong in NOT_THEIRS:
        answer = receiver.call(method, "configuration", json={"stream_id": made["stream_id"], **wrong})
        assert problem(answer) == (400, "signals-request"), wrong
        assert answer.json()["member"].split(".")[0] in wrong
    assert receiver.read(made["stream_id"]).json() == made


def test_a_long_description_is_shortened(receiver: Receiver) -> None:
    """As the specification lets a transmitter do."""
    assert receiver.stream(description="d" * 500)["description"] == "d" * 200


def test_what_a_push_is_authorized_with_is_never_shown_again(suite: Suite, receiver: Receiver) -> None:
    """Not in an answer, not in the audit, not in the clear in the database."""
    secret = "Bearer push-secret-of-the-receiver"
    made = receiver.stream(delivery={**PUSHED, "authorization_header": secret})
    changed = receiver.call(
        "PATCH",
        "configuration",
        json={"stream_id": made["stream_id"], "delivery": {**PUSHED, "authorization_header": f"{secret}-2"}},
    )
    assert made["delivery"] == changed.json()["delivery"] == PUSHED
    kept = stored(suite, made["stream_id"]).authorization
    assert kept is not None and secret not in kept
    assert secret not in str(audited(suite))


def test_a_header_goes_only_to_the_address_it_was_given_for(suite: Suite, receiver: Receiver) -> None:
    """A change of the rest keeps it; a new address without it has none."""
    made = receiver.stream(delivery={**PUSHED, "authorization_header": "Bearer one"})
    same = {"stream_id": made["stream_id"], "delivery": PUSHED}
    assert receiver.call("PATCH", "configuration", json=same).status_code == 200
    assert stored(suite, made["stream_id"]).authorization is not None
    other = {"stream_id": made["stream_id"], "delivery": {**PUSHED, "endpoint_url": f"{HOOK}/two"}}
    assert receiver.call("PATCH", "configuration", json=other).status_code == 200
    assert stored(suite, made["stream_id"]).authorization is None


def test_a_replacement_without_the_header_has_none(suite: Suite, receiver: Receiver) -> None:
    """PUT says everything anew."""
    made = receiver.stream(delivery={**PUSHED, "authorization_header": "Bearer one"})
    receiver.call("PUT", "configuration", json={"stream_id": made["stream_id"], "delivery": PUSHED})
    assert stored(suite, made["stream_id"]).authorization is None


def test_a_stream_is_held_and_turned_off_and_on_by_its_receiver(receiver: Receiver) -> None:
    """Every status with its reason, which goes with the status (§8.1.2)."""
    made = receiver.stream()
    stream_id = made["stream_id"]
    assert receiver.status(stream_id).json() == {"stream_id": stream_id, "status": "enabled"}
    paused = {"stream_id": stream_id, "status": "paused", "reason": "Moving house"}
    answer = receiver.status(stream_id, "paused", reason="Moving house")
    assert (answer.status_code, answer.json(), answer.headers["Cache-Control"]) == (200, paused, "no-store")
    assert receiver.status(stream_id).json() == paused
    for status in ("disabled", "enabled"):
        assert receiver.status(stream_id, status).json() == {"stream_id": stream_id, "status": status}


def test_everything_that_a_receiver_does_is_audited(suite: Suite, receiver: Receiver) -> None:
    """With the client as the actor; of an address only the host, as the rest may be a secret."""
    made = receiver.stream(delivery={**PUSHED, "endpoint_url": f"{HOOK}?key=secret"})
    stream_id = made["stream_id"]
    receiver.call("PATCH", "configuration", json={"stream_id": stream_id, "description": "Fraud"})
    receiver.status(stream_id, "paused", reason="Moving")
    receiver.call("DELETE", "configuration", params={"stream_id": stream_id})
    rows = audited(suite)
    assert [row.action.split(".")[1] for row in rows] == ["created", "changed", "turned", "deleted"]
    assert {(row.actor, row.actor_kind, row.target) for row in rows} == {("fraud-engine", "client", stream_id)}
    assert "key=secret" not in str(rows)
