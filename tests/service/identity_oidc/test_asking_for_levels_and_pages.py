"""What an app asks of the sign-in: phishing-resistant proofs, fresh ones, new people (E25, E26, threat 24)."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pyotp
import pytest

from identity.demo import Someone, seed
from identity.sessions import ticket as tickets
from identity.sessions.ticket import Ticket
from tests.service.identity_oidc.asking import ask, register, visitor
from tests.service.identity_oidc.suite import KEEP, ORIGIN, SECRETS, App, Browser, Suite, claims_of, returned
from tests.support.pages import PageVisitor

PASSWORD = "two harbor seals at dawn"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
APP_HOLDER = Someone("pam.partner", PASSWORD, "Pam Partner", "pam@lakeside.example", totp_secret=SECRET, active=True)
PLAIN = Someone("lou.partner", PASSWORD, "Lou Partner", "lou@lakeside.example", active=True)
SECRETS["vault"] = "v" * 48


def ticket_of(suite: Suite, location: str) -> Ticket:
    """Read the ticket that a browser is sent to sign in with."""
    text = parse_qs(urlsplit(location).query)["ticket"][0]
    return tickets.read(text, keys=[KEEP.encode()], now=suite.clock.now())


@pytest.fixture
def page(suite: Suite) -> Iterator[PageVisitor]:
    """A browser with nobody signed in."""
    seed(suite.context, [APP_HOLDER, PLAIN])
    yield visitor(suite)


def sign_in(page: PageVisitor, someone: Someone) -> None:
    """Type user ID and password."""
    page.fill("User ID", someone.user_id)
    page.fill("Password", PASSWORD)
    page.press("Sign in")


class TestPhishingResistant:
    """`phr` may be asked for, or be what a client is registered with."""

    def test_e25_a_passkey_reaches_it(self, suite: Suite, portal: App, pat: str) -> None:
        """`acr` is `phr`, and `amr` says which kind of key (RFC 8176)."""
        passkey = suite.browser(pat, ("hwk", "user"))
        said = claims_of(portal.tokens(passkey, acr_values="phr")["id_token"])
        assert said["acr"] == "phr" and "hwk" in said["amr"]

    def test_threat_24_two_factors_are_not_enough(self, suite: Suite, portal: App, pat: str) -> None:
        """Password and app: to sign-in, which hears what is wanted; or refused where no page may be shown."""
        strong = suite.browser(pat, ("pwd", "otp"))
        answer = portal.authorize(strong, acr_values="phr")
        assert ticket_of(suite, answer.headers["Location"]).required_acr == "phr"
        assert returned(portal.authorize(strong, acr_values="phr", prompt="none"))["error"] == "interaction_required"

    def test_a_client_may_be_registered_with_it(self, suite: Suite, pat: str) -> None:
        """`minimum_acr` of `phr` binds every request, whatever it asks for."""
        vault = register(suite, "vault", minimum_acr="phr", justification=None)
        strong = suite.browser(pat, ("pwd", "otp"))
        for wish in ("urn:gatehouse:acr:1", None):
            answer = vault.authorize(strong, acr_values=wish)
            assert ticket_of(suite, answer.headers["Location"]).required_acr == "phr"
        assert "code" in returned(vault.authorize(suite.browser(pat, ("swk", "user"))))

    def test_somebody_without_any_factor_is_shown_how_to_get_one(self, page: PageVisitor, portal: App) -> None:
        """After the password: a passkey can be made, and nothing weaker is offered."""
        ask(portal, page, acr_values="phr")
        sign_in(page, PLAIN)
        assert "Make a passkey" in page.text
        assert "Set up an app" not in page.text

    def test_somebody_with_an_app_proves_it_and_then_makes_a_passkey(
        self, suite: Suite, page: PageVisitor, portal: App
    ) -> None:
        """Nobody binds a stronger factor before they have proved the one they have (threat 32)."""
        ask(portal, page, acr_values="phr")
        sign_in(page, APP_HOLDER)
        page.fill("6-digit code", pyotp.TOTP(SECRET).at(suite.clock.now()))
        page.press("Continue")
        assert "Make a passkey" in page.text
        assert "Set up an app" not in page.text


class TestFreshness:
    """`max_age` and `auth_time` (OIDC Core §3.1.2.1)."""

    def test_e25_auth_time_says_when(self, suite: Suite, portal: App, pat: str) -> None:
        """The instant of the proof, not of the token."""
        browser = suite.browser(pat)
        then = int(suite.clock.now().timestamp())
        suite.clock.advance(timedelta(minutes=7))
        tokens = portal.tokens(browser, max_age="600")
        assert claims_of(tokens["id_token"])["auth_time"] == then
        assert returned(portal.authorize(browser, max_age="60", prompt="none"))["error"] == "login_required"

    def test_threat_24_max_age_zero_means_now(self, suite: Suite, portal: App, browser: Browser) -> None:
        """However fresh; whoever only comes back without signing in again is not let through."""
        suite.clock.advance(timedelta(seconds=5))
        answer = portal.authorize(browser, max_age="0")
        demanded = ticket_of(suite, answer.headers["Location"])
        assert demanded.not_before == suite.clock.now()
        suite.clock.advance(timedelta(seconds=5))
        assert browser.http.get(demanded.return_path).headers["Location"].startswith("/login?ticket=")

    def test_both_count(self, suite: Suite, portal: App, pat: str) -> None:
        """`prompt=login` beside a generous `max_age` still asks."""
        browser = suite.browser(pat)
        suite.clock.advance(timedelta(seconds=5))
        answer = portal.authorize(browser, prompt="login", max_age="10000")
        assert ticket_of(suite, answer.headers["Location"]).not_before == suite.clock.now()


class TestNewPeople:
    """`prompt=create` (Initiating User Registration via OpenID Connect 1.0, capability E26)."""

    def test_e26_registration_comes_first_and_leads_back(self, suite: Suite, portal: App, pat: str) -> None:
        """With the way back to the same request, on this origin (threat 25); then sign-in as usual, once."""
        nobody = suite.browser()
        where = urlsplit(portal.authorize(nobody, prompt="create", ui_locales="es").headers["Location"])
        query = parse_qs(where.query)
        assert (where.scheme, where.netloc, where.path, query["lang"]) == ("", "", "/register", ["es"])
        back = query["back"][0]
        assert back.startswith("/oauth/authorize?")
        assert nobody.http.get(back).headers["Location"].startswith("/login?ticket=")
        assert "code" in returned(suite.browser(pat).http.get(back))

    def test_e26_also_for_somebody_who_is_signed_in(self, portal: App, browser: Browser) -> None:
        """The app says that it wants a new account; whoever turns round goes on as they are."""
        assert portal.authorize(browser, prompt="create").headers["Location"].startswith("/register?")

    def test_e26_the_metadata_lists_it(self, suite: Suite) -> None:
        """`prompt_values_supported`."""
        told = suite.http.get("/.well-known/openid-configuration").json()
        assert "create" in told["prompt_values_supported"]

    def test_threat_1_only_for_registered_apps_and_addresses(self, portal: App, browser: Browser) -> None:
        """Nobody is led anywhere by a request that may not be answered."""
        for changes in ({"client_id": "nobody"}, {"redirect_uri": "https://evil.example/"}):
            answer = portal.authorize(browser, prompt="create", **changes)
            assert answer.status_code == 400 and "Location" not in answer.headers

    def test_not_without_a_page(self, portal: App, browser: Browser) -> None:
        """`none` beside it contradicts it."""
        assert returned(portal.authorize(browser, prompt="create none"))["error"] == "invalid_request"


def test_an_app_with_a_scheme_of_its_own_is_reached_by_a_page(suite: Suite, pat: str) -> None:
    """Browsers follow no redirect to such a scheme after a form of ours: a link leads there, with code, state, iss."""
    native = register(
        suite,
        "vault",
        profile="native",
        auth_methods=("none",),
        redirect_uris=("com.example.charts:/callback",),
    )
    answer = native.authorize(suite.browser(pat), state="s")
    assert answer.status_code == 200
    assert 'href="com.example.charts:/callback?code=' in answer.text
    assert urlencode({"iss": ORIGIN}) in answer.text and "state=s" in answer.text
    refused = native.authorize(suite.browser(pat), response_mode="form_post")
    assert "GH-OIDC-013" in refused.text or "GH-OIDC-013" in refused.headers.get("Location", "")
