"""The organization that an app asks for (capability G6): exactly one in every token, switched without a new sign-in."""

from typing import Any

import pytest

from identity.policies import service as policies
from identity.policies.rules import OrganizationPolicy
from shared.service import SYSTEM
from tests.service.identity_oidc.asking import arrive, pushed
from tests.service.identity_oidc.suite import (
    BILLING,
    CLINIC,
    ORIGIN,
    App,
    Browser,
    Suite,
    claims_of,
    header_of,
    returned,
)
from tests.service.identity_oidc.test_through_the_pages import pam, start, type_password, visitor

__all__ = ["pam", "visitor"]
TWO = "urn:gatehouse:acr:2"


@pytest.fixture
def both(suite: Suite, pat: str) -> Browser:
    """Pat works for two organizations and has chosen none yet."""
    suite.membership(pat, BILLING, functions=["remittance.view"])
    return suite.browser(pat)


def org(tokens: dict[str, Any]) -> Any:
    """The one organization that all tokens of an answer speak of."""
    found = [claims_of(tokens[name])["org"] for name in ("access_token", "id_token")]
    assert found[0] == found[1]
    return found[0]


class TestTheAppNamesIt:
    """`organization` is the id of one of the person's active organizations."""

    @pytest.mark.parametrize("wanted", [CLINIC, BILLING])
    def test_g6_the_token_speaks_of_the_one_named(self, portal: App, both: Browser, wanted: dict[str, Any]) -> None:
        """No page, also where none was chosen; function list of that one only."""
        tokens = portal.tokens(both, organization=wanted["id"])
        assert org(tokens) == wanted
        expected = ["remittance.view"] if wanted is BILLING else ["claims.status.view", "precert.submit"]
        assert claims_of(tokens["access_token"])["functions"] == expected
        assert portal.userinfo(tokens["access_token"]).json()["org"] == wanted

    def test_g6_switching_needs_no_new_sign_in(self, portal: App, both: Browser) -> None:
        """The next request names the other; session and instant of sign-in stay, and refreshing keeps to the last."""
        first = portal.tokens(both, organization=CLINIC["id"])
        second = portal.tokens(both, organization=BILLING["id"], prompt="none")
        assert org(second) == BILLING
        for name in ("sid", "auth_time"):
            assert claims_of(first["id_token"])[name] == claims_of(second["id_token"])[name]
        assert org(portal.refresh(second["refresh_token"]).json()) == BILLING

    def test_who_works_for_one_at_a_time_does_so_everywhere(self, suite: Suite, both: Browser) -> None:
        """The choice is the session's: another app that names none speaks of the same one."""
        App(suite).tokens(both, organization=BILLING["id"])
        trial = App(suite, "trial", "http://127.0.0.1:9/cb", "openid organization")
        assert org(trial.tokens(both)) == BILLING

    def test_without_a_name_the_person_chooses(self, portal: App, both: Browser) -> None:
        """The page of sign-in; `interaction_required` where none may be shown."""
        assert portal.authorize(both).headers["Location"].startswith("/login?ticket=")
        assert returned(portal.authorize(both, prompt="none"))["error"] == "interaction_required"

    def test_the_only_one_needs_no_name(self, portal: App, browser: Browser) -> None:
        """Named or not."""
        assert org(portal.tokens(browser)) == org(portal.tokens(browser, organization=CLINIC["id"])) == CLINIC

    def test_it_can_be_pushed(self, portal: App, both: Browser) -> None:
        """A pushed request says it inside; outside it is not read."""
        uri = pushed(portal, organization=BILLING["id"])
        back = returned(arrive(portal, both, uri, organization=CLINIC["id"]))
        assert org(portal.redeem(back["code"], portal.verifiers[back["state"]]).json()) == BILLING

    def test_without_the_scopes_it_says_nothing(self, portal: App, both: Browser) -> None:
        """An app that learns of no organization cannot find out by asking for one."""
        for wanted in (CLINIC["id"], "org_unknown"):
            assert "org" not in claims_of(portal.tokens(both, scope="openid", organization=wanted)["id_token"])


class TestNotTheirs:
    """Threat 35: what is not the person's is told like what does not exist."""

    def refusals(self, suite: Suite, portal: App, browser: Browser) -> list[tuple[str, str]]:
        olga = suite.person("olga")
        suite.membership(olga, BILLING)
        told = [returned(portal.authorize(browser, organization=one)) for one in (BILLING["id"], "org_nowhere", "' --")]
        return [(one["error"], one["error_description"]) for one in told]

    def test_threat_35_somebody_elses_and_none_at_all(self, suite: Suite, portal: App, browser: Browser) -> None:
        """The same words; nothing of the session changes."""
        found = self.refusals(suite, portal, browser)
        assert len(set(found)) == 1 and found[0][0] == "access_denied" and "GH-OIDC-089" in found[0][1]
        assert org(portal.tokens(browser)) == CLINIC

    def test_a_membership_that_is_over(self, suite: Suite, portal: App, both: Browser, pat: str) -> None:
        """Active counts, not former."""
        suite.membership(pat, BILLING, status="removed", sequence=2)
        assert returned(portal.authorize(both, organization=BILLING["id"]))["error"] == "access_denied"

    def test_a_person_without_any(self, suite: Suite, portal: App) -> None:
        """Pending people have none to name."""
        nell = suite.browser(suite.person("nell"))
        assert returned(portal.authorize(nell, organization=CLINIC["id"]))["error"] == "access_denied"


class TestWhatTheOrganizationAsks:
    """B5 holds for the organization that is named, too."""

    def test_its_level_is_reached_or_there_is_no_token(
        self, suite: Suite, portal: App, both: Browser, pat: str
    ) -> None:
        """The ticket says the level, so sign-in cannot send the person back without it in a circle."""
        with suite.context.transaction(SYSTEM) as work:
            policy = OrganizationPolicy(minimum_acr=TWO)
            policies.set_organization(work, str(BILLING["id"]), policy, "payments were redirected once before")
        suite.choose(both, CLINIC)
        silent = returned(portal.authorize(both, organization=BILLING["id"], prompt="none"))
        assert silent["error"] == "interaction_required"
        assert portal.authorize(both, organization=BILLING["id"]).headers["Location"].startswith("/login?ticket=")
        assert org(portal.tokens(both)) == CLINIC
        strong = suite.browser(pat, ("pwd", "otp"))
        assert org(portal.tokens(strong, organization=BILLING["id"])) == BILLING

    def test_through_the_pages_nobody_chooses_what_the_app_named(
        self, suite: Suite, portal: App, pam: str, visitor: Any
    ) -> None:
        """Signing in for a named organization asks for the password only."""
        suite.membership(pam, CLINIC)
        suite.membership(pam, BILLING)
        start(portal, visitor, organization=BILLING["id"])
        type_password(visitor)
        assert visitor.visited[-1].startswith("GET https://portal.example/callback?"), visitor.text


def test_g6_fifty_organizations_make_no_token_longer(suite: Suite, portal: App, pat: str) -> None:
    """Token, request header and ID token are as long with fifty organizations as with one, and still speak of one."""
    few = portal.tokens(suite.browser(pat), organization=CLINIC["id"])
    for number in range(50):
        extra = {"id": f"org_{number:06}", "name": f"Practice {number:02}", "kind": "practice", "contracted": True}
        suite.membership(pat, extra, functions=["claims.status.view", "precert.submit", "remittance.view"])
    many = portal.tokens(suite.browser(pat), organization=CLINIC["id"])
    assert org(many) == CLINIC
    for name in ("access_token", "id_token"):
        assert len(few[name]) == len(many[name]) and set(header_of(few[name])) == set(header_of(many[name]))
    headers = [len(f"Authorization: Bearer {tokens['access_token']}") for tokens in (few, many)]
    assert headers[0] == headers[1] < 2000
    assert portal.introspect(many["access_token"])["org"] == CLINIC
    assert portal.userinfo(many["access_token"]).json()["org"] == CLINIC
    assert claims_of(many["access_token"])["iss"] == ORIGIN


def test_attack_21_a_link_of_another_site_moves_nobody(suite: Suite, portal: App, both: Browser) -> None:
    """The choice counts when the app that began the request redeems its code; a bare address changes nothing."""
    suite.choose(both, CLINIC)
    tokens = portal.tokens(both)
    portal.authorize(both, organization=BILLING["id"])
    assert org(portal.refresh(tokens["refresh_token"]).json()) == CLINIC
