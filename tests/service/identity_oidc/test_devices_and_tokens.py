"""What the list of devices and a shared computer do to the tokens of apps (capabilities A4, A5)."""

import pytest

from identity.devices import computers
from identity.devices.browser import Browser as Made
from identity.sessions import service as sessions
from shared.crypto import sha256
from tests.service.identity_oidc.suite import CLINIC, App, Browser, Suite

RECEPTION = Made(None, "Chrome on Windows", "192.0.2.10", "AS64500", shared=True, family="Chrome", computer="reception")
MINE = Made(None, "Firefox on Linux", "192.0.2.11", "AS64500", family="Firefox")


def signed_in(suite: Suite, account_id: str, made: Made) -> Browser:
    """A browser of this make in which the person has signed in; the one before at a shared computer is ended."""
    browser = suite.browser()
    with suite.context.transaction() as work:
        session, secret = sessions.open_session(work, account_id, ("pwd",), work.now, browser=made)
        former = computers.occupy(work, made, session.id)
        if former is not None:
            sessions.end(work, former, "switched_person")
    browser.sid = session.id
    browser.http.cookies.set("gh_session", secret, domain="localhost.local")
    return browser


def press(browser: Browser, path: str) -> int:
    """Press a button of the devices page; return the status."""
    page = browser.http.get("/account/devices").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    return browser.http.post(path, data={"csrf_token": token}, headers={"Origin": "http://localhost:8000"}).status_code


@pytest.fixture
def sam(suite: Suite) -> str:
    """Somebody else of the same clinic."""
    account_id = suite.person("sam")
    suite.membership(account_id, CLINIC)
    return account_id


def test_a_sign_in_that_was_revoked_takes_its_tokens_with_it(suite: Suite, portal: App, pat: str) -> None:
    """Capability A4, ASVS 7.4.1: its next request is 401, its refresh token `invalid_grant`; the other one works."""
    lost, kept = signed_in(suite, pat, MINE), signed_in(suite, pat, RECEPTION)
    of_lost, of_kept = (
        portal.tokens(lost, scope="openid offline_access"),
        portal.tokens(kept, scope="openid offline_access"),
    )
    assert press(kept, f"/account/devices/sessions/{lost.sid}/end") == 303
    assert portal.userinfo(of_lost["access_token"]).status_code == 401
    answer = portal.refresh(of_lost["refresh_token"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert portal.userinfo(of_kept["access_token"]).status_code == 200
    assert portal.refresh(of_kept["refresh_token"]).status_code == 200


def test_the_next_person_at_a_shared_computer_ends_the_tokens_of_the_last(
    suite: Suite, portal: App, pat: str, sam: str
) -> None:
    """Capability A5: the browser was closed, not signed out; when Sam signs in, Pat's tokens fail at introspection."""
    of_pat = portal.tokens(signed_in(suite, pat, RECEPTION))
    assert portal.introspect(of_pat["access_token"])["active"] is True
    of_sam = portal.tokens(signed_in(suite, sam, RECEPTION))
    assert portal.introspect(of_pat["access_token"]) == {"active": False}
    assert portal.introspect(of_sam["access_token"])["active"] is True


def test_the_mark_of_a_computer_is_kept_as_a_hash(suite: Suite, pat: str) -> None:
    """Who reads the table cannot pretend to be the reception."""
    signed_in(suite, pat, RECEPTION)
    assert computers.mark_of(RECEPTION) == sha256("reception") != "reception"
