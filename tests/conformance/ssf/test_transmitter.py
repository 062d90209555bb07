"""What goes well: the transmitter's metadata, a stream's whole life, whom it is about (K4)."""

from typing import Any

from joserfc.jwk import KeySet

from identity.signals.kinds import CREDENTIAL_CHANGE, SESSION_REVOKED
from tests.service.identity_oidc.suite import ORIGIN, Suite
from tests.service.identity_signals.receivers import EVENTS, POLL, PUSH, Receiver

HOOK = {"method": PUSH, "endpoint_url": "https://receiver.example/events", "authorization_header": "Bearer hook"}


def checked(receiver: Receiver, config: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration that has what SSF 1.0 §8.1.1 demands and shows what its receiver supplied."""
    assert config["iss"] == receiver.metadata["issuer"]
    assert config["aud"] and isinstance(config["aud"], str)
    assert set(config["events_delivered"]) <= set(config["events_supported"]) & set(config["events_requested"])
    assert config["events_requested"] == sent.get("events_requested", [])
    assert config.get("description") == sent.get("description")
    delivery = sent.get("delivery", {"method": POLL})
    assert config["delivery"]["method"] == delivery["method"]
    assert "authorization_header" not in config["delivery"]
    if delivery["method"] == PUSH:
        assert config["delivery"]["endpoint_url"] == delivery["endpoint_url"]
    else:
        assert config["stream_id"] in config["delivery"]["endpoint_url"]
    return config


def test_openid_ssf_transmitter_metadata(suite: Suite) -> None:
    """openid-ssf-transmitter-metadata: issuer, endpoints under it, both deliveries, OAuth, keys (SSF 1.0 §7.1).

    What the CAEP interoperability profile §2.3 demands is there; the keys hold RSA of 2048 bits for RS256 (§2.6).
    """
    answer = suite.http.get("/.well-known/ssf-configuration")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    found = answer.json()
    assert found["issuer"] == ORIGIN and found["spec_version"] == "1_0"
    for name in ("configuration", "status", "add_subject", "remove_subject", "verification"):
        assert found[f"{name}_endpoint"].startswith(f"{ORIGIN}/ssf/")
    assert found["delivery_methods_supported"] == [PUSH, POLL]
    assert {"spec_urn": "urn:ietf:rfc:6749"} in found["authorization_schemes"]
    assert found["default_subjects"] in ("ALL", "NONE")
    assert all(value for value in found.values())
    keys = KeySet.import_key_set(suite.http.get(found["jwks_uri"]).json()).keys
    rsa = [key for key in keys if key.key_type == "RSA"]
    assert rsa and all(key.raw_value.key_size >= 2048 for key in rsa)  # type: ignore[union-attr]


def test_openid_ssf_stream_control_happy_path(receiver: Receiver) -> None:
    """openid-ssf-stream-control-happy-path: create, read, update, replace, every status, delete (SSF 1.0 §8.1.1)."""
    sent: dict[str, Any] = {"events_requested": EVENTS, "delivery": HOOK, "description": "Conformance"}
    made = receiver.call("POST", "configuration", json=sent)
    assert made.status_code == 201
    stream = checked(receiver, made.json(), sent)
    named = {"stream_id": stream["stream_id"]}

    read = receiver.call("GET", "configuration", params=named)
    assert (read.status_code, read.json()) == (200, stream)
    assert receiver.call("GET", "configuration").json() == [stream]

    some = {"events_requested": [SESSION_REVOKED, CREDENTIAL_CHANGE]}
    updated = receiver.call("PATCH", "configuration", json=named | some)
    assert updated.status_code == 200
    checked(receiver, updated.json(), sent | some)

    all_of_it: dict[str, Any] = {"events_requested": [SESSION_REVOKED], "delivery": {"method": POLL}}
    replaced = receiver.call("PUT", "configuration", json=named | all_of_it)
    assert replaced.status_code == 200
    checked(receiver, replaced.json(), all_of_it)

    assert receiver.status(stream["stream_id"]).json() == named | {"status": "enabled"}
    for status in ("paused", "disabled", "enabled"):
        turned = receiver.status(stream["stream_id"], status, reason="Conformance")
        assert (turned.status_code, turned.json()) == (200, named | {"status": status, "reason": "Conformance"})

    gone = receiver.call("DELETE", "configuration", params=named)
    assert (gone.status_code, gone.content) == (204, b"")
    assert receiver.call("GET", "configuration").json() == []


def test_openid_ssf_stream_subject_control(suite: Suite, receiver: Receiver) -> None:
    """openid-ssf-stream-subject-control: a subject is added with 200 and removed with 204 (SSF 1.0 §8.1.3)."""
    pat = suite.person()
    stream_id = receiver.stream()["stream_id"]
    for subject in (
        {"format": "email", "email": "pat@lakeside.example"},
        {"format": "iss_sub", "iss": ORIGIN, "sub": pat},
        {"format": "opaque", "id": pat},
        {"format": "complex", "user": {"format": "iss_sub", "iss": ORIGIN, "sub": pat}},
    ):
        added = receiver.subject("add", stream_id, subject, verified=True)
        removed = receiver.subject("remove", stream_id, subject)
        assert [(one.status_code, one.content) for one in (added, removed)] == [(200, b""), (204, b"")]
