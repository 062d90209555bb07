"""While the website is closed for maintenance nobody but staff is let through, and nobody is refused (domain §6)."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from identity.oidc import bootstrap
from identity.oidc.clients.service import ensure_client
from tests.service.identity_oidc.granting import opening, television, tell
from tests.service.identity_oidc.screens import begin, poll, question, send
from tests.service.identity_oidc.suite import ORIGIN, App, Browser, Suite

FUNCTIONS = ["claims.submit"]


def website(suite: Suite, sequence: int, *, is_open: bool, reason: str | None, until: datetime | None = None) -> None:
    """Let availability tell how the website stands; `until`: when it opens."""
    told = opening("website", FUNCTIONS, is_open=is_open, until=until)
    data = {**told, "reason": reason, "next_open": until}
    tell(suite, "availability", "service.opened" if is_open else "service.closed", "website", sequence, data)


@pytest.fixture
def closed(suite: Suite) -> Suite:
    """Maintenance for half an hour."""
    website(suite, 1, is_open=False, reason="maintenance", until=suite.clock.now() + timedelta(minutes=30))
    return suite


def test_people_wait_on_a_page_and_go_on_when_it_opens(closed: Suite, portal: App, browser: Browser) -> None:
    """503 with the seconds to wait; the same address, loaded again later, gives the app its code."""
    waiting = portal.authorize(browser)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "1800")
    assert "Closed for maintenance" in waiting.text
    assert "It opens again" in waiting.text
    closed.clock.advance(timedelta(minutes=30))
    assert portal.authorize(browser).status_code in {302, 303}


def test_an_opening_before_its_hour_counts_at_once(closed: Suite, portal: App, browser: Browser) -> None:
    """The operator ended it; a late word of the closing changes nothing any more (threat 41)."""
    website(closed, 3, is_open=True, reason=None)
    website(closed, 2, is_open=False, reason="maintenance")
    assert portal.authorize(browser).status_code in {302, 303}


def test_staff_are_let_through(closed: Suite) -> None:
    """Whoever mends it must get in."""
    with closed.context.transaction() as work:
        ensure_client(work, bootstrap.availability(ORIGIN), "s" * 40)
    console = App(closed, "availability", f"{ORIGIN}/hours/callback", scope="openid profile")
    staff = closed.browser(closed.person("olga", population="staff"), ("pwd", "otp"))
    assert console.authorize(staff).status_code in {302, 303}


def test_a_silent_request_is_told_to_come_back(closed: Suite, portal: App, browser: Browser) -> None:
    """prompt=none has nobody to show a page to: temporarily_unavailable (RFC 6749 §4.1.2.1)."""
    answer = portal.authorize(browser, prompt="none")
    told = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert told["error"] == ["temporarily_unavailable"]


@pytest.mark.parametrize("reason", ["function_closed", None])
def test_only_maintenance_stops_people(suite: Suite, portal: App, browser: Browser, reason: str | None) -> None:
    """A calendar that is closed at night stops nobody from signing in; nor does another calendar's maintenance."""
    website(suite, 1, is_open=False, reason=reason)
    told = {**opening("precertification", FUNCTIONS, is_open=False, until=None), "reason": "maintenance"}
    tell(suite, "availability", "service.closed", "precertification", 1, told)
    assert portal.authorize(browser).status_code in {302, 303}


def test_an_end_that_nobody_knows_is_said_so(suite: Suite, portal: App, browser: Browser) -> None:
    """No instant, five minutes to wait, in the person's language; tokens that exist go on."""
    tokens = portal.tokens(browser)
    website(suite, 1, is_open=False, reason="maintenance")
    waiting = portal.authorize(browser, ui_locales="es")
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "300")
    assert portal.userinfo(tokens["access_token"]).status_code == 200


def test_whoever_answers_for_a_device_waits_on_the_same_page(suite: Suite, browser: Browser) -> None:
    """RFC 8628 §3.3: the code was typed, then maintenance began: a page and no JSON; afterwards they go on."""
    screen = television(suite)
    begun = begin(screen)
    path = question(browser, begun)
    website(suite, 1, is_open=False, reason="maintenance")
    for waiting in (browser.http.get(path), send(browser, path, answer="allow")):
        assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "300")
        assert waiting.headers["Content-Type"].startswith("text/html")
    assert poll(screen, begun).json()["error"] == "authorization_pending"
    website(suite, 2, is_open=True, reason=None)
    suite.clock.advance(timedelta(seconds=5))
    assert send(browser, path, answer="allow").status_code == 303
    assert poll(screen, begun).status_code == 200
