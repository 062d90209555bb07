"""The apps a person is signed in to: on their page, and through the word of an app that its person is at work."""

from datetime import timedelta

import httpx
import pytest

from shared.auth import TokenVerifier
from tests.service.identity_oidc.suite import ORIGIN, SECRETS, App, Browser, Suite
from tests.support.pages import PageVisitor

API = f"{ORIGIN}/api/identity"


@pytest.fixture
def console(suite: Suite) -> App:
    """Access-manager's side: pages, so no refresh token. Identity reads its own keys without a network."""
    suite.context.verifier = TokenVerifier(ORIGIN, API, suite.clock, lambda: suite.http.get("/oauth/jwks").json())
    return App(suite, "access-manager", f"{ORIGIN}/manage/callback", scope="openid profile email population")


def at_work(suite: Suite, app: App, sid: str, method: str = "POST") -> httpx.Response:
    """Let the app say that its person is at work; or ask, with GET."""
    form = {"grant_type": "client_credentials", "resource": API}
    answer = suite.http.post("/oauth/token", data=form, auth=(app.client_id, SECRETS[app.client_id]))
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    path = f"/api/identity/v1/sessions/{sid}" + ("/use" if method == "POST" else "")
    return suite.http.request(method, path, headers=headers)


def visitor(suite: Suite, browser: Browser) -> PageVisitor:
    """The person at the browser, reading pages."""
    made = PageVisitor(ORIGIN, "en")
    made._http = httpx.Client(transport=httpx.WSGITransport(app=suite.app), cookies=browser.http.cookies)
    return made


class TestAtWork:
    """Work on pages of the suite is use of the sign-in."""

    def test_work_in_an_app_keeps_the_sign_in(self, suite: Suite, console: App, pat: str) -> None:
        """Three hours at the console, without a page of identity: the session goes on, and ends after idle time."""
        browser = suite.browser(pat, ("pwd", "otp"))
        console.tokens(browser)
        for _ in range(4):
            suite.clock.advance(timedelta(minutes=45))
            told = at_work(suite, console, browser.sid).json()
            assert told["idle_seconds"] == 3600
        suite.clock.advance(timedelta(minutes=61))
        assert at_work(suite, console, browser.sid).status_code == 410

    def test_asking_is_not_use(self, suite: Suite, console: App, pat: str) -> None:
        """A countdown that asks how long is left must not be what keeps the session."""
        browser = suite.browser(pat, ("pwd", "otp"))
        console.tokens(browser)
        suite.clock.advance(timedelta(minutes=59))
        assert at_work(suite, console, browser.sid, "GET").status_code == 200
        suite.clock.advance(timedelta(minutes=2))
        assert at_work(suite, console, browser.sid, "GET").json()["type"].endswith("session-over")

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_what_is_over_or_never_was_is_told_alike(self, suite: Suite, console: App, pat: str, method: str) -> None:
        """410 for a session that ended, one that owes something, and one that nobody ever had."""
        browser = suite.browser(pat, ("pwd", "otp"))
        suite.end_session(browser.sid)
        for sid in (browser.sid, "ses_nobodys"):
            assert at_work(suite, console, sid, method).status_code == 410

    def test_only_the_suite_s_own_pages_may_say_so(self, suite: Suite, portal: App, browser: Browser) -> None:
        """A portal uses its refresh token; it gets no token for this API."""
        form = {"grant_type": "client_credentials", "resource": API}
        assert portal.token(form).status_code == 400


class TestTheirPage:
    """`/account/apps` (ASVS 10.4.9, 10.7.2, 10.7.3)."""

    def test_it_lists_what_each_app_is_told(self, suite: Suite, portal: App, browser: Browser) -> None:
        """In words, only apps that hold something, by name."""
        page = visitor(suite, browser)
        page.open(f"{ORIGIN}/account/apps")
        assert "No app is using your sign-in at the moment." in page.text
        portal.tokens(browser, scope="openid email functions")
        page.open(f"{ORIGIN}/account/apps")
        assert "Sample portal" in page.text
        assert "your e-mail address" in page.text and "what you may do there" in page.text
        assert "your mobile phone number" not in page.text

    def test_an_app_that_knows_nothing_is_said_to(self, suite: Suite, portal: App, browser: Browser) -> None:
        """Only that somebody is signed in."""
        portal.tokens(browser, scope="openid")
        page = visitor(suite, browser)
        page.open(f"{ORIGIN}/account/apps")
        assert "only that you are signed in" in page.text

    def test_disconnecting_takes_everything_back_at_once(self, suite: Suite, portal: App, browser: Browser) -> None:
        """Everything that app holds, of every sign-in there; other apps keep theirs (ASVS 10.4.9, 10.7.3)."""
        other = App(suite, "other", "https://other.example/cb?tenant=1")
        first, second, kept = portal.tokens(browser), portal.tokens(browser), other.tokens(browser)
        page = visitor(suite, browser)
        page.open(f"{ORIGIN}/account/apps")
        page.press("Disconnect Sample portal")
        assert "The app is disconnected." in page.text and "Other portal" in page.text
        assert "Sample portal" not in page.text
        for tokens in (first, second):
            assert not portal.introspect(tokens["access_token"])["active"]
            assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert other.introspect(kept["access_token"])["active"]

    def test_a_disconnected_page_of_ours_is_over_until_its_person_returns(
        self, suite: Suite, console: App, pat: str
    ) -> None:
        """The console hears it at its next use; opening it anew is a new beginning."""
        browser = suite.browser(pat, ("pwd", "otp"))
        console.tokens(browser)
        page = visitor(suite, browser)
        page.open(f"{ORIGIN}/account/apps")
        page.press("Disconnect Access management")
        assert at_work(suite, console, browser.sid).status_code == 410
        suite.clock.advance(timedelta(seconds=1))
        console.tokens(browser)
        assert at_work(suite, console, browser.sid).status_code == 200

    def test_nobody_disconnects_for_somebody_else(self, suite: Suite, portal: App, browser: Browser) -> None:
        """A form without anything to end, and without our token, changes nothing (threats 21, 35)."""
        tokens = portal.tokens(browser)
        ann = suite.browser(suite.person("ann"))
        page = visitor(suite, ann)
        page.open(f"{ORIGIN}/account/apps")
        token = page.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
        address, headers = f"{ORIGIN}/account/apps/portal/disconnect", {"Origin": ORIGIN}
        assert page._http.post(address, data={"csrf_token": token}, headers=headers).status_code == 404
        forged = browser.http.post("/account/apps/portal/disconnect", headers={"Origin": "https://evil.example"})
        assert forged.status_code == 403
        assert portal.introspect(tokens["access_token"])["active"]

    def test_what_ended_with_its_session_is_not_listed(self, suite: Suite, portal: App, pat: str) -> None:
        """An app of yesterday's sign-in holds nothing any more."""
        yesterday = suite.browser(pat)
        portal.tokens(yesterday)
        suite.end_session(yesterday.sid)
        page = visitor(suite, suite.browser(pat))
        page.open(f"{ORIGIN}/account/apps")
        assert "No app is using your sign-in at the moment." in page.text
