"""What an organization asks of its people beyond what the app asks (capability B5)."""

from identity.policies import service as policies
from identity.policies.rules import OrganizationPolicy
from shared.service import SYSTEM
from tests.service.identity_oidc.suite import BILLING, CLINIC, App, Browser, Suite, claims_of, returned

TWO = "urn:gatehouse:acr:2"
WHY = "payments of this clinic were redirected once before"


def hold(suite: Suite, organization: dict[str, object], **asked: object) -> None:
    """Hold an organization to a policy of its own."""
    with suite.context.transaction(SYSTEM) as work:
        policies.set_organization(work, str(organization["id"]), OrganizationPolicy(**asked), WHY)  # type: ignore[arg-type]


def test_an_unenrolled_member_gets_no_token_for_the_organization_that_asks(
    suite: Suite, portal: App, browser: Browser, pat: str
) -> None:
    """Capability B5: the clinic asks for two factors; the person is led to them, and silently refused elsewhere."""
    hold(suite, CLINIC, minimum_acr=TWO)
    answer = portal.authorize(browser)
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login?ticket=")
    refused = returned(portal.authorize(browser, prompt="none"))
    assert "code" not in refused and refused["error"]


def test_the_same_member_still_gets_one_for_another_organization(
    suite: Suite, portal: App, browser: Browser, pat: str
) -> None:
    """Capability B5: what one organization asks is no business of the next."""
    hold(suite, CLINIC, minimum_acr=TWO)
    suite.membership(pat, BILLING)
    suite.choose(browser, BILLING)
    assert claims_of(portal.tokens(browser)["access_token"])["org"]["id"] == BILLING["id"]


def test_who_proved_two_factors_gets_the_token(suite: Suite, portal: App, pat: str) -> None:
    """The level reached is what counts, not how."""
    hold(suite, CLINIC, minimum_acr=TWO)
    strong = suite.browser(pat, amr=("pwd", "otp"))
    assert claims_of(portal.tokens(strong)["access_token"])["org"]["id"] == CLINIC["id"]


def test_a_policy_that_comes_later_holds_for_tokens_that_are_out(
    suite: Suite, portal: App, browser: Browser, pat: str
) -> None:
    """Introspection, userinfo and the next refresh say nothing of the organization any more (effect at once)."""
    tokens = portal.tokens(browser)
    hold(suite, CLINIC, minimum_acr=TWO)
    assert not {"org", "functions"} & set(portal.introspect(tokens["access_token"]))
    assert not {"org", "functions"} & set(portal.userinfo(tokens["access_token"]).json())
    fresh = portal.refresh(tokens["refresh_token"]).json()
    assert not {"org", "functions"} & set(claims_of(fresh["access_token"]))


def test_a_function_may_ask_for_more_than_the_rest(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """Capability B5: one function needs a second factor; without it the token carries the others."""
    hold(suite, CLINIC, function_acr={"precert.submit": TWO})
    tokens = portal.tokens(browser)
    assert claims_of(tokens["access_token"])["functions"] == ["claims.status.view"]
    assert portal.introspect(tokens["access_token"])["functions"] == ["claims.status.view"]
    strong = portal.tokens(suite.browser(pat, amr=("pwd", "otp")))["access_token"]
    assert claims_of(strong)["functions"] == ["claims.status.view", "precert.submit"]
