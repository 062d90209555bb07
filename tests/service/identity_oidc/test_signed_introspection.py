"""Introspection signed for who asked (RFC 9701, row E10), and the hours it keeps (J5)."""

from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from identity.oidc.endpoints.introspect import SIGNED
from tests.service.identity_oidc.granting import opening, portal_with, tell
from tests.service.identity_oidc.suite import ORIGIN, App, Browser, Suite, claims_of, header_of

PRECERT = ["precert.submit", "precert.view"]


def asked(app: App, token: str, accept: str = SIGNED) -> httpx.Response:
    """Ask about a token for an answer of a kind."""
    return app.suite.http.post("/oauth/introspect", data={"token": token}, auth=app.auth, headers={"Accept": accept})


def verified(app: App, token: str) -> dict[str, Any]:
    """Ask for a signed answer, check its signature against the published keys, and return its claims."""
    answer = asked(app, token)
    assert answer.status_code == 200, answer.text
    keys = KeySet.import_key_set(app.suite.http.get("/oauth/jwks").json())
    return dict(jwt.decode(answer.text, keys, algorithms=["ES256", "RS256", "Ed25519"]).claims)


def crossed(suite: Suite, sequence: int, *, is_open: bool) -> None:
    """Let availability tell that precertification opened or closed."""
    kind = "service.opened" if is_open else "service.closed"
    data = opening("precertification", PRECERT, is_open=is_open, until=None)
    tell(suite, "availability", kind, "precertification", sequence, data)


def test_the_answer_is_a_token_for_who_asked(suite: Suite, portal: App, browser: Browser) -> None:
    """RFC 9701 §5: type, issuer, audience and instant around what the plain answer says."""
    token = portal.tokens(browser)["access_token"]
    answer = asked(portal, token)
    assert answer.headers["Content-Type"] == SIGNED
    assert answer.headers["Cache-Control"] == "no-store"
    assert header_of(answer.text)["typ"] == "token-introspection+jwt"
    assert verified(portal, token) == {
        "iss": ORIGIN,
        "aud": "portal",
        "iat": int(suite.clock.now().timestamp()),
        "token_introspection": portal.introspect(token),
    }


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "Ed25519"])
def test_it_is_signed_as_the_client_s_other_tokens_are(suite: Suite, browser: Browser, algorithm: str) -> None:
    """`signing_alg` of the client; the metadata lists exactly these."""
    portal = portal_with(suite, signing_alg=algorithm)
    token = portal.tokens(browser)["access_token"]
    assert header_of(asked(portal, token).text)["alg"] == algorithm
    assert verified(portal, token)["token_introspection"]["active"] is True
    listed = suite.http.get("/.well-known/openid-configuration").json()["introspection_signing_alg_values_supported"]
    assert algorithm in listed


@pytest.mark.parametrize(
    ("accept", "signed"),
    [
        (SIGNED, True),
        (f"application/json;q=0.5, {SIGNED.upper()} ; q=1", True),
        ("application/json", False),
        ("*/*", False),
        ("", False),
        ("application/jwt", False),
    ],
)
def test_only_who_asks_for_it_gets_it(portal: App, browser: Browser, accept: str, signed: bool) -> None:
    """RFC 9701 §4: plain JSON stays the usual answer."""
    answer = asked(portal, portal.tokens(browser)["access_token"], accept)
    assert (answer.headers["Content-Type"] == SIGNED) is signed


def test_what_is_not_good_is_signed_as_that(suite: Suite, portal: App, browser: Browser) -> None:
    """E10: revoked, foreign and made up: `{"active": false}` and not a word more."""
    tokens = portal.tokens(browser)
    portal.revoke(tokens["access_token"])
    for app, token in ((portal, tokens["access_token"]), (App(suite, "other"), tokens["refresh_token"]), (portal, "x")):
        assert verified(app, token)["token_introspection"] == {"active": False}


def test_attack_16_a_signed_answer_is_no_token(portal: App, browser: Browser) -> None:
    """Threat 16: whoever is shown one can neither use it as an access token nor as a hint at sign-out."""
    shown = asked(portal, portal.tokens(browser)["access_token"]).text
    assert portal.userinfo(shown).status_code == 401
    assert portal.introspect(shown) == {"active": False}
    assert browser.http.get("/oauth/logout", params={"id_token_hint": shown}).status_code == 400


def test_attack_10_a_refusal_is_told_in_the_usual_way(suite: Suite, portal: App, browser: Browser) -> None:
    """Threat 10: a wrong secret gets no signature of ours over anything."""
    token = portal.tokens(browser)["access_token"]
    form, headers = {"token": token}, {"Accept": SIGNED}
    answer = suite.http.post("/oauth/introspect", data=form, auth=("portal", "wrong"), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_function_that_closed_meanwhile_is_not_listed(suite: Suite, portal: App, browser: Browser) -> None:
    """J5: introspection keeps the hours of functions as tokens do, from the moment that they close."""
    crossed(suite, 1, is_open=True)
    token = portal.tokens(browser)["access_token"]
    assert portal.introspect(token)["functions"] == ["claims.status.view", "precert.submit"]
    crossed(suite, 2, is_open=False)
    assert portal.introspect(token)["functions"] == ["claims.status.view"]
    assert portal.userinfo(token).json()["functions"] == ["claims.status.view", "precert.submit"]


def test_a_function_is_listed_again_when_it_opens(suite: Suite, portal: App, browser: Browser) -> None:
    """J5: what is true now, though the token was written at night."""
    crossed(suite, 1, is_open=False)
    token = portal.tokens(browser)["access_token"]
    assert claims_of(token)["functions"] == ["claims.status.view"] == portal.introspect(token)["functions"]
    crossed(suite, 2, is_open=True)
    assert portal.introspect(token)["functions"] == ["claims.status.view", "precert.submit"]
