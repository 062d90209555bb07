"""Attacks 15 and 16 of the threat table: refresh tokens in the wrong hands, tokens of one kind shown as another."""

import json
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from identity.oidc.provider import Provider
from tests.service.identity_oidc.suite import ORIGIN, App, Browser, Suite, claims_of, header_of
from tests.service.identity_oidc.test_attacks_on_codes import check_refused


def test_refreshing_rotates(suite: Suite, portal: App, browser: Browser) -> None:
    """New tokens with the facts of the sign-in, without its nonce (OIDC Core §12.2); a new refresh token each time."""
    first = portal.tokens(browser, nonce="n-1")
    suite.clock.advance(timedelta(minutes=9))
    second = portal.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    old, new = claims_of(first["id_token"]), claims_of(second["id_token"])
    assert {name: old[name] for name in ("sub", "auth_time", "sid", "acr")} == {
        name: new[name] for name in ("sub", "auth_time", "sid", "acr")
    }
    assert old["nonce"] == "n-1" and "nonce" not in new
    assert new["iat"] == old["iat"] + 540
    assert portal.refresh(second["refresh_token"]).status_code == 200


def test_attack_15_refresh_reuse_after_rotation(portal: App, browser: Browser) -> None:
    """The family dies: the thief's token, the owner's token, the access tokens."""
    stolen = portal.tokens(browser)["refresh_token"]
    owner = portal.refresh(stolen).json()
    assert "GH-OIDC-051" in check_refused(portal.refresh(stolen), "invalid_grant")
    check_refused(portal.refresh(owner["refresh_token"]), "invalid_grant")
    assert portal.introspect(owner["access_token"]) == {"active": False}


def test_attack_15_parallel_refresh_has_one_winner(portal: App, browser: Browser) -> None:
    """Of ten at once one gets tokens, and the family is dead afterwards."""
    token = portal.tokens(browser)["refresh_token"]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: portal.refresh(token), range(10)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    check_refused(portal.refresh(won[0]["refresh_token"]), "invalid_grant")


def test_attack_15_refresh_by_another_client(suite: Suite, portal: App, browser: Browser) -> None:
    """Refused, and the family is revoked: the token is in the wrong hands."""
    token = portal.tokens(browser)["refresh_token"]
    check_refused(App(suite, "other").refresh(token), "invalid_grant")
    check_refused(portal.refresh(token), "invalid_grant")


def test_attack_15_the_scope_never_grows(portal: App, browser: Browser) -> None:
    """Wider is refused, narrower is given, and narrower does not narrow the grant for ever (RFC 6749 §6)."""
    token = portal.tokens(browser, scope="openid email")["refresh_token"]
    check_refused(portal.refresh(token, scope="openid email profile"), "invalid_scope")
    narrow = portal.refresh(token, scope="openid").json()
    assert narrow["scope"] == "openid" and "email" not in claims_of(narrow["id_token"])
    assert portal.refresh(narrow["refresh_token"]).json()["scope"] == "openid email"


def test_attack_15_refresh_after_signing_out(suite: Suite, portal: App, browser: Browser) -> None:
    """The session is what a refresh token stands on."""
    token = portal.tokens(browser)["refresh_token"]
    suite.end_session(browser.sid)
    check_refused(portal.refresh(token), "invalid_grant")


def test_attack_15_refresh_after_the_account_was_closed(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """A closed account gets nothing, and its access token is not active any more."""
    tokens = portal.tokens(browser)
    with suite.context.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE accounts SET status = 'closed' WHERE id = ?", (pat,))
    check_refused(portal.refresh(tokens["refresh_token"]), "invalid_grant")
    assert portal.introspect(tokens["access_token"]) == {"active": False}


def test_families_end_with_the_session_at_the_latest(suite: Suite, portal: App, browser: Browser) -> None:
    """An app in use keeps the sign-in awake, but twelve hours are the end (ASVS 10.4.8)."""
    token = portal.tokens(browser)["refresh_token"]
    for _ in range(14):
        suite.clock.advance(timedelta(minutes=50))
        token = portal.refresh(token).json()["refresh_token"]
    suite.clock.advance(timedelta(minutes=50))
    check_refused(portal.refresh(token), "invalid_grant")


def test_an_idle_sign_in_refreshes_nothing(suite: Suite, portal: App, browser: Browser) -> None:
    """Left alone for an hour, the session is over, whether or not a job has said so yet."""
    token = portal.tokens(browser)["refresh_token"]
    suite.clock.advance(timedelta(minutes=60))
    check_refused(portal.refresh(token), "invalid_grant")


def test_attack_16_every_kind_of_token_shown_as_another(portal: App, browser: Browser) -> None:
    """ID token, access token and refresh token open nothing but their own door."""
    tokens = portal.tokens(browser)
    assert portal.userinfo(tokens["id_token"]).status_code == 401
    assert portal.userinfo(tokens["refresh_token"]).status_code == 401
    assert portal.introspect(tokens["id_token"]) == {"active": False}
    check_refused(portal.refresh(tokens["access_token"]), "invalid_grant")
    check_refused(portal.refresh(tokens["id_token"]), "invalid_grant")
    own = portal.own_token().json()["access_token"]
    assert portal.userinfo(own).status_code == 401
    hint = browser.http.get("/oauth/logout", params={"id_token_hint": tokens["access_token"]})
    assert hint.status_code == 400


@pytest.mark.parametrize(
    "bent",
    [{"crit": 1}, {"crit": {}}, {"kid": {}}, {"kid": []}, {"kid": 7}, {"alg": ["ES256"]}, {"alg": None}, None, 5],
)
def test_a_header_of_another_shape_is_no_token_and_no_fault(
    suite: Suite, portal: App, browser: Browser, bent: dict[str, Any] | int | None
) -> None:
    """Everybody can make these, and every door that reads a token gets them: a refusal, never a 500."""
    real = portal.tokens(browser)["id_token"]
    header = {**header_of(real), **bent} if isinstance(bent, dict) else bent
    token = ".".join([_segment(header), *real.split(".")[1:]])
    assert suite.http.get("/oauth/logout", params={"id_token_hint": token}).status_code == 400
    assert portal.userinfo(token).status_code == 401
    assert portal.introspect(token) == {"active": False}


def forged(suite: Suite, portal: App, browser: Browser) -> dict[str, str]:
    """Access tokens that somebody else made from a real one."""
    real = portal.tokens(browser)["access_token"]
    header, claims = header_of(real), claims_of(real)
    kid, key = header["kid"], ECKey.generate_key("P-256")
    head, body, signature = real.split(".")
    document = suite.http.get("/oauth/jwks").text
    plain: dict[str, Any] = {"alg": "HS256", "kid": kid, "typ": "at+jwt"}
    mixed = {"alg": "ES256", "typ": "at+jwt"}
    other_kid = next(one["kid"] for one in suite.http.get("/oauth/jwks").json()["keys"] if one["kid"] != kid)
    return {
        "alg none": f"{_none(kid)}.{body}.",
        "no signature": f"{head}.{body}.",
        "changed body": f"{head}.{body[:-4]}AAAA.{signature}",
        "HS256 with the public key": jwt.encode(plain, claims, OctKey.import_key(document), algorithms=["HS256"]),
        "another key under our kid": jwt.encode({**mixed, "kid": kid}, claims, key),
        "inline jwk": jwt.encode({**mixed, "kid": kid, "jwk": key.as_dict(private=False)}, claims, key),
        "jku": jwt.encode({**mixed, "kid": kid, "jku": "https://evil.example/jwks"}, claims, key),
        "kid as a path": jwt.encode({**mixed, "kid": "../../etc/passwd"}, claims, key),
        "kid as SQL": jwt.encode({**mixed, "kid": "' OR 1=1 --"}, claims, key),
        "without kid": jwt.encode(mixed, claims, key),
        "the next key's kid": jwt.encode({**mixed, "kid": other_kid}, claims, key),
        "not a token": "a.b.c",
        "empty": "..",
        "not ASCII": "ä.ö.ü",
    }


def _none(kid: str) -> str:
    return _segment({"alg": "none", "kid": kid, "typ": "at+jwt"})


def _segment(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_forged_access_tokens_open_nothing(suite: Suite, portal: App, browser: Browser) -> None:
    """Signature, algorithm and key are ours to choose, never the token's (ASVS 9.1.1 to 9.1.3)."""
    for what, token in forged(suite, portal, browser).items():
        assert portal.introspect(token) == {"active": False}, what
        if token.isascii():
            assert portal.userinfo(token).status_code == 401, what


@pytest.mark.parametrize(
    ("change", "typ"),
    [
        ({"iss": "https://evil.example"}, "at+jwt"),
        ({"exp": 1}, "at+jwt"),
        ({}, "JWT"),
        ({}, "logout+jwt"),
        ({}, "secevent+jwt"),
    ],
)
def test_tokens_signed_by_us_for_something_else(
    suite: Suite, portal: App, browser: Browser, change: dict[str, Any], typ: str
) -> None:
    """Type, issuer and time are checked even under our own signature (ASVS 9.2.1, 9.2.2)."""
    claims = claims_of(portal.tokens(browser)["access_token"]) | change
    token = suite.context.part(Provider).ring.sign(claims, typ=typ, algorithm="ES256")
    assert portal.introspect(token) == {"active": False}
    assert portal.userinfo(token).status_code == 401


def test_expired_tokens_are_over_to_the_second(suite: Suite, portal: App, browser: Browser) -> None:
    """Active at 9:59, not at 10:00."""
    token = portal.tokens(browser)["access_token"]
    suite.clock.advance(timedelta(seconds=599))
    assert portal.introspect(token)["active"] is True
    suite.clock.advance(timedelta(seconds=1))
    assert portal.introspect(token) == {"active": False}
    assert portal.userinfo(token).status_code == 401


def test_our_own_apis_refuse_tokens_for_others(suite: Suite, portal: App) -> None:
    """A token for the access API is none for identity's (RFC 8707)."""
    token = portal.own_token(resource=f"{ORIGIN}/api/access").json()["access_token"]
    assert claims_of(token)["aud"] == f"{ORIGIN}/api/access"
