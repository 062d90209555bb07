"""Signing out at an app's request, module by module (RP-Initiated Logout 1.0), and what an app may leave out: E20.

The eleven modules of the certification plan are named in the tests that keep them; attacks 17 and 18 have more tests in
test_signing_out.py.
"""

import re
from datetime import timedelta

import httpx
import pytest

from tests.service.identity_oidc.listening import Ears, listening
from tests.service.identity_oidc.suite import ORIGIN, PORTAL, App, Browser, Suite

LANDING = f"{PORTAL}/"
END = "/oauth/logout"


def out(browser: Browser, **parameters: str) -> httpx.Response:
    """Send the browser with a request to sign out; nothing is followed."""
    return browser.http.get(END, params=parameters)


def press(browser: Browser, page: httpx.Response, **changed: str) -> httpx.Response:
    """Press the page's button: every field of its form is sent back, some of them changed."""
    action = re.findall(r'<form[^>]* action="([^"]*)"', page.text)[-1]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
    return browser.http.post(action, data={**fields, **changed})


def test_the_endpoint_is_found_through_the_metadata(suite: Suite) -> None:
    """Module discovery-endpoint-verification."""
    found = suite.http.get("/.well-known/openid-configuration").json()
    assert found["end_session_endpoint"] == f"{ORIGIN}{END}"


@pytest.mark.parametrize("state", [None, "kept & safe"])
def test_the_app_signs_its_person_out_and_gets_them_back(
    suite: Suite, portal: App, browser: Browser, state: str | None
) -> None:
    """Modules (plain) and no-state: back at the registered address, the state as it came; nobody is signed in."""
    hint = portal.tokens(browser)["id_token"]
    given = {"state": state} if state else {}
    answer = out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING, **given)
    expected = f"{LANDING}?state=kept+%26+safe" if state else LANDING
    assert (answer.status_code, answer.headers["Location"]) == (303, expected)
    again = portal.authorize(browser, prompt="none")
    assert "error=login_required" in again.headers["Location"]


@pytest.mark.parametrize("landing", ["https://evil.example/", f"{LANDING}?foo=bar", "https://portal.example", "x"])
def test_an_address_that_is_not_registered_leads_nowhere(
    suite: Suite, portal: App, browser: Browser, landing: str
) -> None:
    """Modules bad-post-logout-redirect-uri and query-added-to-post-logout-redirect-uri (attack 18)."""
    answer = out(browser, id_token_hint=portal.tokens(browser)["id_token"], post_logout_redirect_uri=landing)
    assert answer.status_code == 400 and "GH-OIDC-061" in answer.text and f'href="{landing}' not in answer.text
    assert suite.is_open(browser.sid)


@pytest.mark.parametrize("spoil", [lambda hint: hint[:-6] + "AAAAAA", lambda hint: hint.split(".")[0], lambda _: "no"])
def test_a_hint_that_is_none_ends_nothing(suite: Suite, portal: App, browser: Browser, spoil: object) -> None:
    """Modules modified-id-token-hint and bad-id-token-hint (attack 17)."""
    hint = spoil(portal.tokens(browser)["id_token"])  # type: ignore[operator]
    answer = out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING, state="s")
    assert answer.status_code == 400 and "GH-OIDC-060" in answer.text
    assert suite.is_open(browser.sid)


@pytest.mark.parametrize(
    "parameters",
    [{}, {"state": "only"}, {"post_logout_redirect_uri": LANDING, "state": "s"}, {"ui_locales": "fr"}],
)
def test_without_a_hint_the_person_decides_and_stays_here(
    suite: Suite, browser: Browser, parameters: dict[str, str]
) -> None:
    """Modules no-params, only-state and no-id-token-hint: our page asks; its button ends the session (ASVS 10.6.2)."""
    asked = browser.http.get(END, params=parameters, follow_redirects=True)
    assert asked.url.path == "/logout" and "Sign out everywhere?" in asked.text
    assert suite.is_open(browser.sid)
    done = browser.http.get(press(browser, asked).headers["Location"])
    assert "You are signed out" in done.text and PORTAL not in done.text
    assert not suite.is_open(browser.sid)


def test_without_an_address_our_own_page_says_it(suite: Suite, portal: App, browser: Browser) -> None:
    """Module no-post-logout-redirect-uri."""
    answer = out(browser, id_token_hint=portal.tokens(browser)["id_token"])
    assert "You are signed out" in browser.http.get(answer.headers["Location"]).text
    assert not suite.is_open(browser.sid)


class TestAnAppThatOnlyNamesItself:
    """`client_id` without a hint (§2): the person learns who asks, and finds the way back by themselves."""

    ASKED = {"client_id": "portal", "post_logout_redirect_uri": LANDING, "state": "s1"}

    def test_our_page_says_who_asks(self, suite: Suite, browser: Browser) -> None:
        """Nothing has ended yet, and nothing leads away."""
        asked = out(browser, **self.ASKED)
        assert asked.status_code == 200 and "Sample portal asks to sign you out." in asked.text
        assert f'href="{LANDING}' not in asked.text
        assert suite.is_open(browser.sid)

    def test_who_agrees_is_signed_out_everywhere_and_offered_the_way_back(
        self, suite: Suite, portal: App, browser: Browser
    ) -> None:
        """A link, never a redirect (attack 18); every app of the session hears of it."""
        with listening(suite) as receiver:
            portal.tokens(browser)
            agreed = press(browser, out(browser, **self.ASKED))
            assert agreed.status_code == 303 and agreed.headers["Location"].startswith(f"{END}?")
            assert "gh_session=;" in agreed.headers["Set-Cookie"]
            page = browser.http.get(agreed.headers["Location"])
            assert "You are signed out" in page.text and "Go back to Sample portal" in page.text
            assert f'href="{LANDING}?state=s1"' in page.text
            Ears(suite).settle()
            assert len(receiver.tokens) == 1
        assert not suite.is_open(browser.sid)

    @pytest.mark.parametrize("landing", ["https://evil.example/", f"{LANDING}?x=1", "javascript:alert(1)"])
    def test_an_address_of_somebody_else_is_no_link(self, suite: Suite, browser: Browser, landing: str) -> None:
        """Signed out all the same; the page knows no way back."""
        asked = out(browser, **{**self.ASKED, "post_logout_redirect_uri": landing})
        page = browser.http.get(press(browser, asked).headers["Location"])
        assert "You are signed out" in page.text and f'href="{landing}' not in page.text and "Go back" not in page.text
        assert not suite.is_open(browser.sid)

    def test_a_forged_answer_ends_nothing(self, suite: Suite, browser: Browser) -> None:
        """Attack 18: our page's form carries a token, and another origin is refused."""
        asked = out(browser, **self.ASKED)
        assert press(browser, asked, csrf_token="guessed").status_code == 403
        elsewhere = {"Origin": "https://evil.example"}
        assert browser.http.post("/oauth/logout/confirmed", data=self.ASKED, headers=elsewhere).status_code == 403
        assert suite.is_open(browser.sid)

    @pytest.mark.parametrize("name", ["nobody", "port\x00al", "x" * 500, "<b>"])
    def test_a_name_that_nobody_has_is_nobody(self, suite: Suite, browser: Browser, name: str) -> None:
        """The page for everybody asks."""
        answer = out(browser, client_id=name, post_logout_redirect_uri=LANDING)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/logout")
        assert suite.is_open(browser.sid)

    def test_whoever_is_signed_out_already_is_told_so(self, suite: Suite) -> None:
        """Nothing to ask; the way back is there."""
        answer = out(suite.browser(), **self.ASKED)
        assert answer.status_code == 200 and "You are signed out" in answer.text
        assert f'href="{LANDING}?state=s1"' in answer.text

    def test_named_twice_is_not_named(self, suite: Suite, browser: Browser) -> None:
        """Whichever of the two somebody meant, the page for everybody asks."""
        answer = browser.http.get(f"{END}?client_id=portal&client_id=other&post_logout_redirect_uri={LANDING}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/logout")


class TestTheHintBelongsToThisSession:
    """§2: the provider must ask where the ID token is not of the session that the browser has (ASVS 10.6.2)."""

    def test_one_of_an_earlier_session_of_the_same_person_asks(
        self, suite: Suite, portal: App, browser: Browser, pat: str
    ) -> None:
        """Attack 17: an ID token from last week's log signs nobody out; the person may, and gets back by a link."""
        old = portal.tokens(browser)["id_token"]
        suite.end_session(browser.sid)
        now = suite.browser(pat)
        asked = out(now, id_token_hint=old, post_logout_redirect_uri=LANDING)
        assert asked.status_code == 200 and "Sample portal asks to sign you out." in asked.text
        assert suite.is_open(now.sid)
        page = now.http.get(press(now, asked).headers["Location"])
        assert f'href="{LANDING}"' in page.text and not suite.is_open(now.sid)

    def test_one_of_another_person_asks(self, suite: Suite, portal: App, browser: Browser) -> None:
        """Attack 17: and ends neither session by itself."""
        mal = suite.browser(suite.person("mallory"))
        asked = out(browser, id_token_hint=portal.tokens(mal)["id_token"], post_logout_redirect_uri=LANDING)
        assert asked.status_code == 200 and "asks to sign you out" in asked.text
        assert suite.is_open(browser.sid) and suite.is_open(mal.sid)

    def test_a_second_proof_does_not_make_it_another_session(self, suite: Suite, portal: App, browser: Browser) -> None:
        """The app keeps the ID token of the morning; a step-up later in the day is the same session."""
        hint = portal.tokens(browser)["id_token"]
        suite.clock.advance(timedelta(minutes=50))
        answer = out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING)
        assert answer.headers["Location"] == LANDING

    def test_where_nobody_is_signed_in_the_app_gets_its_browser_back(
        self, suite: Suite, portal: App, browser: Browser
    ) -> None:
        """The session ended by itself meanwhile: there is nothing to ask about."""
        hint = portal.tokens(browser)["id_token"]
        suite.end_session(browser.sid)
        assert out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING).headers["Location"] == LANDING


class TestInTheLanguageThatTheAppAsksFor:
    """`ui_locales`: the first that we speak; without one, the browser's own."""

    @pytest.mark.parametrize(("asked", "words"), [("es-MX en", "cerrar su sesión"), ("fr", "asks to sign you out")])
    def test_the_question(self, browser: Browser, asked: str, words: str) -> None:
        """The page that asks."""
        page = out(browser, client_id="portal", ui_locales=asked)
        assert words in page.text
        assert page.headers["Content-Language"] == ("es" if "es" in asked else "en")

    def test_the_answer_keeps_it(self, browser: Browser) -> None:
        """Through the button to the last page."""
        page = press(browser, out(browser, client_id="portal", ui_locales="es"))
        assert browser.http.get(page.headers["Location"]).headers["Content-Language"] == "es"

    def test_the_page_for_everybody_and_the_page_of_a_wrong_request(self, portal: App, browser: Browser) -> None:
        """They speak it, too."""
        hint = portal.tokens(browser)["id_token"]
        assert out(browser, id_token_hint="x", ui_locales="es").headers["Content-Language"] == "es"
        assert out(browser, ui_locales="es").headers["Location"] == "/logout?lang=es"
        assert out(browser, id_token_hint=hint, ui_locales="es").headers["Location"] == "/logout?lang=es"


@pytest.mark.parametrize("signed_in", [True, False])
def test_a_form_is_as_good_as_a_link(suite: Suite, portal: App, browser: Browser, signed_in: bool) -> None:
    """POST (§2): a form from the app's site brings no cookie, so it is turned into a GET that does."""
    hint = portal.tokens(browser)["id_token"]
    if not signed_in:
        suite.end_session(browser.sid)
    form = {"id_token_hint": hint, "post_logout_redirect_uri": LANDING, "state": "s"}
    first = browser.http.post(END, data=form, headers={"Origin": PORTAL})
    assert first.status_code == 303 and first.headers["Location"].startswith(f"{END}?")
    assert browser.http.get(first.headers["Location"]).headers["Location"] == f"{LANDING}?state=s"
    assert not suite.is_open(browser.sid)
