"""What went wrong for a client is on record: enough for a developer, nothing secret, and nothing that can grow."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.failures import comparing, noting
from identity.oidc.failures.models import failures
from identity.oidc.failures.recorder import EXAMPLES, PER_CODE, PER_PROCESS, Example, Failure, Recorder
from tests.service.identity_oidc.desk import failures_of
from tests.service.identity_oidc.signing import Signer, register, spec
from tests.service.identity_oidc.suite import CALLBACK, App, Browser, Suite, returned


def on_record(suite: Suite, client_id: str = "portal") -> dict[str, Failure]:
    """By code."""
    return failures_of(suite.context, client_id)


def portal_client(suite: Suite) -> Client:
    """The portal as it is registered."""
    with suite.context.reading() as session:
        found = clients.find(session, "portal")
    assert found is not None
    return found


def stored(suite: Suite) -> str:
    """Every word of the table."""
    with suite.context.reading() as session:
        return str([tuple(row) for row in session.execute(select(failures))])


def rows(suite: Suite) -> int:
    """How many rows the table has."""
    with suite.context.reading() as session:
        return session.scalar(select(func.count()).select_from(failures)) or 0


def test_a_wrong_redirect_is_shown_beside_what_is_registered(suite: Suite, portal: App, browser: Browser) -> None:
    """Issue 4: what we received against what is registered, and where the nearest address differs."""
    portal.authorize(browser, redirect_uri=f"{CALLBACK}/")
    (failure,) = on_record(suite).values()
    assert (failure.code, failure.times) == ("GH-OIDC-003", 1)
    received: Any = failure.examples[0]["received"]
    assert failure.examples[0]["where"] == "/oauth/authorize"
    found = {one.name: one for one in comparing.compared(portal_client(suite), received)}
    assert found["redirect_uri"].fits is False
    assert found["redirect_uri"].registered == (CALLBACK,)
    assert [str(one) for one in found["redirect_uri"].differs] == ["Only the slash at the end of the path differs."]
    assert found["scope"].fits is True


@pytest.mark.parametrize(
    ("received", "said"),
    [
        ("http://portal.example/callback", "The scheme is http, registered is https."),
        ("https://portal.example:8443/callback", "The host with its port is portal.example:8443"),
        ("https://portal.example/Callback", "The path differs in capital letters."),
        ("https://portal.example/cb", "The path is /cb, registered is /callback."),
        ("https://portal.example/callback?a=…", "One of the two has a query"),
    ],
)
def test_the_difference_is_told_in_words(suite: Suite, received: str, said: str) -> None:
    """A developer sees at once which part of the address is another one."""
    (found,) = comparing.compared(portal_client(suite), {"redirect_uri": received})
    assert said in " ".join(found.differs)


def test_a_wrong_secret_is_on_record_and_the_secret_is_not(suite: Suite, portal: App) -> None:
    """Which method was used and what was asked: yes; what was sent to prove it: never."""
    sent = {"grant_type": "refresh_token", "refresh_token": "r" * 43}
    answer = suite.http.post("/oauth/token", data=sent, auth=("portal", "not-the-secret-of-the-portal"))
    assert answer.status_code == 401
    (failure,) = on_record(suite).values()
    assert failure.code == "GH-OIDC-043"
    assert failure.examples[0]["received"] == {
        "grant_type": "refresh_token",
        "token_endpoint_auth_method": "client_secret_basic",
    }
    assert "not-the-secret" not in stored(suite) and "rrrr" not in stored(suite)


def test_nothing_secret_is_ever_kept(suite: Suite, portal: App, browser: Browser) -> None:
    """No secret, code, token, verifier, state or nonce, and no value in the query of an address."""
    portal.authorize(browser, redirect_uri="https://evil.example/cb?code=hush-1#hush-2", state="hush-3", nonce="hush-4")
    portal.redeem("hush-5", "hush-6" * 8)
    suite.http.post("/oauth/token?client_secret=hush-7", data={"client_id": "portal"})
    form = {"client_id": "portal", "client_secret": "hush-8", "grant_type": "hush"}
    suite.http.post("/oauth/token", data=form)
    signed = {"client_assertion": "hush-9.e30.hush-10", "client_assertion_type": "x", "client_id": "portal"}
    suite.http.post("/oauth/token", data=signed)
    assert len(on_record(suite)) >= 4
    assert "hush-" not in stored(suite)


def test_the_reason_that_the_answer_withholds_is_on_record(suite: Suite) -> None:
    """The client hears the same of every failed proof; its operator reads which it was."""
    signer = Signer(suite)
    register(suite, spec())
    answer = signer.ask(signer.assertion(aud="https://elsewhere.example"))
    assert answer.json()["error"] == "invalid_client" and "aud" not in answer.json()["error_description"]
    (failure,) = on_record(suite, "signer").values()
    assert "aud is not the issuer" in str(failure.examples[0]["detail"])


def test_nobody_s_failures_are_not_kept(suite: Suite, portal: App, browser: Browser) -> None:
    """An id that nobody registered leaves no trace, however often it comes: strangers fill no table."""
    for number in range(5):
        portal.authorize(browser, client_id=f"nobody-{number}")
        suite.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(f"nobody-{number}", "x"))
    assert rows(suite) == 0


def test_what_is_no_failure_is_not_called_one(suite: Suite, portal: App) -> None:
    """Nobody signed in with prompt=none is how apps find out; it would only hide what is wrong."""
    answer = portal.authorize(suite.browser(), prompt="none")
    assert returned(answer)["error"] == "login_required"
    assert rows(suite) == 0


def test_a_flood_is_counted_and_not_written(suite: Suite, portal: App) -> None:
    """A hostile caller makes a few rows a minute at most; the number of failures is told all the same."""
    for _ in range(40):
        suite.http.post("/oauth/token", data={"grant_type": "x"}, auth=("portal", "wrong"))
    assert on_record(suite)["GH-OIDC-043"].times == PER_CODE
    suite.clock.advance(timedelta(minutes=1))
    suite.http.post("/oauth/token", data={"grant_type": "x"}, auth=("portal", "wrong"))
    assert on_record(suite)["GH-OIDC-043"].times == 41
    assert rows(suite) == 1


def test_a_flood_of_one_kind_pushes_no_other_out(suite: Suite, portal: App, browser: Browser) -> None:
    """Each code has its own row, so noise of a stranger never hides what a developer looks for."""
    portal.authorize(browser, redirect_uri="https://portal.example/typo")
    for _ in range(20):
        suite.clock.advance(timedelta(minutes=1))
        suite.http.post("/oauth/token", data={"grant_type": "x"}, auth=("portal", "wrong"))
    found = on_record(suite)
    assert set(found) == {"GH-OIDC-003", "GH-OIDC-043"}
    assert len(found["GH-OIDC-043"].examples) == EXAMPLES
    assert found["GH-OIDC-043"].times == 20


def test_one_process_writes_only_so_much_a_minute(suite: Suite) -> None:
    """Whatever is tried with however many clients and codes, the database hears of it rarely."""
    recorder = suite.context.part(Recorder)
    for number in range(PER_PROCESS + 50):
        recorder.note("portal", f"GH-T-{number}", Example("/oauth/token", {}, ""))
    assert rows(suite) == PER_PROCESS
    suite.clock.advance(timedelta(minutes=1))
    recorder.note("portal", f"GH-T-{PER_PROCESS + 1}", Example("/oauth/token", {}, ""))
    assert on_record(suite)[f"GH-T-{PER_PROCESS + 1}"].times == 2


def test_a_failure_that_cannot_be_recorded_is_answered_all_the_same(suite: Suite) -> None:
    """The record is for later; the refusal is for now."""
    with suite.context.database.transaction() as session:
        session.execute(text("DROP TABLE oidc_client_failures"))
    answer = suite.http.post("/oauth/token", data={"grant_type": "x"}, auth=("portal", "wrong"))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_success_writes_nothing(suite: Suite, portal: App, browser: Browser) -> None:
    """The token path does not know of the record."""
    portal.refresh(portal.tokens(browser)["refresh_token"])
    assert rows(suite) == 0


def test_old_failures_are_forgotten(suite: Suite, portal: App, browser: Browser) -> None:
    """30 days after the last of its kind (growth)."""
    portal.authorize(browser, redirect_uri="https://portal.example/typo")
    suite.clock.advance(timedelta(days=29))
    suite.run_jobs()
    assert rows(suite) == 1
    suite.clock.advance(timedelta(days=2))
    suite.run_jobs()
    assert rows(suite) == 0


def test_a_sign_out_to_a_wrong_address_is_on_record(suite: Suite, portal: App, browser: Browser) -> None:
    """RP-initiated logout goes wrong for the same reasons as sign-in: an address that is not registered."""
    hint = portal.tokens(browser)["id_token"]
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": "https://portal.example/bye"}
    assert browser.http.get("/oauth/logout", params=asked).status_code == 400
    assert hint not in stored(suite)
    assert on_record(suite)["GH-OIDC-061"].examples[0]["where"] == "/oauth/logout"


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic cG9ydGFs", "Basic /////w==", "Bearer x", "Basic " + "A" * 9000],
)
def test_odd_headers_leave_the_answer_as_it_is(suite: Suite, header: str) -> None:
    """What cannot be read names no client; nothing breaks."""
    answer = suite.http.post("/oauth/token", data={"client_assertion": "a.b.c"}, headers={"Authorization": header})
    assert answer.status_code in {400, 401}


@pytest.mark.parametrize(
    ("uri", "kept"),
    [
        ("https://a.example/cb?code=x&state=y#z", "https://a.example/cb?code=…&state=…#…"),
        ("https://user:pw@a.example/cb", "https://a.example/cb"),
        ("com.example.app:/cb", "com.example.app:/cb"),
        ("https://[broken/cb", "(no address)"),
    ],
)
def test_of_an_address_the_values_are_not_kept(uri: str, kept: str) -> None:
    """A code or a token may stand in a query or in a fragment."""
    assert noting.address(uri) == kept
