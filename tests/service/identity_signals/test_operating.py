"""What an operator does with streams from a shell: list, show, pause, enable, remove; a receiver from nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from identity.app import SERVICE
from identity.oidc.clients.book import ClientBook
from identity.signals.kinds import STREAM_UPDATED
from shared.cli import program
from tests.service.identity_oidc.suite import KEEP, ORIGIN, Suite, claims_of
from tests.service.identity_signals.receivers import EVENTS, PUSH, Receiver, audited, problem
from tests.service.identity_signals.test_verifying import waiting

Shell = Callable[..., Result]


@pytest.fixture
def shell(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """The program `identity`, beside a service on the same database."""
    for name, value in {
        "MODE": "test",
        "PUBLIC_URL": ORIGIN,
        "DATABASE_URL": suite.context.settings.database_url,
        "BROKER_URL": "memory:",
        "CACHE_URL": "memory:",
        "SECRET_KEY": KEEP,
    }.items():
        monkeypatch.setenv(f"GATEHOUSE_{name}", value)
    return lambda *words: CliRunner().invoke(program(SERVICE), list(words), catch_exceptions=False)


def told(result: Result) -> Any:
    """What a command printed as JSON, without the lines of the log."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout[result.stdout.index("[\n") :])


def test_an_operator_sees_every_stream_and_what_waits(shell: Shell, receiver: Receiver) -> None:
    """With its events and its address; nothing that a push is authorized with."""
    delivery = {"method": PUSH, "endpoint_url": "http://localhost:9/events", "authorization_header": "Bearer secret-1"}
    stream_id = receiver.stream(delivery=delivery)["stream_id"]
    receiver.verify(stream_id)
    result = shell("signals", "list", "--json")
    (found,) = told(result)
    assert found | {"created_at": "", "changed_at": ""} == {
        "stream_id": stream_id,
        "client": "fraud-engine",
        "status": "enabled",
        "held": False,
        "reason": None,
        "method": "push",
        "endpoint": "http://localhost:9/events",
        "events": EVENTS,
        "default_subjects": "ALL",
        "waiting": 1,
        "created_at": "",
        "changed_at": "",
    }
    assert "secret-1" not in result.output
    assert told(shell("signals", "show", stream_id, "--json")) == told(
        shell("signals", "show", "fraud-engine", "--json")
    )
    assert f"stream_id: {stream_id}" in shell("signals", "list").output


def test_a_stream_that_an_operator_stopped_stays_stopped(suite: Suite, shell: Shell, receiver: Receiver) -> None:
    """Its receiver hears why (SSF 1.0 §8.1.5), cannot start it again (403), and hears when it goes on."""
    stream_id = receiver.stream()["stream_id"]
    (stopped,) = told(shell("signals", "pause", "fraud-engine", "--reason", "Under review", "--json"))
    assert (stopped["status"], stopped["held"], stopped["reason"]) == ("paused", True, "Under review")
    assert receiver.status(stream_id).json() == {"stream_id": stream_id, "status": "paused", "reason": "Under review"}
    assert problem(receiver.status(stream_id, "enabled")) == (403, "stream-held")
    assert receiver.status(stream_id, "disabled").status_code == 200
    assert problem(receiver.status(stream_id, "enabled")) == (403, "stream-held")
    assert told(shell("signals", "enable", stream_id, "--json"))[0]["status"] == "enabled"
    assert receiver.status(stream_id, "paused").status_code == 200
    events = [claims_of(one.token) for one in waiting(suite, stream_id)]
    assert [one["events"] for one in events] == [
        {STREAM_UPDATED: {"status": "paused", "reason": "Under review"}},
        {STREAM_UPDATED: {"status": "enabled"}},
    ]
    assert all(one["sub_id"] == {"format": "opaque", "id": stream_id} for one in events)
    by = [(row.actor, row.reason) for row in audited(suite) if row.action == "signal_stream.turned"]
    assert by[0] == ("command-line", "Under review") and by[2] == ("command-line", None)


def test_what_is_so_already_is_said(shell: Shell, receiver: Receiver) -> None:
    """Exit code 1 and a sentence: stopped twice, started twice, nobody's stream, a reason of two lines."""
    receiver.stream()
    assert shell("signals", "enable", "fraud-engine").exit_code == 1
    assert shell("signals", "pause", "fraud-engine", "--reason", "Review").exit_code == 0
    twice = shell("signals", "pause", "fraud-engine", "--reason", "Review")
    assert twice.exit_code == 1 and "stopped already" in twice.output
    for words in (("show", "nobody"), ("enable", "nobody"), ("remove", "nobody", "--reason", "Gone")):
        refused = shell("signals", *words)
        assert refused.exit_code == 1 and "There is no stream nobody" in refused.output
    assert shell("signals", "pause", "fraud-engine", "--reason", "two\nlines").exit_code == 2
    assert shell("signals", "remove", "fraud-engine", "--reason", "r" * 201).exit_code == 2


def test_a_stream_is_removed(suite: Suite, shell: Shell, receiver: Receiver) -> None:
    """With what waits in it; audited with the reason; the receiver finds nothing any more."""
    stream_id = receiver.stream()["stream_id"]
    receiver.verify(stream_id)
    (gone,) = told(shell("signals", "remove", stream_id, "--reason", "Contract ended", "--json"))
    assert (gone["stream_id"], gone["status"]) == (stream_id, "removed")
    assert waiting(suite, stream_id) == [] and told_nothing(shell)
    assert problem(receiver.read(stream_id)) == (404, "not-found")
    (last,) = [row for row in audited(suite) if row.action == "signal_stream.deleted"]
    assert (last.actor, last.target, last.reason) == ("command-line", stream_id, "Contract ended")


def told_nothing(shell: Shell) -> bool:
    """Whether no stream is listed."""
    return shell("signals", "list", "--json").stdout.strip().endswith("[]")


def test_a_receiver_is_prepared_from_a_shell(suite: Suite, shell: Shell) -> None:
    """`identity clients add … --scope`, and with the secret that it prints a stream is made."""
    words = ("clients", "add", "siem", "--name", "SIEM", "--profile", "service")
    (made,) = told(shell(*words, "--scope", "ssf.manage", "--scope", "ssf.read", "--json"))
    suite.context.part(ClientBook).forget()
    form = {"grant_type": "client_credentials", "scope": "ssf.manage"}
    token = suite.http.post("/oauth/token", data=form, auth=("siem", made["client_secret"])).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert suite.http.post("/ssf/streams", json={}, headers=headers).status_code == 201
    refused = shell("clients", "add", "portal-2", "--name", "Portal", "--redirect-uri", "https://a.example/cb",
                    "--scope", "ssf.read")  # fmt: skip
    assert refused.exit_code == 1 and "scopes: ssf.read needs client_credentials" in refused.output
