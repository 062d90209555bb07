"""What is taken away is gone at once: introspection, userinfo and refresh know it when the event has arrived (G4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from identity.accounts import service as accounts
from identity.sessions import service as sessions
from tests.service.identity_oidc.granting import portal_with, tell
from tests.service.identity_oidc.suite import BILLING, CLINIC, App, Browser, Suite, claims_of
from tests.service.identity_oidc.test_attacks_on_codes import check_refused

INSTANT = timedelta(milliseconds=1)  # the bound is a second; no time passes here but the event's own way


def member(suite: Suite, account_id: str, kind: str, sequence: int, **changes: Any) -> None:
    """Let an event about Pat's membership arrive as the broker brings it."""
    state = {
        "membership_id": f"mbr_{account_id[-8:]}_{CLINIC['id']}",
        "account_id": account_id,
        "organization": {**CLINIC, "tin_last4": "1234"},
        "status": "active",
        "role": "member",
        "functions": ["claims.status.view", "precert.submit"],
        "starts_at": "2026-11-01T00:00:00Z",
        "ends_at": None,
    }
    tell(suite, "access-manager", kind, str(state["membership_id"]), sequence, {**state, **changes})


def test_a_function_that_is_removed_is_known_everywhere_at_once(
    suite: Suite, portal: App, browser: Browser, pat: str
) -> None:
    """G4: live tokens included, and the next refresh; the session goes on."""
    tokens = portal.tokens(browser)
    assert "precert.submit" in portal.introspect(tokens["access_token"])["functions"]
    member(suite, pat, "membership.changed", 2, functions=["claims.status.view"])
    suite.clock.advance(INSTANT)
    assert portal.introspect(tokens["access_token"])["functions"] == ["claims.status.view"]
    assert portal.userinfo(tokens["access_token"]).json()["functions"] == ["claims.status.view"]
    later = portal.refresh(tokens["refresh_token"]).json()
    assert claims_of(later["access_token"])["functions"] == ["claims.status.view"]
    assert claims_of(later["id_token"])["functions"] == ["claims.status.view"]


def test_a_membership_that_is_removed_leaves_no_organization_behind(
    suite: Suite, portal: App, browser: Browser, pat: str
) -> None:
    """G4: `org` and `functions` are gone from every answer; what a person may do elsewhere is not touched."""
    tokens = portal.tokens(browser)
    member(suite, pat, "membership.removed", 2, status="removed", functions=[])
    suite.clock.advance(INSTANT)
    for told in (
        portal.introspect(tokens["access_token"]),
        portal.userinfo(tokens["access_token"]).json(),
        claims_of(portal.refresh(tokens["refresh_token"]).json()["access_token"]),
    ):
        assert not {"org", "functions"} & set(told) and told["sub"] == pat


def test_the_other_organization_takes_over_only_by_the_person_s_own_choice(
    suite: Suite, portal: App, browser: Browser, pat: str
) -> None:
    """G6: somebody of two who loses the chosen one is left with exactly one, and the token never names both."""
    suite.membership(pat, BILLING)
    suite.choose(browser, CLINIC)
    tokens = portal.tokens(browser)
    member(suite, pat, "membership.removed", 2, status="removed", functions=[])
    assert "org" not in portal.introspect(tokens["access_token"])
    assert claims_of(portal.refresh(tokens["refresh_token"]).json()["access_token"])["org"]["id"] == BILLING["id"]


def ended(suite: Suite, browser: Browser, _pat: str) -> None:
    """Signed out elsewhere."""
    with suite.context.transaction() as work:
        sessions.end(work, browser.sid, "signed_out")


def everywhere(suite: Suite, _browser: Browser, pat: str) -> None:
    """All sign-ins are ended, as after a changed password."""
    with suite.context.transaction() as work:
        sessions.end_all(work, pat, "credential_changed")


def closed(suite: Suite, _browser: Browser, pat: str) -> None:
    """The account is closed for good; its sessions may not even have been ended yet."""
    with suite.context.transaction() as work:
        accounts.close(work, pat, "own_wish")


@pytest.mark.parametrize("happens", [ended, everywhere, closed])
@pytest.mark.parametrize("rotation", ["rotate", "keep"])
def test_attack_53_a_sign_in_that_is_over_opens_nothing(
    suite: Suite, browser: Browser, pat: str, happens: Callable[[Suite, Browser, str], None], rotation: str
) -> None:
    """G4: introspection inactive, userinfo 401, refresh invalid_grant, whatever the client's policy of rotation."""
    portal = portal_with(suite, refresh_rotation=rotation)
    tokens = portal.tokens(browser)
    happens(suite, browser, pat)
    suite.clock.advance(INSTANT)
    for token in (tokens["access_token"], tokens["refresh_token"]):
        assert portal.introspect(token) == {"active": False}
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert "GH-OIDC-052" in check_refused(portal.refresh(tokens["refresh_token"]), "invalid_grant")


def test_a_late_event_brings_nothing_back(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """Threat 41: the removal has arrived, an older change comes after it, twice: nothing opens again."""
    tokens = portal.tokens(browser)
    member(suite, pat, "membership.removed", 3, status="removed", functions=[])
    member(suite, pat, "membership.changed", 2)
    assert "org" not in portal.introspect(tokens["access_token"])


def test_access_tokens_that_nobody_asks_about_end_within_ten_minutes(portal: App, browser: Browser) -> None:
    """G4: an API that checks offline is wrong for no longer than that."""
    claims = claims_of(portal.tokens(browser)["access_token"])
    assert claims["exp"] - claims["iat"] <= 600
