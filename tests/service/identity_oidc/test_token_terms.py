"""For how long an access token is good, for which API, and what it says of who acts (E14, E15, E16, J5)."""

from datetime import timedelta
from typing import Any

import pytest

from identity.oidc.clients.policy import ClientSpec
from tests.service.identity_oidc.proving import KEPT_SECRET, VAULT, KeyApp, portal, register
from tests.service.identity_oidc.suite import ACCESS_API, HOURS_API, ORIGIN, App, Browser, Suite, claims_of
from tests.service.identity_oidc.test_attacks_on_codes import check_refused
from tests.support.possession import Holder


def wide(**changes: Any) -> ClientSpec:
    """A portal that may ask for two APIs."""
    return portal(id=VAULT, name="Vault", audiences=(ACCESS_API, HOURS_API), **changes)


@pytest.fixture
def app(suite: Suite) -> KeyApp:
    """Its side; it shows no key unless a test makes it."""
    register(suite, wide(), KEPT_SECRET)
    return KeyApp(suite, VAULT, holder=Holder(suite.clock))


def aud(answer: dict[str, Any]) -> object:
    """The audience of an access token."""
    return claims_of(answer["access_token"])["aud"]


@pytest.mark.parametrize("seconds", [60, 300, 600])
def test_the_life_of_access_tokens_is_the_clients(suite: Suite, app: KeyApp, browser: Browser, seconds: int) -> None:
    """ASVS 9.2.1, contract: at most ten minutes, less where the client says so; `expires_in` tells the truth."""
    register(suite, wide(access_token_seconds=seconds), KEPT_SECRET)
    for answer in (app.tokens(browser), app.own_token().json()):
        claims = claims_of(answer["access_token"])
        assert answer["expires_in"] == claims["exp"] - claims["iat"] == seconds
    token = app.tokens(browser)["access_token"]
    suite.clock.advance(timedelta(seconds=seconds - 1))
    assert app.introspect(token)["active"] and app.userinfo(token).status_code == 200
    suite.clock.advance(timedelta(seconds=1))
    assert app.introspect(token) == {"active": False} and app.userinfo(token).status_code == 401


def test_the_longest_family_is_the_clients(suite: Suite, app: KeyApp, browser: Browser) -> None:
    """ASVS 10.4.8: an absolute end, whoever goes on refreshing."""
    register(suite, wide(grant_hours=1), KEPT_SECRET)
    token = app.tokens(browser)["refresh_token"]
    for _ in range(3):
        suite.clock.advance(timedelta(minutes=19))
        token = app.refresh(token).json()["refresh_token"]
    suite.clock.advance(timedelta(minutes=3))
    check_refused(app.refresh(token), "invalid_grant")


def test_a_grant_without_refreshing_lives_as_long_as_its_token(suite: Suite, app: KeyApp, browser: Browser) -> None:
    """Nothing hangs on it any longer; the person's list of apps says so."""
    register(suite, wide(grant_types=("authorization_code",), access_token_seconds=120), KEPT_SECRET)
    code, verifier = app.code(browser)
    suite.clock.advance(timedelta(seconds=59))
    token = app.redeem(code, verifier).json()["access_token"]
    suite.clock.advance(timedelta(seconds=119))
    assert app.introspect(token)["active"]


def test_a_code_is_narrowed_to_one_api(app: KeyApp, browser: Browser) -> None:
    """E16, RFC 8707 §2.2: of what was granted, the token endpoint gives out what is asked for."""
    first = app.tokens(browser, resource=ACCESS_API)
    assert aud(first) == [ORIGIN, ACCESS_API]
    answer = app.redeem(*app.code(browser, resource=ACCESS_API), resource=ACCESS_API).json()
    assert aud(answer) == ACCESS_API


def test_refreshing_narrows_for_one_token_and_not_for_ever(app: KeyApp, browser: Browser) -> None:
    """E16: one refresh token, a token for each API, each of no use at the others."""
    app.scope = "openid"
    form = {"response_type": "code", **app.asked()}
    answer = browser.http.get("/oauth/authorize", params={**form, "resource": [ACCESS_API, HOURS_API]})
    code = answer.headers["Location"].split("code=")[1].split("&")[0]
    tokens = app.redeem(code, app.verifiers[form["state"]]).json()
    assert aud(tokens) == [ORIGIN, ACCESS_API, HOURS_API]
    for resource in (ACCESS_API, HOURS_API, ORIGIN):
        tokens = app.refresh(tokens["refresh_token"], resource=resource).json()
        assert aud(tokens) == resource
    assert aud(app.refresh(tokens["refresh_token"]).json()) == [ORIGIN, ACCESS_API, HOURS_API]


def test_attack_15_the_audience_never_grows(app: KeyApp, browser: Browser) -> None:
    """threat 15, E16: what was not granted is `invalid_target`, and nothing is spent by asking."""
    code, verifier = app.code(browser, resource=ACCESS_API)
    assert "GH-OIDC-106" in check_refused(app.redeem(code, verifier, resource=HOURS_API), "invalid_target")
    tokens = app.redeem(code, verifier).json()
    for foreign in (HOURS_API, "https://elsewhere.example", f"{ACCESS_API}/"):
        check_refused(app.refresh(tokens["refresh_token"], resource=foreign), "invalid_target")
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_a_token_for_one_api_is_none_for_us(app: KeyApp, browser: Browser) -> None:
    """E16, ASVS 9.2.3: userinfo is an API, too, and takes only what is meant for it."""
    code, verifier = app.code(browser, resource=ACCESS_API)
    answer = app.redeem(code, verifier, resource=ACCESS_API).json()
    refused = App.userinfo(app, with_bearer(app, browser))
    assert refused.status_code == 401 and "GH-OIDC-105" in refused.json()["error_description"]
    assert app.userinfo(answer["access_token"]).status_code == 401
    fresh = app.refresh(answer["refresh_token"]).json()["access_token"]
    assert app.userinfo(fresh).status_code == 200


def with_bearer(app: KeyApp, browser: Browser) -> str:
    """A bearer token of the same client for one API."""
    form = app.code_form(*app.code(browser, resource=ACCESS_API)) | {"resource": ACCESS_API}
    return str(app.with_proof(form, None).json()["access_token"])


def test_asvs_10_4_3_a_code_lives_a_minute(app: KeyApp, browser: Browser) -> None:
    """ASVS 10.4.3 (level 3), FAPI 2.0 ensure-token-endpoint-fails-with-expired-auth-code: 60 seconds and no more."""
    code, verifier = app.code(browser)
    app.suite.clock.advance(timedelta(seconds=60))
    check_refused(app.redeem(code, verifier), "invalid_grant")


def test_asvs_10_4_2_a_code_twice_with_its_own_key(app: KeyApp, browser: Browser) -> None:
    """ASVS 10.4.2, threat 5, FAPI 2.0 attempt-reuse-authorization-code-after-one-second: everything of it dies."""
    code, verifier = app.code(browser, dpop_jkt=app.holder.jkt)
    tokens = app.redeem(code, verifier).json()
    app.suite.clock.advance(timedelta(seconds=1))
    check_refused(app.redeem(code, verifier), "invalid_grant")
    assert app.introspect(tokens["access_token"]) == {"active": False}
    check_refused(app.refresh(tokens["refresh_token"]), "invalid_grant")


def test_asvs_10_4_5_a_refresh_token_twice_with_its_own_key(app: KeyApp, browser: Browser) -> None:
    """ASVS 10.4.5, threat 15: a key does not excuse a second use, where the client's policy is to rotate."""
    tokens = app.tokens(browser)
    assert app.refresh(tokens["refresh_token"]).status_code == 200
    check_refused(app.refresh(tokens["refresh_token"]), "invalid_grant")
    assert app.introspect(tokens["access_token"]) == {"active": False}


def test_tokens_say_what_the_rfc_asks_for(app: KeyApp, browser: Browser) -> None:
    """E15, RFC 9068 §2.2, RFC 9449 §6.1: everything an API needs, and nothing of the person's name or address."""
    claims = claims_of(app.tokens(browser)["access_token"])
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope", "acr", "amr", "auth_time"} <= set(claims)
    assert not {"name", "email", "phone_number", "nonce"} & set(claims)
    assert claims["cnf"] == {"jkt": app.holder.jkt}
