"""From the app through sign-in and back, as a person without JavaScript sees it."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pyotp
import pytest

from identity.demo import Someone, seed
from tests.service.identity_oidc.suite import BILLING, CALLBACK, CLINIC, ORIGIN, App, Suite, claims_of
from tests.support.pages import PageVisitor

PASSWORD = "two harbor seals at dawn"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAM = Someone("pam.partner", PASSWORD, "Pam Partner", "pam@lakeside.example", totp_secret=SECRET, active=True)


@pytest.fixture
def pam(suite: Suite) -> str:
    """Somebody with a password and an authenticator app."""
    return seed(suite.context, [PAM])[PAM.user_id]


@pytest.fixture
def visitor(suite: Suite, pam: str) -> PageVisitor:
    """A browser with nobody signed in, that stops at the portal's address."""
    made = PageVisitor(ORIGIN)
    made._http = httpx.Client(transport=httpx.WSGITransport(app=suite.app), headers={"Accept-Language": "en"})
    made.stop_at = CALLBACK
    return made


def start(app: App, visitor: PageVisitor, **changes: str | None) -> None:
    visitor.open(f"/oauth/authorize?{urlencode(app.asked(**changes))}")


def type_password(visitor: PageVisitor) -> None:
    visitor.fill("User ID", PAM.user_id)
    visitor.fill("Password", PASSWORD)
    visitor.press("Sign in")


def landed(visitor: PageVisitor) -> dict[str, str]:
    """The browser was sent to the app; return what it brings."""
    last = visitor.visited[-1].removeprefix("GET ")
    assert last.startswith(visitor.stop_at), visitor.text
    return dict(parse_qsl(urlsplit(last).query))


def redeemed(app: App, visitor: PageVisitor) -> dict[str, object]:
    told = landed(visitor)
    return claims_of(app.redeem(told["code"], app.verifiers[told["state"]]).json()["id_token"])


def test_a_password_and_back(suite: Suite, portal: App, visitor: PageVisitor, pam: str) -> None:
    """The sign-in page names the app; the next app needs no page at all (single sign-on)."""
    start(portal, visitor, login_hint="pam.partner")
    assert "Sample portal" in visitor.text
    type_password(visitor)
    claims = redeemed(portal, visitor)
    assert (claims["sub"], claims["acr"]) == (pam, "urn:gatehouse:acr:1")
    trial = App(suite, "trial", "http://127.0.0.1:9/cb", scope="openid")
    visitor.stop_at = "http://127.0.0.1:9/"
    start(trial, visitor)
    assert redeemed(trial, visitor)["sid"] == claims["sid"]


def test_an_app_that_needs_two_factors_asks_for_the_missing_one(
    suite: Suite, portal: App, visitor: PageVisitor
) -> None:
    """After a password for the portal, the console asks for the code only; the session stays the same one."""
    start(portal, visitor)
    type_password(visitor)
    first = redeemed(portal, visitor)
    console = App(suite, "access-manager", f"{ORIGIN}/manage/callback", scope="openid")
    visitor.stop_at = console.redirect_uri
    start(console, visitor, acr_values="urn:gatehouse:acr:2")
    visitor.fill("6-digit code", pyotp.TOTP(SECRET).at(suite.clock.now()))
    visitor.press("Continue")
    claims = redeemed(console, visitor)
    assert (claims["acr"], claims["sid"]) == ("urn:gatehouse:acr:2", first["sid"])


def test_prompt_login_asks_for_the_password_once_more(suite: Suite, portal: App, visitor: PageVisitor) -> None:
    """Once, not in a circle; the token says when."""
    start(portal, visitor)
    type_password(visitor)
    suite.clock.advance(timedelta(minutes=5))
    start(portal, visitor, prompt="login")
    type_password(visitor)
    assert redeemed(portal, visitor)["auth_time"] == int(suite.clock.now().timestamp())


def test_max_age_counts_from_the_request_whatever_the_page_takes(
    suite: Suite, portal: App, visitor: PageVisitor
) -> None:
    """A minute on the sign-in page is no reason to ask again."""
    start(portal, visitor)
    type_password(visitor)
    suite.clock.advance(timedelta(minutes=5))
    start(portal, visitor, max_age="60")
    suite.clock.advance(timedelta(minutes=2))
    type_password(visitor)
    assert "code" in landed(visitor)


def test_somebody_with_two_practices_says_for_which(suite: Suite, portal: App, visitor: PageVisitor, pam: str) -> None:
    """Chosen at sign-in; the token speaks of that one."""
    suite.membership(pam, CLINIC)
    suite.membership(pam, BILLING, functions=["remittance.view"])
    start(portal, visitor)
    type_password(visitor)
    visitor.choose("Billing Partners")
    visitor.press("Continue")
    claims = redeemed(portal, visitor)
    assert (claims["org"], claims["functions"]) == (BILLING, ["remittance.view"])


def test_the_choice_comes_late_where_the_second_practice_does(
    suite: Suite, portal: App, visitor: PageVisitor, pam: str
) -> None:
    """Somebody already signed in is asked for nothing but the organization."""
    suite.membership(pam, CLINIC)
    start(portal, visitor)
    type_password(visitor)
    suite.membership(pam, BILLING)
    start(portal, visitor)
    visitor.choose("Billing Partners")
    visitor.press("Continue")
    assert redeemed(portal, visitor)["org"] == BILLING


def test_form_post_works_at_a_click(suite: Suite, portal: App, visitor: PageVisitor) -> None:
    """Where scripts are off, one button carries the answer to the app."""
    start(portal, visitor, response_mode="form_post")
    type_password(visitor)
    assert "Going to Sample portal" in visitor.text
    sent: list[httpx.Request] = []
    visitor._http = httpx.Client(
        transport=httpx.MockTransport(lambda request: sent.append(request) or httpx.Response(200, text="welcome"))
    )
    visitor.press("Continue to Sample portal")
    assert str(sent[0].url) == CALLBACK
    assert {"code", "state", "iss"} == {name for name, _ in parse_qsl(sent[0].read().decode())}


def test_the_page_for_what_cannot_be_answered_speaks_to_both(visitor: PageVisitor, portal: App) -> None:
    """The person reads a code to read out; the developer finds what was received, folded away; nothing is a link."""
    start(portal, visitor, redirect_uri="https://evil.example/<script>")
    assert visitor.answer.status_code == 400
    assert "We cannot take you to the app" in visitor.text
    assert "GH-OIDC-003" in visitor.text
    assert "redirect_uri is not registered" in visitor.text
    assert "<script>" not in visitor.answer.text.split("<main")[1]
    assert not [link for link in visitor.links() if link.startswith("https://evil")]


def test_signing_out_from_the_app_ends_the_sign_in(suite: Suite, portal: App, visitor: PageVisitor) -> None:
    """The next request meets the sign-in page again."""
    start(portal, visitor)
    type_password(visitor)
    told = landed(visitor)
    hint = portal.redeem(told["code"], portal.verifiers[told["state"]]).json()["id_token"]
    visitor.stop_at = "\n"
    visitor.open(f"/oauth/logout?{urlencode({'id_token_hint': hint})}")
    assert "You are signed out" in visitor.text
    start(portal, visitor)
    assert "Password" in visitor.text
