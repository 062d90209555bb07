"""A function that ends before its membership: emergency access, what a review let lapse, a company's loan (G8, G13).

Nobody has to tell identity that it is over; the instant came with the function.
"""

from datetime import timedelta

import pytest

from tests.service.identity_oidc.suite import App, Browser, Suite, claims_of

KEPT, LENT = "claims.status.view", "payment.manage"
FOR = timedelta(minutes=4)


@pytest.fixture
def lent(suite: Suite, pat: str) -> str:
    """Somebody holds one function for good and one for four minutes."""
    until = (suite.clock.now() + FOR).isoformat().replace("+00:00", "Z")
    suite.membership(pat, functions=[KEPT, LENT], function_ends={LENT: until}, sequence=2)
    return pat


def test_a_token_speaks_of_it_and_ends_with_it(suite: Suite, portal: App, lent: str) -> None:
    """The access token names the function and does not outlive it."""
    tokens = portal.tokens(suite.browser(lent))
    claims = claims_of(tokens["access_token"])
    assert sorted(claims["functions"]) == sorted([KEPT, LENT])
    assert tokens["expires_in"] == FOR.total_seconds()
    assert claims["exp"] == int((suite.clock.now() + FOR).timestamp())


def test_afterwards_no_door_names_it(suite: Suite, portal: App, lent: str) -> None:
    """G8: at the instant itself it is gone from userinfo, introspection and the next token; the rest goes on."""
    tokens = portal.tokens(suite.browser(lent))
    suite.clock.advance(FOR - timedelta(seconds=1))
    assert sorted(portal.introspect(tokens["access_token"])["functions"]) == sorted([KEPT, LENT])
    suite.clock.advance(timedelta(seconds=1))
    later = portal.refresh(tokens["refresh_token"]).json()
    assert claims_of(later["access_token"])["functions"] == [KEPT]
    assert later["expires_in"] == 600
    assert portal.userinfo(later["access_token"]).json()["functions"] == [KEPT]
    assert portal.introspect(later["access_token"])["functions"] == [KEPT]


def test_a_new_sign_in_afterwards_does_not_name_it(suite: Suite, portal: App, lent: str) -> None:
    """Whoever comes later gets what is left."""
    suite.clock.advance(FOR)
    tokens = portal.tokens(suite.browser(lent))
    assert claims_of(tokens["id_token"])["functions"] == [KEPT]


def test_older_news_without_ends_is_understood(suite: Suite, portal: App, browser: Browser) -> None:
    """An event of before knows no ends: every function lasts as long as the membership."""
    assert portal.tokens(browser)["expires_in"] == 600
