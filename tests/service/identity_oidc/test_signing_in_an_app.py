"""The code flow as an honest app sees it (OIDC Core §3.1)."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from identity.oidc import bootstrap
from identity.oidc.clients.service import ensure_client
from tests.service.identity_oidc.suite import (
    CALLBACK,
    CLINIC,
    ORIGIN,
    OTHER,
    PORTAL,
    SECRETS,
    App,
    Browser,
    Suite,
    claims_of,
    header_of,
    returned,
)


def keys(suite: Suite) -> KeySet:
    return KeySet.import_key_set(suite.http.get("/oauth/jwks").json())


def test_the_answer_goes_back_with_code_state_and_issuer(portal: App, browser: Browser) -> None:
    """A signed-in person is sent straight back to the registered address."""
    asked = portal.asked()
    answer = browser.http.get("/oauth/authorize", params=asked)
    told = returned(answer)
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    assert set(told) == {"code", "state", "iss"}
    assert (told["state"], told["iss"]) == (asked["state"], ORIGIN)
    assert answer.headers["Cache-Control"] == "no-store"


def test_tokens_say_who_how_and_for_whom(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """The ID token verifies with the published keys and carries what its scopes open."""
    code, verifier = portal.code(browser, nonce="n-1")
    answer = portal.redeem(code, verifier)
    assert answer.headers["Cache-Control"] == "no-store"
    tokens = answer.json()
    token = jwt.decode(tokens["id_token"], keys(suite), algorithms=["ES256"])
    now = int(suite.clock.now().timestamp())
    assert token.header["typ"] == "JWT"
    assert token.claims["iss"] == ORIGIN
    assert token.claims["aud"] == "portal"
    assert token.claims["sub"] == pat
    assert token.claims["nonce"] == "n-1"
    assert token.claims["acr"] == "urn:gatehouse:acr:1"
    assert token.claims["amr"] == ["pwd"]
    assert token.claims["sid"] == browser.sid
    assert token.claims["auth_time"] == token.claims["iat"] == now
    assert token.claims["exp"] == now + 600
    assert token.claims["org"] == CLINIC
    assert token.claims["functions"] == ["claims.status.view", "precert.submit"]
    assert token.claims["email"] == "pat@lakeside.example"
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert token.claims["at_hash"] == urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_access_tokens_follow_rfc_9068(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """Type, audience, client, scope, session, strength and a life of ten minutes; no name and no address."""
    tokens = portal.tokens(browser)
    token = jwt.decode(tokens["access_token"], keys(suite), algorithms=["ES256"])
    assert token.header["typ"] == "at+jwt"
    assert tokens["token_type"] == "Bearer" and tokens["expires_in"] == 600
    assert token.claims["exp"] - token.claims["iat"] == 600
    assert {"jti", "scope"} <= set(token.claims)
    assert (token.claims["sub"], token.claims["client_id"], token.claims["sid"]) == (pat, "portal", browser.sid)
    assert token.claims["aud"] == ORIGIN
    assert token.claims["org"] == CLINIC
    assert not {"name", "email", "phone_number"} & set(token.claims)


def test_functions_travel_only_under_their_scope(portal: App, browser: Browser) -> None:
    """Without the scope neither token has them."""
    tokens = portal.tokens(browser, scope="openid organization")
    for name in ("access_token", "id_token"):
        assert "functions" not in claims_of(tokens[name])
        assert claims_of(tokens[name])["org"] == CLINIC


def test_a_pending_person_holds_nothing(suite: Suite, portal: App) -> None:
    """They may sign in; no token speaks of an organization or a function (domain §2)."""
    pending = suite.browser(suite.person("nell"))
    tokens = portal.tokens(pending)
    for name in ("access_token", "id_token"):
        assert not {"org", "functions"} & set(claims_of(tokens[name]))
    assert not {"org", "functions"} & set(portal.userinfo(tokens["access_token"]).json())


def test_plain_oauth_gets_no_id_token(portal: App, browser: Browser) -> None:
    """Without `openid` there is an access token only, and userinfo refuses it."""
    tokens = portal.tokens(browser, scope="organization functions")
    assert "id_token" not in tokens
    answer = portal.userinfo(tokens["access_token"])
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]


def test_unknown_scopes_are_ignored_and_the_granted_ones_named(portal: App, browser: Browser) -> None:
    """OIDC Core §3.1.2.1; `offline_access` and `address` harm nobody."""
    tokens = portal.tokens(browser, scope="openid email address offline_access")
    assert tokens["scope"] == "openid email"


def test_rs256_for_clients_that_ask_for_it(suite: Suite, browser: Browser) -> None:
    """The ID token is signed as registered, the access token by default; the registered query of the address stays."""
    other = App(suite, "other", f"{OTHER}/cb?tenant=1")
    told = returned(other.authorize(browser))
    assert told["tenant"] == "1"
    tokens = other.redeem(told["code"], other.verifiers[told["state"]]).json()
    assert header_of(tokens["id_token"])["alg"] == "RS256"
    assert header_of(tokens["access_token"])["alg"] == "ES256"
    jwt.decode(tokens["id_token"], keys(suite), algorithms=["RS256"])


def test_ed25519_for_clients_that_ask_for_it(suite: Suite, browser: Browser, portal: App) -> None:
    """The ID token is tied to the access token by the hash of its own signature (OIDC Core §3.1.3.6, row E27)."""
    with suite.context.transaction() as work:
        ensure_client(work, replace(bootstrap.portal(ORIGIN, PORTAL), signing_alg="Ed25519"), SECRETS["portal"])
    tokens = portal.tokens(browser)
    claims = jwt.decode(tokens["id_token"], keys(suite), algorithms=["Ed25519"]).claims
    half = hashlib.sha512(tokens["access_token"].encode()).digest()[:32]
    assert claims["at_hash"] == urlsafe_b64encode(half).rstrip(b"=").decode()


def test_a_posted_request_is_asked_again_as_get(portal: App, browser: Browser) -> None:
    """A form from another site brings no cookie, so the browser is sent round once (OIDC Core §3.1.2.1)."""
    answer = browser.http.post("/oauth/authorize", data=portal.asked())
    assert answer.status_code == 303
    assert "code" in returned(browser.http.get(answer.headers["Location"]))


def test_form_post_brings_the_answer_in_a_form(portal: App, browser: Browser) -> None:
    """The page posts by itself or at a click, to the registered origin and nowhere else."""
    answer = portal.authorize(browser, response_mode="form_post")
    assert answer.status_code == 200
    assert f'action="{CALLBACK}"' in answer.text
    for name in ("code", "state", "iss"):
        assert f'name="{name}"' in answer.text
    assert f'value="{ORIGIN}"' in answer.text
    assert "csrf_token" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "form-action 'self' https://portal.example" in policy
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}">' in answer.text


def test_userinfo_by_get_by_header_and_by_form(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """All three ways of RFC 6750 that we offer say the same."""
    token = portal.tokens(browser)["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    answers = [
        suite.http.get("/oauth/userinfo", headers=header),
        suite.http.post("/oauth/userinfo", headers=header),
        suite.http.post("/oauth/userinfo", data={"access_token": token}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.json() == answers[0].json()
        assert answer.headers["Cache-Control"] == "no-store"
    assert answers[0].json()["sub"] == pat
    assert answers[0].json()["name"] == "Pat Partner"


def test_userinfo_refuses_the_address_and_two_ways_at_once(suite: Suite, portal: App, browser: Browser) -> None:
    """A token in the address counts as none; two ways are an error (RFC 6750 §2)."""
    token = portal.tokens(browser)["access_token"]
    in_address = suite.http.get("/oauth/userinfo", params={"access_token": token})
    assert in_address.status_code == 401
    assert in_address.headers["WWW-Authenticate"] == 'Bearer realm="Gatehouse"'
    twice = suite.http.post(
        "/oauth/userinfo", data={"access_token": token}, headers={"Authorization": f"Bearer {token}"}
    )
    assert twice.status_code == 400


def test_resources_become_the_audience(suite: Suite, portal: App, browser: Browser) -> None:
    """RFC 8707: the API asked for, and ourselves for userinfo; an unregistered one is `invalid_target`."""
    tokens = portal.tokens(browser, resource=f"{ORIGIN}/api/access")
    assert claims_of(tokens["access_token"])["aud"] == [ORIGIN, f"{ORIGIN}/api/access"]
    assert returned(portal.authorize(browser, resource=f"{ORIGIN}/api/identity"))["error"] == "invalid_target"


def test_nobody_signed_in_is_led_to_sign_in_and_back(suite: Suite, portal: App) -> None:
    """The ticket is signed; the request survives the way."""
    answer = portal.authorize(suite.browser(), login_hint="pat.partner", ui_locales="es-MX en")
    where = urlsplit(answer.headers["Location"])
    assert answer.status_code == 303 and where.path == "/login"
    query = parse_qs(where.query)
    assert query["lang"] == ["es"]
    shown = suite.http.get(answer.headers["Location"])
    assert shown.status_code == 200
    assert "pat.partner" in shown.text and "Portal de ejemplo" in shown.text
    assert "form-action 'self' https://portal.example" in shown.headers["Content-Security-Policy"]


def test_codes_live_a_minute(suite: Suite, portal: App, browser: Browser) -> None:
    """ASVS 10.4.3."""
    code, verifier = portal.code(browser)
    suite.clock.advance(timedelta(seconds=60))
    answer = portal.redeem(code, verifier)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_the_scheme_is_read_without_case(suite: Suite, portal: App, browser: Browser, scheme: str) -> None:
    """RFC 9110 §11.1."""
    token = portal.tokens(browser)["access_token"]
    answer: httpx.Response = suite.http.get("/oauth/userinfo", headers={"Authorization": f"{scheme} {token}"})
    assert answer.status_code == 200
