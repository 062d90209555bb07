"""Clients from a shell: looked at, changed, switched off; who may register; what went wrong."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from identity.app import SERVICE
from identity.oidc.clients.book import ClientBook
from shared.cli import program
from shared.db.floor import audit_entries
from tests.service.identity_oidc.suite import KEEP, ORIGIN, App, Browser, Suite

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
    return json.loads(result.stdout[result.stdout.index("[\n") if "[\n" in result.stdout else 0 :])


def test_a_client_is_shown_without_its_secrets(shell: Shell) -> None:
    """Everything it is registered with, and no hash."""
    result = shell("clients", "show", "portal", "--json")
    (found,) = told(result)
    assert found["id"] == "portal" and "hash" not in result.output


def test_a_field_is_set(shell: Shell, suite: Suite) -> None:
    """JSON for numbers, lists and switches; plain words are text."""
    for field, value, kept in (
        ("access_token_seconds", "300", 300),
        ("populations", '["member"]', ["member"]),
        ("name", "Provider portal", "Provider portal"),
        ("backchannel_logout_uri", "null", None),
    ):
        (done,) = told(shell("clients", "set", "portal", field, value, "--json"))
        assert done["changed"] == [field]
        (found,) = told(shell("clients", "show", "portal", "--json"))
        assert found[field] == kept


def test_whoever_has_a_shell_is_named_in_the_audit(shell: Shell, suite: Suite) -> None:
    """`command-line` acted, and not the system by itself; nothing is said of a secret that did not change."""
    assert "client_secret" not in shell("clients", "set", "portal", "access_token_seconds", "300").output
    with suite.context.reading() as session:
        newest = select(audit_entries.c.actor).order_by(audit_entries.c.number.desc()).limit(1)
        assert session.scalar(newest) == "command-line"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("access_token_seconds", "601", "60 to 600"),
        ("redirect_uris", '["javascript:alert(1)"]', "use https"),
        ("access_token_seconds", '"soon"', "whole number"),
        ("redirect_uris", "7", "no value"),
        ("profile", "fapi2", "FAPI 2.0"),
    ],
)
def test_what_may_not_be_set_is_refused_in_words(shell: Shell, field: str, value: str, said: str) -> None:
    """Exit 1 and the sentence; no traceback."""
    result = shell("clients", "set", "portal", field, value)
    assert result.exit_code == 1 and said in result.output


def test_nobody_is_named_nobody(shell: Shell) -> None:
    """A client that is not there: exit 1, in words."""
    for words in (("show", "nobody"), ("failures", "nobody"), ("set", "nobody", "name", "X")):
        result = shell("clients", *words)
        assert result.exit_code == 1 and "no client" in result.output
    for words in (("disable", "nobody", "--reason", "x"), ("end-former-secret", "nobody")):
        assert shell("clients", *words).exit_code == 1


def test_switching_off_ends_what_the_app_holds(shell: Shell, suite: Suite, portal: App, browser: Browser) -> None:
    """G4: another process switches it off; here its proof, its refresh tokens and its access tokens end in a moment."""
    tokens = portal.tokens(browser)
    other = App(suite, "other", "https://other.example/cb?tenant=1")
    (done,) = told(shell("clients", "disable", "portal", "--reason", "stolen laptop", "--json"))
    assert done["changed"] is True
    suite.context.part(ClientBook).forget()  # a tenth of a second later
    assert portal.refresh(tokens["refresh_token"]).status_code == 401
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert suite.is_open(browser.sid)
    assert other.tokens(browser)["access_token"]
    assert told(shell("clients", "enable", "portal", "--reason", "new laptop", "--json"))[0]["enabled"] is True
    suite.context.part(ClientBook).forget()
    assert portal.refresh(tokens["refresh_token"]).status_code == 400
    assert portal.tokens(browser)["access_token"]


def test_tokens_of_a_program_end_with_it(shell: Shell, suite: Suite, portal: App) -> None:
    """G4: whoever asks about a token of a program that was switched off learns that it is worth nothing."""
    token = App(suite, "access-manager").own_token().json()["access_token"]
    asking = App(suite, "suite-service")
    assert asking.introspect(token)["active"] is True
    shell("clients", "disable", "access-manager", "--reason", "broken into")
    suite.context.part(ClientBook).forget()  # a tenth of a second later
    assert asking.introspect(token) == {"active": False}


def test_a_reason_is_one_line(shell: Shell) -> None:
    """Nothing without why, and nothing that would break the record."""
    for reason in (" ", "a\nb", "x" * 201):
        assert shell("clients", "disable", "portal", "--reason", reason).exit_code == 2


def test_a_former_secret_is_ended(shell: Shell) -> None:
    """True once; then there is none."""
    shell("clients", "rotate-secret", "portal")
    assert told(shell("clients", "end-former-secret", "portal", "--json"))[0]["ended"] is True
    assert told(shell("clients", "end-former-secret", "portal", "--json"))[0]["ended"] is False


def test_failures_are_told(shell: Shell, suite: Suite) -> None:
    """The self-check for a shell."""
    suite.http.post("/oauth/token", data={"grant_type": "x"}, auth=("portal", "wrong"))
    (found,) = told(shell("clients", "failures", "portal", "--json"))
    assert found["code"] == "GH-OIDC-043" and found["why"] and found["mend"]


def test_leave_to_register_is_issued_listed_and_withdrawn(shell: Shell, suite: Suite) -> None:
    """E18: the token works at the endpoint, is printed once, and ends when it is withdrawn."""
    words = ("--label", "Sync Inc.", "--purpose", "To copy claims.", "--uses", "2", "--json")
    (issued,) = told(shell("registration-tokens", "issue", *words))
    headers = {"Authorization": f"Bearer {issued['initial_access_token']}"}
    body = {"client_name": "Sync", "redirect_uris": ["https://sync.example/cb"]}
    assert suite.http.post("/oauth/register", json=body, headers=headers).status_code == 201
    (listed,) = told(shell("registration-tokens", "list", "--json"))
    assert listed["uses_left"] == 1 and issued["initial_access_token"] not in str(listed)
    assert shell("registration-tokens", "withdraw", issued["id"]).exit_code == 0
    assert suite.http.post("/oauth/register", json=body, headers=headers).status_code == 401
    assert shell("registration-tokens", "withdraw", issued["id"]).exit_code == 1
    assert shell("registration-tokens", "issue", "--label", "x", "--purpose", "y", "--days", "91").exit_code == 1
