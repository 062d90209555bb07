"""Attacks 5, 6, 7, 8 and 9 of the threat table, against the token endpoint."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import event

from identity.oidc.provider import Provider
from tests.service.identity_oidc.suite import OTHER, SECRETS, App, Browser, Suite, claims_of, returned

RIVALS = 20


def check_refused(answer: httpx.Response, error: str, status: int = 400) -> str:
    """The answer is an OAuth error that nobody keeps; return its description."""
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    return str(answer.json()["error_description"])


def test_attack_5_code_replay(portal: App, browser: Browser) -> None:
    """One success; the second use is refused and takes every token of the grant with it."""
    code, verifier = portal.code(browser)
    tokens = portal.redeem(code, verifier).json()
    assert portal.introspect(tokens["access_token"])["active"] is True
    assert "GH-OIDC-049" in check_refused(portal.redeem(code, verifier), "invalid_grant")
    assert portal.introspect(tokens["access_token"]) == {"active": False}
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    check_refused(portal.refresh(tokens["refresh_token"]), "invalid_grant")


def test_attack_5_code_replay_by_twenty_at_once(portal: App, browser: Browser) -> None:
    """Of twenty parallel redemptions exactly one succeeds, and its tokens are revoked by the others."""
    code, verifier = portal.code(browser)
    with ThreadPoolExecutor(RIVALS) as pool:
        answers = list(pool.map(lambda _: portal.redeem(code, verifier), range(RIVALS)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    assert {answer.json()["error"] for answer in answers if answer.status_code != 200} == {"invalid_grant"}
    assert portal.introspect(won[0]["access_token"]) == {"active": False}


def test_attack_5_rivals_wait_for_the_code_and_for_nothing_else(suite: Suite, portal: App, browser: Browser) -> None:
    """Whoever redeems holds one connection at a time, so that many at once cannot use up the pool and wait in a circle.

    The signing keys are to be read anew, as at the first token of a process.
    """
    code, verifier = portal.code(browser)
    suite.context.part(Provider).ring.forget()
    held, most = 0, []

    def took(*_: object) -> None:
        nonlocal held
        held += 1
        most.append(held)

    def gave(*_: object) -> None:
        nonlocal held
        held -= 1

    engine = suite.context.database.engine
    event.listen(engine, "checkout", took)
    event.listen(engine, "checkin", gave)
    assert portal.redeem(code, verifier).status_code == 200
    assert max(most) == 1


def test_attack_6_the_code_of_one_client_redeemed_by_another(suite: Suite, portal: App, browser: Browser) -> None:
    """Refused; the owner can still use it, because nothing was given away."""
    code, verifier = portal.code(browser)
    thief = App(suite, "other", portal.redirect_uri)
    check_refused(thief.redeem(code, verifier), "invalid_grant")
    assert portal.redeem(code, verifier).status_code == 200


@pytest.mark.parametrize("uri", [f"{OTHER}/cb?tenant=1", "https://portal.example/callback/", "https://evil.example/"])
def test_attack_6_another_redirect_uri(portal: App, browser: Browser, uri: str) -> None:
    """The address must be the one of the request."""
    code, verifier = portal.code(browser)
    check_refused(portal.redeem(code, verifier, redirect_uri=uri), "invalid_grant")


def test_attack_7_verifiers_that_do_not_fit(portal: App, browser: Browser) -> None:
    """Missing, wrong, with a newline, too short, too long, the challenge itself."""
    code, verifier = portal.code(browser)
    for wrong in (None, "w" * 64, f"{verifier}\n", verifier[:42], "x" * 129, verifier.upper()):
        check_refused(portal.redeem(code, wrong), "invalid_request" if wrong and "\n" in wrong else "invalid_grant")
    assert portal.redeem(code, verifier).status_code == 200


def test_attack_7_a_verifier_without_a_challenge(suite: Suite, browser: Browser) -> None:
    """A client that is excused from PKCE gains nothing by an unasked verifier (RFC 9700 §4.8.2)."""
    lax = without_pkce(suite)
    told = returned(lax.authorize(browser, code_challenge=None, code_challenge_method=None))
    check_refused(lax.redeem(told["code"], "v" * 64), "invalid_grant")
    assert lax.redeem(told["code"], None).status_code == 200


def test_attack_7_an_excused_client_is_held_to_the_challenge_it_sends(suite: Suite, browser: Browser) -> None:
    """What was sent is enforced, and only S256 may be sent."""
    lax = without_pkce(suite)
    code, verifier = lax.code(browser)
    check_refused(lax.redeem(code, None), "invalid_grant")
    assert lax.redeem(code, verifier).status_code == 200
    assert returned(lax.authorize(browser, code_challenge_method="plain"))["error"] == "invalid_request"


def test_attack_8_query_strings_and_other_methods(suite: Suite, portal: App) -> None:
    """Nothing in the address, nothing but POST, at token, introspection and revocation."""
    form = {"grant_type": "client_credentials"}
    for path in ("/oauth/token", "/oauth/introspect", "/oauth/revoke"):
        for query in ("?client_id=portal", "?x", f"?client_secret={SECRETS['portal']}"):
            check_refused(suite.http.post(path + query, data=form, auth=portal.auth), "invalid_request")
        assert suite.http.get(path, auth=portal.auth).status_code == 405
        assert suite.http.put(path, data=form, auth=portal.auth).status_code == 405


@pytest.mark.parametrize("name", ["grant_type", "scope", "client_id", "code"])
def test_attack_8_parameters_twice(suite: Suite, portal: App, name: str) -> None:
    """Refused, also where both are equal."""
    body = f"grant_type=client_credentials&{name}=x&{name}=x"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    check_refused(suite.http.post("/oauth/token", content=body, headers=headers, auth=portal.auth), "invalid_request")


def test_attack_8_a_client_id_that_differs_from_the_header(portal: App) -> None:
    """The body cannot name somebody else."""
    check_refused(portal.token({"grant_type": "client_credentials", "client_id": "other"}), "invalid_request")


def test_bodies_of_another_kind_are_refused(suite: Suite, portal: App) -> None:
    """JSON is no form; an empty body is none either."""
    check_refused(
        suite.http.post("/oauth/token", json={"grant_type": "client_credentials"}, auth=portal.auth), "invalid_request"
    )
    check_refused(suite.http.post("/oauth/token", auth=portal.auth), "invalid_request")


def test_attack_9_two_ways_of_authenticating(suite: Suite, portal: App) -> None:
    """Header and body at once are refused, also where both are right."""
    form = {"grant_type": "client_credentials", "client_id": "portal", "client_secret": SECRETS["portal"]}
    check_refused(suite.http.post("/oauth/token", data=form, auth=portal.auth), "invalid_request")
    assertion = {"grant_type": "client_credentials", "client_assertion": "a.b.c"}
    check_refused(suite.http.post("/oauth/token", data=assertion, auth=portal.auth), "invalid_request")
    assert suite.http.post("/oauth/token", data=form).status_code == 200


@pytest.mark.parametrize(
    "auth", [("portal", "wrong"), ("nobody", "x" * 48), ("portal", ""), ("", ""), ("portal\x00", "x" * 48)]
)
def test_wrong_secret_and_unknown_client_are_told_alike(suite: Suite, auth: tuple[str, str]) -> None:
    """The same 401 with a challenge, whoever asks."""
    answer = suite.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)
    assert "GH-OIDC-043" in check_refused(answer, "invalid_client", 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic cG9ydGFs", "Bearer abc", "Digest x", "Basic w7ZkOng="])
def test_headers_that_say_nothing_are_refused(suite: Suite, header: str) -> None:
    """Never a 500."""
    form = {"grant_type": "client_credentials"}
    check_refused(suite.http.post("/oauth/token", data=form, headers={"Authorization": header}), "invalid_client", 401)


def test_grant_types_that_are_not_offered(suite: Suite, portal: App) -> None:
    """No password grant (RFC 9700 §2.4), no grant that the client is not registered for."""
    check_refused(portal.token({"grant_type": "password", "username": "x", "password": "y"}), "unsupported_grant_type")
    check_refused(portal.token({"scope": "openid"}), "invalid_request")
    console = App(suite, "access-manager")
    check_refused(console.refresh("anything"), "unauthorized_client")


def test_a_code_is_worth_nothing_once_its_session_is_over(suite: Suite, portal: App, browser: Browser) -> None:
    """Signing out between the redirect and the redemption counts."""
    code, verifier = portal.code(browser)
    suite.end_session(browser.sid)
    assert "GH-OIDC-052" in check_refused(portal.redeem(code, verifier), "invalid_grant")


def test_codes_are_kept_as_hashes(suite: Suite, portal: App, browser: Browser) -> None:
    """A copy of the database redeems nothing: no code, refresh token or secret stands in it."""
    code, verifier = portal.code(browser)
    refresh = portal.redeem(code, verifier).json()["refresh_token"]
    with suite.context.database.connection() as connection:
        rows = "\n".join(
            str(row)
            for table in ("oidc_grants", "oidc_refresh_tokens", "oidc_clients", "oidc_signing_keys")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        )
    assert not [secret for secret in (code, refresh, SECRETS["portal"], '"d"') if secret in rows]


def without_pkce(suite: Suite) -> App:
    """The portal, registered without the duty of a proof key."""
    with suite.context.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE oidc_clients SET require_pkce = 0 WHERE id = 'portal'")
    return App(suite)


def test_tokens_of_two_sign_ins_share_nothing(portal: App, browser: Browser) -> None:
    """Every token has an id of its own."""
    one, two = portal.tokens(browser), portal.tokens(browser)
    assert claims_of(one["access_token"])["jti"] != claims_of(two["access_token"])["jti"]
    assert claims_of(one["access_token"])["grant"] != claims_of(two["access_token"])["grant"]
