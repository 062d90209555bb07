"""Consent: apps of others ask first, what was allowed can be looked at and taken back (ASVS 10.7.1 to 10.7.3)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from identity.demo import Someone, seed
from identity.sessions import ticket as tickets
from tests.service.identity_oidc.asking import (
    PHONE_APP,
    STRANGER,
    SYNC,
    allowed,
    arrive,
    ask,
    asked_to_allow,
    brought,
    led_to_consent,
    phone_app,
    pushed,
    stranger,
    visitor,
)
from tests.service.identity_oidc.suite import BILLING, CLINIC, KEEP, ORIGIN, App, Browser, Suite, claims_of, returned
from tests.support.pages import PageVisitor

PASSWORD = "two harbor seals at dawn"
PAM = Someone("pam.partner", PASSWORD, "Pam Partner", "pam@lakeside.example", active=True)


@pytest.fixture
def sync(suite: Suite) -> App:
    """An app of somebody else."""
    return stranger(suite)


@pytest.fixture
def page(suite: Suite, browser: Browser) -> PageVisitor:
    """Pat at the browser."""
    return visitor(suite, browser)


class TestTheQuestion:
    """ASVS 10.7.1: who asks, what for, what they would learn, where it is taken back."""

    def test_asvs_10_7_1_the_page_says_who_what_why_and_where(
        self, suite: Suite, sync: App, page: PageVisitor, pat: str
    ) -> None:
        """In words, with the names of both; links lead away only where the app's owner registered them."""
        ask(sync, page, scope="openid profile email organization functions")
        for words in (
            "Allow Chart sync to know you?",
            "Pat Partner (pat.partner)",
            "Chart sync, sync.example",
            "To copy your claims into your own charts every night.",
            "your name and user ID",
            "your e-mail address",
            "the organization you work for: Lakeside Family Practice",
            "what you may do there",
            "It never sees your password",
        ):
            assert words in page.text, words
        assert "mobile phone" not in page.text
        assert page.leads_to("Apps in your account") == f"{ORIGIN}/account/apps"
        foreign = {link for link in page.links() if not link.startswith((ORIGIN, "tel:"))}
        assert foreign == {f"{SYNC}/privacy", f"{SYNC}/terms"}
        assert allowed(suite, pat) is None

    def test_a_yes_is_remembered(self, suite: Suite, sync: App, page: PageVisitor, pat: str) -> None:
        """The app gets its code; the next time nobody is asked, also for less."""
        ask(sync, page, scope="openid profile email")
        page.press("Allow")
        back = brought(page)
        assert claims_of(sync.redeem(back["code"], sync.verifiers[back["state"]]).json()["id_token"])["sub"] == pat
        assert allowed(suite, pat) == ["email", "openid", "profile"]
        for scope in ("openid profile email", "openid"):
            ask(sync, page, scope=scope)
            assert "code" in brought(page)

    def test_more_is_asked_for_again(self, suite: Suite, sync: App, page: PageVisitor, pat: str) -> None:
        """A yes covers what was on the page; what was allowed before is not lost by the next."""
        ask(sync, page, scope="openid email")
        page.press("Allow")
        ask(sync, page, scope="openid phone")
        assert asked_to_allow(page, "Chart sync")
        assert "your mobile phone number" in page.text and "e-mail" not in page.text
        page.press("Allow")
        assert allowed(suite, pat) == ["email", "openid", "phone"]

    def test_a_no_is_told_and_not_remembered(self, suite: Suite, sync: App, page: PageVisitor, pat: str) -> None:
        """`access_denied` with state and iss (threat 4); the next request asks again."""
        asked = sync.asked(state="s")
        page.stop_at = sync.redirect_uri
        page.open(f"/oauth/authorize?{httpx.QueryParams(asked)}")
        page.press("Do not allow")
        back = brought(page)
        assert (back["error"], back["state"], back["iss"]) == ("access_denied", "s", ORIGIN)
        assert allowed(suite, pat) is None
        ask(sync, page)
        assert asked_to_allow(page, "Chart sync")

    def test_a_no_travels_by_form_where_answers_do(self, sync: App, page: PageVisitor) -> None:
        """`response_mode=form_post` holds for refusals, too."""
        ask(sync, page, response_mode="form_post")
        page.press("Do not allow")
        assert 'name="error" value="access_denied"' in page.answer.text
        assert f'action="{SYNC}/callback"' in page.answer.text

    def test_from_nobody_signed_in_to_the_app(self, suite: Suite, sync: App) -> None:
        """Sign-in first, then the question, then the app: no step needs a script."""
        account_id = seed(suite.context, [PAM])[PAM.user_id]
        page = visitor(suite)
        ask(sync, page, scope="openid profile")
        assert "Chart sync" in page.text
        page.fill("User ID", PAM.user_id)
        page.fill("Password", PASSWORD)
        page.press("Sign in")
        assert asked_to_allow(page, "Chart sync")
        page.press("Allow")
        assert "code" in brought(page) and allowed(suite, account_id) == ["openid", "profile"]

    def test_in_spanish(self, suite: Suite, sync: App, browser: Browser) -> None:
        """The whole page but the words of the app's owner."""
        page = visitor(suite, browser, "es")
        ask(sync, page, scope="openid email")
        assert "Chart sync" in page.text and "su dirección de correo" in page.text
        for english in ("Allow ", "It would be told", "Who asks", "password"):
            assert english not in page.text, english

    def test_the_suites_own_apps_do_not_ask(self, portal: App, browser: Browser) -> None:
        """First parties skip it, even where they ask for it (contract: their people did not come to grant anything)."""
        assert "code" in returned(portal.authorize(browser, prompt="consent"))

    def test_claims_by_name_are_on_the_page(self, suite: Suite, sync: App, page: PageVisitor, pat: str) -> None:
        """A claim asked for by its name is no way around the question (E25)."""
        ask(sync, page, scope="openid", claims='{"userinfo":{"email":null}}')
        assert "your e-mail address" in page.text
        page.press("Allow")
        back = brought(page)
        tokens = sync.redeem(back["code"], sync.verifiers[back["state"]]).json()
        assert sync.userinfo(tokens["access_token"]).json()["email"] == "pat@lakeside.example"
        assert allowed(suite, pat) == ["email", "openid"]

    def test_what_the_app_may_do_is_named(self, suite: Suite, browser: Browser) -> None:
        """A scope of an API is an act, not a fact."""
        api = f"{ORIGIN}/api/access"
        app = stranger(suite, scopes=("openid", "access.evaluate"), audiences=(api,))
        page = visitor(suite, browser)
        ask(app, page, scope="openid access.evaluate", resource=api)
        assert "It could act for you" in page.text and "ask whether you may do something" in page.text

    def test_an_app_that_learns_nothing_says_so(self, sync: App, page: PageVisitor) -> None:
        """`openid` alone tells no more than that somebody is signed in."""
        ask(sync, page, scope="openid")
        assert "only that you are signed in" in page.text

    def test_markup_in_what_the_owner_wrote_stays_text(self, suite: Suite, browser: Browser) -> None:
        """Threat 46: name and purpose come from somebody else."""
        evil = "<script>alert(1)</script>{{7*7}}"
        app = stranger(suite, name=f"Chart {evil}", purpose=f"For {evil}")
        page = visitor(suite, browser)
        ask(app, page)
        assert evil in page.text and "49" not in page.text
        assert "<script>alert" not in page.answer.text


class TestAskingAgainAndNotAtAll:
    """`prompt=consent` and `prompt=none` (OIDC Core §3.1.2.1)."""

    def test_threat_23_without_a_page_the_app_hears_that_one_is_needed(
        self, suite: Suite, sync: App, browser: Browser, page: PageVisitor
    ) -> None:
        """`consent_required` before the yes and for more than it, a code after it."""
        refused = returned(sync.authorize(browser, prompt="none"))
        assert (refused["error"], refused["iss"]) == ("consent_required", ORIGIN)
        ask(sync, page)
        page.press("Allow")
        assert "code" in returned(sync.authorize(browser, prompt="none"))
        more = returned(sync.authorize(browser, prompt="none", scope="openid profile phone"))
        assert more["error"] == "consent_required"

    def test_prompt_consent_asks_every_time_and_once(self, suite: Suite, sync: App, page: PageVisitor) -> None:
        """However often it was allowed; a yes on this way is the end of it."""
        for _ in range(2):
            suite.clock.advance(timedelta(seconds=1))
            ask(sync, page, prompt="consent")
            assert asked_to_allow(page, "Chart sync")
            page.press("Allow")
            assert "code" in brought(page)

    def test_both_a_sign_in_and_consent(self, suite: Suite, sync: App, pat: str, browser: Browser) -> None:
        """One after the other, neither twice: who signed in anew has not said yes yet."""
        page = visitor(suite, browser)
        ask(sync, page)
        page.press("Allow")
        suite.clock.advance(timedelta(seconds=30))
        answer = sync.authorize(browser, prompt="login consent")
        text = parse_qs(urlsplit(answer.headers["Location"]).query)["ticket"][0]
        back = tickets.read(text, keys=[KEEP.encode()], now=suite.clock.now()).return_path
        suite.clock.advance(timedelta(seconds=30))
        again = suite.browser(pat)
        where = led_to_consent(again.http.get(back))
        page = visitor(suite, again)
        page.stop_at = sync.redirect_uri
        page.open(where)
        page.press("Allow")
        assert "code" in brought(page)

    def test_a_public_client_is_allowed_for_this_once(self, suite: Suite, browser: Browser, pat: str) -> None:
        """RFC 8252 §8.6: anybody can pretend to be it, so a yes of yesterday is none today, nor without a page."""
        app = phone_app(suite)
        page = visitor(suite, browser)
        for _ in range(2):
            suite.clock.advance(timedelta(seconds=1))
            ask(app, page)
            assert asked_to_allow(page, "Chart phone")
            page.press("Allow")
            assert "code" in brought(page)
        assert allowed(suite, pat, PHONE_APP)
        assert returned(app.authorize(browser, prompt="none"))["error"] == "consent_required"


class TestWithPushedRequests:
    """The question comes between arriving and the answer."""

    def test_a_yes_goes_on_and_a_no_uses_the_request_up(self, suite: Suite, sync: App, browser: Browser) -> None:
        """The reference is all that travels; whatever is answered, it is used."""
        for answer, told in (("Do not allow", "error"), ("Allow", "code")):
            uri = pushed(sync, prompt="consent")
            page = visitor(suite, browser)
            page.stop_at = sync.redirect_uri
            page.open(f"/oauth/authorize?{httpx.QueryParams({'client_id': STRANGER, 'request_uri': uri})}")
            assert set(httpx.URL(page.address).params) == {"client_id", "request_uri"}
            page.press(answer)
            assert told in brought(page)
            assert arrive(sync, browser, uri).status_code == 400


def test_the_organization_on_the_page_is_the_one_that_is_told(suite: Suite, sync: App, pat: str) -> None:
    """With two of them, the one the app names (G6)."""
    suite.membership(pat, BILLING)
    browser = suite.browser(pat)
    suite.choose(browser, CLINIC)
    page = visitor(suite, browser)
    ask(sync, page, scope="openid organization", organization=BILLING["id"])
    assert "the organization you work for: Billing Partners" in page.text
    page.press("Allow")
    back = brought(page)
    tokens = sync.redeem(back["code"], sync.verifiers[back["state"]]).json()
    assert claims_of(tokens["id_token"])["org"] == BILLING
