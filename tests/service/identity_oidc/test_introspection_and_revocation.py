"""Introspection answers from what is true now (contract: effect at once); revocation takes back."""

from tests.service.identity_oidc.suite import BILLING, CLINIC, ORIGIN, App, Browser, Suite, claims_of


def test_an_active_token_tells_its_facts(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """RFC 7662 §2.2, with organization, functions and strength."""
    token = portal.tokens(browser)["access_token"]
    told = portal.introspect(token)
    claims = claims_of(token)
    assert told["active"] is True and told["token_type"] == "Bearer"
    for name in ("iss", "sub", "aud", "client_id", "scope", "exp", "iat", "jti", "sid", "acr", "amr", "auth_time"):
        assert told[name] == claims[name]
    assert told["org"] == CLINIC
    assert told["functions"] == ["claims.status.view", "precert.submit"]
    assert told["population"] == "provider"


def test_a_removed_function_shows_at_once(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """In introspection and userinfo, while the token still says what it said."""
    token = portal.tokens(browser)["access_token"]
    suite.membership(pat, CLINIC, sequence=2, functions=["claims.status.view"])
    assert portal.introspect(token)["functions"] == ["claims.status.view"]
    assert portal.userinfo(token).json()["functions"] == ["claims.status.view"]
    assert "precert.submit" in claims_of(token)["functions"]


def test_a_removed_membership_leaves_no_organization(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """The person is still signed in, for nobody; the next tokens say so, too."""
    tokens = portal.tokens(browser)
    suite.membership(pat, CLINIC, sequence=2, status="removed")
    told = portal.introspect(tokens["access_token"])
    assert told["active"] is True
    assert not {"org", "functions"} & set(told)
    assert not {"org", "functions"} & set(claims_of(portal.refresh(tokens["refresh_token"]).json()["access_token"]))


def test_an_ended_membership_counts_from_its_instant(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """An end date needs no event when it comes."""
    token = portal.tokens(browser)["access_token"]
    suite.membership(pat, CLINIC, sequence=2, ends_at="2026-11-23T15:05:00Z")
    assert "functions" in portal.introspect(token)
    suite.clock.advance(suite.clock.now().replace(minute=5) - suite.clock.now())
    assert "functions" not in portal.introspect(token)


def test_access_granted_meanwhile_comes_with_the_next_tokens(suite: Suite, portal: App) -> None:
    """Somebody who was pending need not sign in again."""
    nell = suite.person("nell")
    tokens = portal.tokens(suite.browser(nell))
    suite.membership(nell, CLINIC)
    fresh = portal.refresh(tokens["refresh_token"]).json()
    assert claims_of(fresh["access_token"])["org"] == CLINIC
    assert portal.introspect(fresh["access_token"])["functions"] == ["claims.status.view", "precert.submit"]


def test_switching_the_organization_comes_with_the_next_tokens(
    suite: Suite, portal: App, browser: Browser, pat: str
) -> None:
    """Exactly one organization at a time, chosen in the session."""
    tokens = portal.tokens(browser)
    suite.membership(pat, BILLING, functions=["remittance.view"])
    suite.choose(browser, BILLING)
    fresh = portal.refresh(tokens["refresh_token"]).json()
    assert claims_of(fresh["access_token"])["org"] == BILLING
    assert claims_of(fresh["access_token"])["functions"] == ["remittance.view"]


def test_an_ended_session_ends_every_token(suite: Suite, portal: App, browser: Browser) -> None:
    """Access and refresh token alike."""
    tokens = portal.tokens(browser)
    assert portal.introspect(tokens["refresh_token"])["active"] is True
    suite.end_session(browser.sid)
    assert portal.introspect(tokens["access_token"]) == {"active": False}
    assert portal.introspect(tokens["refresh_token"]) == {"active": False}
    assert portal.userinfo(tokens["access_token"]).status_code == 401


def test_tokens_of_others_are_just_inactive(suite: Suite, portal: App, browser: Browser) -> None:
    """Unless the registration says `tokens.introspect`."""
    tokens = portal.tokens(browser)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert App(suite, "other").introspect(token) == {"active": False}
        assert App(suite, "suite-service").introspect(token)["active"] is True


def test_a_used_refresh_token_is_inactive(portal: App, browser: Browser) -> None:
    """Asking about it revokes nothing."""
    old = portal.tokens(browser)["refresh_token"]
    new = portal.refresh(old).json()["refresh_token"]
    assert portal.introspect(old) == {"active": False}
    assert portal.introspect(new)["active"] is True


def test_introspection_needs_a_client_and_a_token(suite: Suite, portal: App) -> None:
    """Strangers learn nothing (RFC 7662 §2.1)."""
    assert suite.http.post("/oauth/introspect", data={"token": "x"}).status_code == 401
    answer = suite.http.post("/oauth/introspect", data={"token_type_hint": "x"}, auth=portal.auth)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_programs_token_is_active_until_revoked(suite: Suite) -> None:
    """It has no session, only its client and its time."""
    portal = App(suite)
    token = portal.own_token().json()["access_token"]
    told = portal.introspect(token)
    assert told["active"] is True and told["aud"] == f"{ORIGIN}/api/access"
    assert portal.revoke(token).status_code == 200
    assert portal.introspect(token) == {"active": False}


def test_revoking_an_access_token_leaves_the_rest(portal: App, browser: Browser) -> None:
    """That one token is over; twice is no error."""
    tokens = portal.tokens(browser)
    assert [portal.revoke(tokens["access_token"]).status_code for _ in range(2)] == [200, 200]
    assert portal.introspect(tokens["access_token"]) == {"active": False}
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert portal.refresh(tokens["refresh_token"]).status_code == 200


def test_revoking_a_refresh_token_ends_its_family(portal: App, browser: Browser) -> None:
    """RFC 7009 §2.1: access tokens of the grant go with it."""
    tokens = portal.tokens(browser)
    assert portal.revoke(tokens["refresh_token"]).status_code == 200
    assert portal.introspect(tokens["access_token"]) == {"active": False}
    assert portal.refresh(tokens["refresh_token"]).status_code == 400


def test_unknown_and_foreign_tokens_are_revoked_by_nobody(suite: Suite, portal: App, browser: Browser) -> None:
    """The answer is 200 all the same, and the owner keeps the token."""
    tokens = portal.tokens(browser)
    other = App(suite, "other")
    for token in ("unknown", "a.b.c", tokens["access_token"], tokens["refresh_token"]):
        assert other.revoke(token).status_code == 200
    assert portal.introspect(tokens["access_token"])["active"] is True
    assert portal.refresh(tokens["refresh_token"]).status_code == 200
