"""Clients: what may be registered, secrets, the command line, and what is forgotten after a while."""

import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from identity.app import SERVICE
from identity.mfa.assurance import ACR_1
from identity.oidc import bootstrap, demo
from identity.oidc.clients.policy import ClientSpec
from identity.oidc.clients.registrable import faults
from identity.oidc.clients.service import ensure_client
from identity.oidc.keys.life import ALGORITHMS
from shared.cli import program
from tests.service.identity_oidc.suite import KEEP, ORIGIN, SECRETS, App, Browser, Suite, prepare


@pytest.fixture
def command(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The program `identity`, run in the environment of a service on the same database."""
    settings = suite.context.settings
    for name, value in {
        "MODE": "test",
        "PUBLIC_URL": ORIGIN,
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": "memory:",
        "CACHE_URL": "memory:",
        "SECRET_KEY": KEEP,
    }.items():
        monkeypatch.setenv(f"GATEHOUSE_{name}", value)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(program(SERVICE), list(arguments), catch_exceptions=False)

    return run


SOUND = ClientSpec(
    id="claims",
    name="Claims portal",
    redirect_uris=("https://claims.example/cb",),
    minimum_acr=ACR_1,
    scopes=("openid",),
    justification="The people of these tests have a password only.",
)


@pytest.mark.parametrize(
    "uri",
    [
        "http://claims.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://claims.example/cb#f",
        "https://user:pw@claims.example/cb",
        "https://user@claims.example/cb",
        "https://claims.example/a/../cb",
        "https://*.claims.example/cb",
        "https://claims.example/c b",
        "https://clàims.example/cb",
        "https:///cb",
        "claims.example/cb",
        "http://localhost.evil.example/cb",
        "http://localhost:8000.evil.example/cb",
        "com.example.app:/cb",
    ],
)
def test_attack_3_addresses_that_cannot_be_registered(uri: str) -> None:
    """Neither as a redirect address nor as a landing."""
    assert faults(replace(SOUND, redirect_uris=(uri,)), ORIGIN)
    assert faults(replace(SOUND, post_logout_redirect_uris=(uri,)), ORIGIN)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"id": "acc_01j9"}, "id"),
        ({"id": "a b"}, "id"),
        ({"name": ""}, "name"),
        ({"name": "x\u202ey"}, "name"),
        ({"grant_types": ("password",)}, "grant_types"),
        ({"grant_types": ("implicit", "authorization_code")}, "grant_types"),
        ({"grant_types": ("refresh_token",)}, "grant_types"),
        ({"redirect_uris": ()}, "redirect_uris"),
        ({"minimum_acr": "urn:gatehouse:acr:9"}, "minimum_acr"),
        ({"signing_alg": "HS256"}, "signing_alg"),
        ({"signing_alg": "none"}, "signing_alg"),
        ({"auth_methods": ("tls_client_auth",)}, "auth_methods"),
        ({"populations": ("everyone",)}, "populations"),
        ({"scopes": ("open id",)}, "scopes"),
        ({"first_party": False}, "first_party"),
    ],
)
def test_what_does_not_work_cannot_be_registered(change: dict[str, Any], word: str) -> None:
    """Each with a sentence that names the field."""
    assert not faults(SOUND, ORIGIN)
    assert [fault for fault in faults(replace(SOUND, **change), ORIGIN) if fault.startswith(word)]


def test_the_suites_own_clients_are_sound() -> None:
    """All of them, with a portal anywhere on https or loopback."""
    specs = [
        *bootstrap.first_party(ORIGIN, "http://127.0.0.1:8090").values(),
        *(make(ORIGIN) for make in (demo.trial, demo.native, demo.third_party, demo.suite_service)),
    ]
    assert not [fault for spec in specs for fault in faults(spec, ORIGIN)]
    assert all(spec.require_pkce for spec in specs)


def test_loopback_addresses_may_change_their_port_and_nothing_else(suite: Suite, browser: Browser) -> None:
    """RFC 8252 §7.3, for every client with a loopback address."""
    spec = replace(SOUND, redirect_uris=("http://127.0.0.1/cb?x=1",))
    with suite.context.transaction() as work:
        ensure_client(work, spec, "s" * 43)
    SECRETS["claims"] = "s" * 43
    app = App(suite, "claims", "http://127.0.0.1:51234/cb?x=1", scope="openid")
    assert "code=" in app.authorize(browser).headers["Location"]
    for uri in ("http://localhost:51234/cb?x=1", "http://127.0.0.1:51234/cb", "http://127.0.0.1:51234/cb?x=1&y"):
        assert app.authorize(browser, redirect_uri=uri).status_code == 400


def test_adding_a_client_prints_its_secret_once(suite: Suite, command: Any) -> None:
    """The secret works at once, is long, and stands nowhere afterwards."""
    arguments = ("clients", "add", "claims", "--scope", "access.evaluate", "--grant-type", "client_credentials")
    arguments += ("--name", "Claims")
    added = command(*arguments, "--json")
    assert added.exit_code == 0, added.output
    [shown] = json.loads(added.stdout)
    assert len(shown["client_secret"]) >= 43
    SECRETS["claims"] = shown["client_secret"]
    assert App(suite, "claims").own_token().status_code == 200
    listed = command("clients", "list", "--json")
    assert shown["client_secret"] not in listed.output and "secret_hash" not in listed.output
    assert "claims" in {row["id"] for row in json.loads(listed.stdout)}
    again = command(*arguments)
    assert again.exit_code == 1 and "claims already" in again.output


def test_a_third_party_says_what_it_wants_peoples_data_for(command: Any) -> None:
    """Refused without, with the reason, before anything is stored; registered with it, and never as one of ours."""
    arguments = ("clients", "add", "stranger", "--name", "S", "--scope", "openid", "--profile", "third-party",
                 "--redirect-uri", "https://s.example/cb")  # fmt: skip
    refused = command(*arguments)
    assert refused.exit_code == 1 and "purpose" in refused.output
    assert command(*arguments, "--purpose", "To show your appointments.").exit_code == 0
    [row] = [row for row in json.loads(command("clients", "list", "--json").stdout) if row["id"] == "stranger"]
    assert row["first_party"] is False and row["purpose"] == "To show your appointments."


def test_an_operator_is_held_to_the_rules_of_the_api_at_the_command_line(command: Any) -> None:
    """What looks like a secret or a TIN is refused there as well, and the form of tokens can be chosen."""
    arguments = ("clients", "add", "claims", "--scope", "access.evaluate", "--grant-type", "client_credentials")
    refused = command(*arguments, "--name", "123-45-6789")
    assert refused.exit_code == 1 and "secret or a TIN" in refused.output
    assert command(*arguments, "--name", "Claims", "--access-token-format", "paseto").exit_code == 2
    assert command(*arguments, "--name", "Claims", "--access-token-format", "opaque").exit_code == 0
    rows = json.loads(command("clients", "list", "--json").stdout)
    assert [row["access_token_format"] for row in rows if row["id"] == "claims"] == ["opaque"]


def test_rotating_a_secret_lets_the_old_one_work_on_for_a_while(suite: Suite, command: Any) -> None:
    """Two at a time, so that nothing fails meanwhile."""
    portal = App(suite)
    suite.clock.free()  # the command runs by the machine's clock
    [shown] = json.loads(command("clients", "rotate-secret", "portal", "--keep-old-hours", "2", "--json").stdout)
    assert portal.own_token().status_code == 200
    form = {"grant_type": "client_credentials"}
    new = ("portal", shown["client_secret"])
    assert suite.http.post("/oauth/token", data=form, auth=new).status_code == 200
    suite.clock.advance(timedelta(hours=3))
    assert portal.own_token().status_code == 401
    assert suite.http.post("/oauth/token", data=form, auth=new).status_code == 200


def test_keys_are_listed_and_rotated_from_the_command_line(command: Any) -> None:
    """Too soon is told with the time; a stolen key can be replaced at once."""
    states = [row["state"] for row in json.loads(command("keys", "list", "--json").stdout)]
    assert sorted(states) == ["active"] * len(ALGORITHMS) + ["next"] * len(ALGORITHMS)
    assert command("keys", "rotate", "--at-once", "--json").exit_code == 0
    soon = command("keys", "rotate")
    assert soon.exit_code == 1 and "rotate again after" in soon.output


def test_bootstrap_prepares_a_deployment_and_may_run_again(suite: Suite, command: Any, tmp_path: Path) -> None:
    """Secrets come from files; nothing changes the second time."""
    files = []
    for name in ("registration", "access-manager", "availability", "portal"):
        file = tmp_path / f"{name}.secret"
        file.write_text(f"{name}-new".ljust(48, "y") + "\n")
        files += ["--client-secret-file", f"{name}={file}"]
    first = command("bootstrap", *files, "--portal-url", "https://portal.example", "--json")
    assert first.exit_code == 0, first.output
    assert set(json.loads(first.stdout)[0]["clients_changed"]) >= {"registration", "availability", "portal"}
    SECRETS["registration"] = "registration-new".ljust(48, "y")
    answer = App(suite, "registration").own_token(resource=f"{ORIGIN}/api/identity")
    assert "accounts.open" in answer.json()["scope"]
    assert json.loads(command("bootstrap", *files, "--portal-url", "https://portal.example", "--json").stdout) == [
        {"keys_made": 0, "clients_changed": []}
    ]


def test_bootstrap_refuses_secrets_that_a_person_made_up(command: Any, tmp_path: Path) -> None:
    """They are kept under a fast hash, so they must be random."""
    file = tmp_path / "secret"
    file.write_text("gatehouse")
    refused = command("bootstrap", "--client-secret-file", f"registration={file}")
    assert refused.exit_code == 1 and "32" in refused.output


def test_old_grants_are_forgotten_and_living_ones_kept(suite: Suite, portal: App, browser: Browser) -> None:
    """A day after their end, with their refresh tokens; a late replay is recognized until then."""
    portal.refresh(portal.tokens(browser)["refresh_token"])
    portal.revoke(portal.own_token().json()["access_token"])
    assert counts(suite) == {"oidc_grants": 1, "oidc_refresh_tokens": 2, "oidc_revoked_tokens": 1}
    suite.clock.advance(timedelta(hours=35))
    suite.run_jobs()
    assert counts(suite) == {"oidc_grants": 1, "oidc_refresh_tokens": 2, "oidc_revoked_tokens": 0}
    suite.clock.advance(timedelta(hours=2))
    suite.run_jobs()
    assert counts(suite) == {"oidc_grants": 0, "oidc_refresh_tokens": 0, "oidc_revoked_tokens": 0}


def counts(suite: Suite) -> dict[str, int]:
    """Return how many rows each growing table has."""
    with suite.context.database.connection() as connection:
        return {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("oidc_grants", "oidc_refresh_tokens", "oidc_revoked_tokens")
        }


def test_no_secret_reaches_the_log_or_the_audit(
    suite: Suite, portal: App, browser: Browser, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Codes, tokens, secrets: neither in a line nor in an entry (ASVS 16.2.5)."""
    caplog.set_level(logging.DEBUG)
    code, verifier = portal.code(browser)
    tokens = portal.redeem(code, verifier).json()
    portal.redeem(code, verifier)
    portal.revoke(tokens["access_token"])
    with suite.context.database.connection() as connection:
        audit = str(connection.exec_driver_sql("SELECT * FROM audit_entries").all())
    said = capsys.readouterr().out + capsys.readouterr().err + caplog.text + audit
    secrets = [code, verifier, SECRETS["portal"], *(tokens[n] for n in ("access_token", "id_token", "refresh_token"))]
    assert not [secret for secret in secrets if secret in said]
    assert "code_replayed" in audit


def test_an_empty_database_is_prepared_by_migrations_alone(tmp_path: Path) -> None:
    """The tables of the migration are those of the models."""
    made = Suite(tmp_path)
    prepare(made)
    assert App(made).own_token().status_code == 200
    made.close()
