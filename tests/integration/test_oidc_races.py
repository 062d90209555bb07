"""Codes, refresh tokens and keys are good once under many rivals, on real PostgreSQL, through the front door."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy.exc import IntegrityError

from identity.oidc.keys import service as keys
from identity.oidc.keys.life import ALGORITHMS
from identity.oidc.provider import Provider
from tests.service.identity_oidc.suite import CLINIC, App, Browser, Suite

RIVALS = 20


@pytest.fixture
def browser(suite: Suite) -> Browser:
    """A browser in which somebody with one membership has signed in."""
    account_id = suite.person()
    suite.membership(account_id, CLINIC)
    return suite.browser(account_id)


def at_once(call: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Make the same call from many threads."""
    with ThreadPoolExecutor(RIVALS) as pool:
        return [done.result() for done in [pool.submit(call) for _ in range(RIVALS)]]


def test_attack_5_of_twenty_redemptions_one_succeeds(suite: Suite, browser: Browser) -> None:
    """And its tokens are revoked by the others: the code was in two hands."""
    portal = App(suite)
    code, verifier = portal.code(browser)
    answers = at_once(lambda: portal.redeem(code, verifier))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.json().get("error") for answer in answers} == {None, "invalid_grant"}
    assert portal.introspect(won[0]["access_token"]) == {"active": False}


def test_attack_15_of_twenty_refreshes_one_succeeds(suite: Suite, browser: Browser) -> None:
    """And the family is dead afterwards."""
    portal = App(suite)
    token = portal.tokens(browser)["refresh_token"]
    answers = at_once(lambda: portal.refresh(token))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert portal.refresh(won[0]["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_whole_sign_in_works_on_postgresql(suite: Suite, browser: Browser) -> None:
    """Code, refresh, introspection, userinfo, revocation, housekeeping: the same program on the other database."""
    portal = App(suite)
    first = portal.tokens(browser)
    second = portal.refresh(first["refresh_token"]).json()
    assert portal.introspect(second["access_token"])["org"] == CLINIC
    assert portal.userinfo(second["access_token"]).json()["functions"] == ["claims.status.view", "precert.submit"]
    assert [portal.revoke(second["access_token"]).status_code for _ in range(2)] == [200, 200]
    assert portal.introspect(second["access_token"]) == {"active": False}
    suite.run_jobs()
    assert portal.refresh(second["refresh_token"]).status_code == 200


def test_text_that_postgresql_cannot_hold_is_refused_and_never_a_fault(suite: Suite, browser: Browser) -> None:
    """NUL in the client's name, a parameter, a token: 4xx where a program asks, our own page where a person is."""
    form = {"grant_type": "client_credentials"}
    assert suite.http.post("/oauth/token", data=form, auth=("portal%00", "x")).status_code == 401
    portal = App(suite)
    for changes in ({"client_id": "portal\x00"}, {"redirect_uri": "https://portal.example/\x00"}, {"nonce": "\x00"}):
        assert portal.authorize(browser, **changes).status_code == 400
    assert portal.redeem("\x00", "v" * 43).status_code == 400
    assert suite.http.post("/oauth/introspect", data={"token": "\x00"}, auth=portal.auth).status_code == 400
    assert suite.http.post("/oauth/revoke", data={"token": "\x00"}, auth=portal.auth).status_code == 400
    signing_out = browser.http.get("/oauth/logout", params={"id_token_hint": "\x00", "client_id": "\x00"})
    assert (signing_out.status_code, signing_out.headers["Location"]) == (303, "/logout")  # the page for everybody asks


def test_two_deployments_preparing_at_once_leave_one_set_of_keys(suite: Suite) -> None:
    """Whoever is second fails on the index or finds everything there; never two active keys of one algorithm."""
    box = suite.context.part(Provider).box

    def rotate() -> bool:
        try:
            with suite.context.transaction() as work:
                keys.rotate(work, box, at_once=True)
        except IntegrityError as error:
            assert "uq_oidc_signing_keys_living" in str(error)
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        outcomes = [done.result() for done in [pool.submit(rotate) for _ in range(4)]]
    assert any(outcomes)
    with suite.context.transaction() as work:
        living = [(key.algorithm, key.state) for key in keys.listing(work.session) if key.state != "retired"]
    assert sorted(living) == sorted((a, s) for a in ALGORITHMS for s in ("active", "next"))
