"""What an app may demand of the sign-in: strength, freshness, population, organization."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from identity.accounts.states import Status
from identity.oidc import bootstrap
from identity.oidc.clients.service import ensure_client
from identity.sessions.ticket import Ticket, read
from tests.service.identity_oidc.granting import portal_with
from tests.service.identity_oidc.suite import (
    BILLING,
    CALLBACK,
    CLINIC,
    KEEP,
    ORIGIN,
    App,
    Browser,
    Suite,
    claims_of,
    returned,
)

TWO = ("pwd", "otp")


def ticket(suite: Suite, answer: httpx.Response) -> Ticket:
    """The answer leads to sign-in; return what it demands there."""
    where = urlsplit(answer.headers["Location"])
    assert (answer.status_code, where.path) == (303, "/login"), answer.headers
    return read(parse_qs(where.query)["ticket"][0], keys=[KEEP.encode()], now=suite.clock.now())


def test_a_client_that_needs_two_factors_gets_two(suite: Suite, pat: str) -> None:
    """A password alone leads to sign-in with the level in the ticket; two factors lead on, and the token says so."""
    console = portal_with(suite, minimum_acr="urn:gatehouse:acr:2")
    weak = suite.browser(pat)
    assert ticket(suite, console.authorize(weak)).required_acr == "urn:gatehouse:acr:2"
    tokens = console.tokens(suite.browser(pat, TWO))
    claims = claims_of(tokens["id_token"])
    assert claims["acr"] == "urn:gatehouse:acr:2"
    assert claims["amr"] == ["pwd", "otp", "mfa"]


def test_the_console_gets_no_refresh_token(suite: Suite, pat: str) -> None:
    """It asks anew instead: what is not registered for it is not handed out."""
    console = App(suite, "access-manager", f"{ORIGIN}/manage/callback", scope="openid profile")
    assert "refresh_token" not in console.tokens(suite.browser(pat, TWO))


def test_attack_24_an_acr_that_was_not_reached_is_never_said(suite: Suite, portal: App, browser: Browser) -> None:
    """Asking for more leads to sign-in; asking for what nobody can reach is a wish (OIDC Core §3.1.2.1)."""
    assert (
        ticket(suite, portal.authorize(browser, acr_values="urn:gatehouse:acr:2")).required_acr == "urn:gatehouse:acr:2"
    )
    assert ticket(suite, portal.authorize(browser, acr_values="urn:example:unheard-of phr")).required_acr == "phr"
    tokens = portal.tokens(browser, acr_values="urn:example:unheard-of")
    assert claims_of(tokens["id_token"])["acr"] == "urn:gatehouse:acr:1"


def test_prompt_login_asks_again_once(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """However fresh the sign-in; coming back with a newer one, the request goes through."""
    suite.clock.advance(timedelta(seconds=20))
    demanded = ticket(suite, portal.authorize(browser, prompt="login"))
    assert demanded.not_before == suite.clock.now()
    suite.clock.advance(timedelta(seconds=20))
    assert ticket(suite, browser.http.get(demanded.return_path)).not_before is not None
    again = suite.browser(pat)
    assert "code" in returned(again.http.get(demanded.return_path))


@pytest.mark.parametrize("changes", [{"max_age": "0"}, {"prompt": "select_account"}, {"prompt": "login consent"}])
def test_other_ways_of_asking_for_a_new_sign_in(
    suite: Suite, portal: App, browser: Browser, changes: dict[str, str]
) -> None:
    """max_age=0 means the same as prompt=login (OIDC Core §3.1.2.1); consent is not asked of first-party clients."""
    assert ticket(suite, portal.authorize(browser, **changes)).not_before == suite.clock.now()


def test_max_age_counts_from_the_first_request(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """Younger passes, older leads to sign-in, and the time spent there leads nobody round in a circle."""
    suite.clock.advance(timedelta(seconds=9))
    assert "code" in returned(portal.authorize(browser, max_age="10"))
    suite.clock.advance(timedelta(seconds=5))
    demanded = ticket(suite, portal.authorize(browser, max_age="1"))
    again = suite.browser(pat)
    suite.clock.advance(timedelta(seconds=30))
    answer = again.http.get(demanded.return_path)
    code = returned(answer)["code"]
    told = returned(answer)
    tokens = portal.redeem(code, portal.verifiers[told["state"]]).json()
    assert claims_of(tokens["id_token"])["auth_time"] == int(suite.clock.now().timestamp()) - 30


def test_prompt_consent_shows_nothing_to_first_party_clients(portal: App, browser: Browser) -> None:
    """There is nothing to consent to between a person and the payer's own portal."""
    assert "code" in returned(portal.authorize(browser, prompt="consent"))


def test_the_wrong_door_says_so_after_the_sign_in(suite: Suite, portal: App) -> None:
    """A page with a way back; the app is told `access_denied` where it asked for silence."""
    member = suite.browser(suite.person("mia", population="member"))
    answer = portal.authorize(member)
    assert answer.status_code == 403
    assert "This portal is for other people" in answer.text
    assert f'href="{CALLBACK}?error=access_denied' in answer.text
    assert returned(portal.authorize(member, prompt="none"))["error"] == "access_denied"


def test_who_proved_who_they_are_is_told_which_portal_is_theirs(suite: Suite, portal: App) -> None:
    """Capability A9: the portals that are meant for their kind of account, with their addresses."""
    members = replace(bootstrap.portal(ORIGIN, "https://members.example"), id="members", name="Member portal")
    with suite.context.transaction() as work:
        ensure_client(work, replace(members, populations=("member",)), "s" * 40)
    answer = portal.authorize(suite.browser(suite.person("mia", population="member")))
    assert "Your account is for:" in answer.text and "Member portal" in answer.text
    assert 'href="https://members.example"' in answer.text


def test_an_account_that_may_not_sign_in_is_nobody(suite: Suite, portal: App) -> None:
    """A session that outlived its account leads to sign-in."""
    closed = suite.browser(suite.person("cleo", status=Status.ACTIVE))
    with suite.context.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE accounts SET status = 'closed'")
    assert ticket(suite, portal.authorize(closed)).client_name == "Sample portal"


def test_with_several_organizations_one_is_chosen_first(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """Sign-in asks for it; afterwards tokens speak of that one and of its functions only."""
    suite.membership(pat, BILLING, functions=["remittance.view"])
    demanded = ticket(suite, portal.authorize(browser))
    assert returned(portal.authorize(browser, prompt="none"))["error"] == "interaction_required"
    assert "code" in returned(portal.authorize(browser, scope="openid email"))
    suite.choose(browser, BILLING)
    told = returned(browser.http.get(demanded.return_path))
    tokens = portal.redeem(told["code"], portal.verifiers[told["state"]]).json()
    assert claims_of(tokens["id_token"])["org"] == BILLING
    assert claims_of(tokens["id_token"])["functions"] == ["remittance.view"]


def test_a_membership_that_is_over_needs_no_choice(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """The one that is left is the one."""
    suite.membership(pat, BILLING, status="suspended")
    assert claims_of(portal.tokens(browser)["access_token"])["org"] == CLINIC


def test_scopes_say_what_they_open(suite: Suite, portal: App, browser: Browser) -> None:
    """Userinfo has exactly the claims of the scopes granted (OIDC Core §5.4)."""
    opened = {
        "profile": {"name", "locale", "preferred_username"},
        "email": {"email", "email_verified"},
        "phone": {"phone_number", "phone_number_verified"},
        "population": {"population"},
        "organization": {"org"},
        "functions": {"functions"},
    }
    for scope, names in opened.items():
        token = portal.tokens(browser, scope=f"openid {scope}")["access_token"]
        assert set(portal.userinfo(token).json()) == {"sub"} | names


def test_the_size_of_a_token_does_not_grow_with_organizations(suite: Suite, portal: App, pat: str) -> None:
    """Fifty memberships, one organization in the token."""
    browser = suite.browser(pat)
    before = len(portal.tokens(browser)["access_token"])
    for number in range(50):
        suite.membership(pat, {**BILLING, "id": f"org_{number:04d}", "name": f"Practice {number}"})
    suite.choose(browser, CLINIC)
    assert abs(len(portal.tokens(browser)["access_token"]) - before) < 8
