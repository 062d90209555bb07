"""Signing out at an app's request (RP-Initiated Logout 1.0), and attacks 17 and 18 of the threat table."""

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from identity.oidc.provider import Provider
from tests.service.identity_oidc.suite import CALLBACK, PORTAL, App, Browser, Suite, claims_of, header_of

LANDING = f"{PORTAL}/"


def out(browser: Browser, **parameters: str) -> httpx.Response:
    return browser.http.get("/oauth/logout", params=parameters)


def test_the_apps_own_hint_ends_the_session_and_leads_back(suite: Suite, portal: App, browser: Browser) -> None:
    """Exact address, state echoed, session over for every app."""
    hint = portal.tokens(browser)["id_token"]
    answer = out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING, state="s&1")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LANDING}?state=s%261")
    assert not suite.is_open(browser.sid)
    assert "gh_session=;" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("parameters", [{}, {"state": "x"}, {"client_id": "portal"}])
def test_without_an_address_the_browser_stays_here(
    suite: Suite, portal: App, browser: Browser, parameters: dict[str, str]
) -> None:
    """The session ends; our own page says so."""
    answer = out(browser, id_token_hint=portal.tokens(browser)["id_token"], **parameters)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/logout")
    assert not suite.is_open(browser.sid)


def test_an_expired_hint_is_still_a_hint(suite: Suite, portal: App, browser: Browser) -> None:
    """Apps keep the ID token of the morning (RP-Initiated Logout 1.0 §2)."""
    hint = portal.tokens(browser)["id_token"]
    suite.clock.advance(suite.clock.now().replace(minute=40) - suite.clock.now())
    assert out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING).headers["Location"] == LANDING


def test_a_session_that_is_over_already_leads_back_too(suite: Suite, portal: App, browser: Browser) -> None:
    """Twice is no error."""
    hint = portal.tokens(browser)["id_token"]
    for _ in range(2):
        answer = out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING)
        assert answer.headers["Location"] == LANDING


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"post_logout_redirect_uri": LANDING},
        {"state": "x"},
        {"post_logout_redirect_uri": "https://evil.example/"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_attack_18_without_a_hint_the_person_is_asked(
    suite: Suite, browser: Browser, method: str, parameters: dict[str, str]
) -> None:
    """GET and POST alike: our page asks, the session goes on, nothing leads away."""
    answer = browser.http.request(
        method, "/oauth/logout", **({"params": parameters} if method == "GET" else {"data": parameters})
    )
    if method == "POST":
        assert answer.headers["Location"].startswith("/oauth/logout")
        answer = browser.http.get(answer.headers["Location"])
    assert (answer.status_code, answer.headers["Location"]) == (303, "/logout")
    assert suite.is_open(browser.sid)


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/",
        f"{LANDING}?x=1",
        f"{LANDING}#x",
        CALLBACK,
        PORTAL,
        f"{LANDING}../evil",
        "//evil.example",
    ],
)
def test_attack_18_addresses_that_are_not_registered(suite: Suite, portal: App, browser: Browser, uri: str) -> None:
    """Also with a good hint: no redirect, a page that says why, and the session goes on."""
    answer = out(browser, id_token_hint=portal.tokens(browser)["id_token"], post_logout_redirect_uri=uri)
    assert answer.status_code == 400 and "Location" not in answer.headers
    assert "GH-OIDC-061" in answer.text
    assert suite.is_open(browser.sid)


def bad_hints(suite: Suite, portal: App, browser: Browser) -> dict[str, str]:
    """ID tokens that are none of ours, or not for this."""
    tokens = portal.tokens(browser)
    header, claims = header_of(tokens["id_token"]), claims_of(tokens["id_token"])
    head, body, _ = tokens["id_token"].split(".")
    ring = suite.context.part(Provider).ring
    return {
        "alg none": f"eyJhbGciOiJub25lIn0.{body}.",
        "modified": f"{head}.{body[:-4]}AAAA.{tokens['id_token'].split('.')[2]}",
        "other provider": jwt.encode(header, claims, ECKey.generate_key("P-256")),
        "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"],
        "other issuer": ring.sign({**claims, "iss": "https://evil.example"}, typ="JWT", algorithm="ES256"),
        "audience list": ring.sign({**claims, "aud": ["portal", "other"]}, typ="JWT", algorithm="ES256"),
        "unknown client": ring.sign({**claims, "aud": "nobody"}, typ="JWT", algorithm="ES256"),
        "logout token": ring.sign(claims, typ="logout+jwt", algorithm="ES256"),
        "no session": ring.sign({**claims, "sid": None}, typ="JWT", algorithm="ES256"),
        "nonsense": "x",
    }


def test_attack_17_hints_that_are_none(suite: Suite, portal: App, browser: Browser) -> None:
    """No redirect, an error page, and the session goes on."""
    for what, hint in bad_hints(suite, portal, browser).items():
        answer = out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING)
        assert answer.status_code == 400, what
        assert "Location" not in answer.headers
        assert "GH-OIDC-060" in answer.text
    assert suite.is_open(browser.sid)


def test_attack_17_the_hint_of_another_client(portal: App, browser: Browser, suite: Suite) -> None:
    """client_id must be the audience of the hint."""
    hint = portal.tokens(browser)["id_token"]
    assert out(browser, id_token_hint=hint, client_id="other", post_logout_redirect_uri=LANDING).status_code == 400
    assert suite.is_open(browser.sid)


def test_attack_17_the_hint_of_another_person(suite: Suite, portal: App, browser: Browser) -> None:
    """Somebody else's ID token signs nobody out: the person is asked and stays here."""
    mal = suite.browser(suite.person("mallory"))
    hint = portal.tokens(mal)["id_token"]
    answer = out(browser, id_token_hint=hint, post_logout_redirect_uri=LANDING)
    assert (answer.status_code, "Location" in answer.headers) == (200, False)
    assert suite.is_open(browser.sid) and suite.is_open(mal.sid)


def test_the_page_of_ours_asks_and_ends(suite: Suite, browser: Browser) -> None:
    """A forged POST to it changes nothing (threat 18)."""
    assert "Sign out" in browser.http.get("/logout").text
    assert browser.http.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403
    assert suite.is_open(browser.sid)
