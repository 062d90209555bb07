"""Whoever only looks uses nothing up: HEAD, browsers that fetch ahead, checkers of links (RFC 9110 §9.2.1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.service.identity_oidc.suite import App, Browser, Suite, returned

AHEAD = [
    ("HEAD", {}),
    ("GET", {"Sec-Purpose": "prefetch"}),
    ("GET", {"Sec-Purpose": "prefetch;prerender"}),
    ("GET", {"Purpose": "prefetch"}),
]


@contextmanager
def written(suite: Suite) -> Iterator[list[str]]:
    """Every statement that changes a row."""
    found: list[str] = []

    def spy(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            found.append(statement)

    event.listen(suite.context.database.engine, "before_cursor_execute", spy)
    yield found
    event.remove(suite.context.database.engine, "before_cursor_execute", spy)


def opened(suite: Suite) -> list[str]:
    """Every page that can be asked for without a path parameter; the APIs are for programs."""
    rules = [one for one in suite.app.url_map.iter_rules() if "GET" in (one.methods or ())]
    return [one.rule for one in rules if "<" not in one.rule and not one.rule.startswith("/api/")]


@pytest.mark.parametrize("population", ["provider", "staff"])
def test_threat_33_no_page_changes_anything_when_it_is_only_looked_at(suite: Suite, population: str) -> None:
    """Every page that there is, signed in or not: a HEAD writes no row, not even that the session was in use."""
    account_id = suite.person("lou", population)
    browsers = [suite.browser(), suite.browser(account_id, ("pwd", "otp", "mfa"))]
    suite.clock.advance(timedelta(minutes=5))
    with written(suite) as changes:
        for browser in browsers:
            for path in opened(suite):
                assert browser.http.head(path).status_code < 500, path
                assert changes == [], path


@pytest.mark.parametrize(("method", "headers"), AHEAD, ids=str)
def test_no_code_is_made_for_nobody(
    suite: Suite, portal: App, browser: Browser, method: str, headers: dict[str, str]
) -> None:
    """Somebody is signed in: a look at the authorization endpoint opens no grant, and tells no address of the app."""
    with written(suite) as changes:
        answer = browser.http.request(method, "/oauth/authorize", params=portal.asked(), headers=headers)
    assert changes == [] and "Location" not in answer.headers and answer.content == b""
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.status_code == (200 if method == "HEAD" else 503)


@pytest.mark.parametrize(("method", "headers"), AHEAD, ids=str)
def test_a_pushed_request_is_still_good_for_its_person(
    suite: Suite, portal: App, browser: Browser, method: str, headers: dict[str, str]
) -> None:
    """RFC 9126 §4: its reference is for one time, and that time is the person's."""
    pushed = suite.http.post("/oauth/par", data=portal.asked(), auth=portal.auth).json()
    asked = {"client_id": "portal", "request_uri": pushed["request_uri"]}
    for _ in range(3):
        browser.http.request(method, "/oauth/authorize", params=asked, headers=headers)
    suite.clock.advance(timedelta(seconds=30))
    assert "code" in returned(browser.http.get("/oauth/authorize", params=asked))


@pytest.mark.parametrize(("method", "headers"), AHEAD, ids=str)
def test_nobody_is_signed_out_by_a_look(
    suite: Suite, portal: App, browser: Browser, method: str, headers: dict[str, str]
) -> None:
    """The hint of this very session ends it unasked, for who follows the link; nobody has followed it yet."""
    hint = portal.tokens(browser)["id_token"]
    browser.http.request(method, "/oauth/logout", params={"id_token_hint": hint}, headers=headers)
    assert suite.is_open(browser.sid)
    browser.http.get("/oauth/logout", params={"id_token_hint": hint})
    assert not suite.is_open(browser.sid)


@pytest.mark.parametrize(("method", "headers"), AHEAD, ids=str)
def test_a_look_is_no_use_of_a_sign_in(suite: Suite, browser: Browser, method: str, headers: dict[str, str]) -> None:
    """ASVS 7.3.1: a page that a browser fetches by itself every so often keeps nobody signed in."""
    for _ in range(4):
        suite.clock.advance(timedelta(minutes=20))
        browser.http.request(method, "/account", headers=headers)
    assert not suite.is_open(browser.sid)
