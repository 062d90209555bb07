"""Attacks that a reviewer tried on the whole provider and that led somewhere once, each named after what it tries."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from identity.oidc import bootstrap
from identity.oidc.apps import consents
from identity.oidc.registration import changing
from tests.service.identity_oidc import granting
from tests.service.identity_oidc.asking import (
    PHONE_APP,
    ask,
    asked_to_allow,
    brought,
    led_to_consent,
    phone_app,
    stranger,
    visitor,
)
from tests.service.identity_oidc.granting import Granted, exchanger
from tests.service.identity_oidc.suite import (
    ACCESS_API,
    BILLING,
    CLINIC,
    ORIGIN,
    PORTAL,
    SECRETS,
    App,
    Browser,
    Suite,
    claims_of,
    returned,
)
from tests.service.identity_oidc.test_token_exchange import exchange, exchanged


@pytest.fixture
def phone(suite: Suite) -> App:
    """An app on a phone of somebody else: whoever knows its id can pretend to be it."""
    return phone_app(suite)


@pytest.fixture
def watcher(suite: Suite) -> Granted:
    """An API that asks us about every token it is shown."""
    return program(suite, "watcher", scopes=("tokens.introspect",))


def program(suite: Suite, client_id: str, **given: Any) -> Granted:
    """A client that only asks for tokens of its own."""
    return granting.register(suite, client_id, profile="service", grant_types=("client_credentials",), **given)


def allow(suite: Suite, app: App, browser: Browser) -> None:
    """Let the person of a browser say yes to an app and go to it."""
    page = visitor(suite, browser)
    ask(app, page)
    page.press("Allow")
    assert "code" in brought(page)


def switch(suite: Suite, client_id: str, *, on: bool) -> None:
    """Let an operator switch a client off or on."""
    with suite.context.transaction() as work:
        assert changing.switch(work, client_id, on, "Somebody broke into it.")


class TestConsentThatIsNotGiven:
    """A yes is for one app, for what was read, and for as long as was said."""

    @pytest.mark.parametrize("prompt", ["none", "consent", None])
    @pytest.mark.parametrize("since", ["0", "1", "1795446000", "999999999999"])
    def test_threat_21_an_old_instant_in_the_address_makes_an_old_yes_new(
        self, suite: Suite, phone: App, browser: Browser, prompt: str | None, since: str
    ) -> None:
        """Whoever pretends to be a public client writes the whole request, `gatehouse_since`, too."""
        allow(suite, phone, browser)
        suite.clock.advance(timedelta(minutes=5))
        answer = phone.authorize(browser, prompt=prompt, gatehouse_since=since)
        if prompt == "none":
            assert returned(answer)["error"] == "consent_required"
        else:
            led_to_consent(answer)

    def test_threat_21_one_yes_of_a_public_client_twenty_times_at_once(
        self, suite: Suite, phone: App, browser: Browser, pat: str
    ) -> None:
        """RFC 8252 §8.6: of any number of requests in the instant after the yes, one gets a code."""
        with suite.context.transaction() as work:
            consents.give(work, pat, PHONE_APP, ("openid", "profile"))
        with ThreadPoolExecutor(20) as pool:
            answers = list(pool.map(lambda _: phone.authorize(browser), range(20)))
        assert sum("code=" in answer.headers["Location"] for answer in answers) == 1
        assert sum(answer.headers["Location"].startswith("/oauth/consent?") for answer in answers) == 19

    def test_a_yes_that_nobody_used_does_not_wait_for_a_thief(
        self, suite: Suite, phone: App, browser: Browser, pat: str
    ) -> None:
        """The browser went down between the yes and the app: a minute later the yes is gone."""
        with suite.context.transaction() as work:
            consents.give(work, pat, PHONE_APP, ("openid", "profile"))
        suite.clock.advance(timedelta(seconds=61))
        led_to_consent(phone.authorize(browser))

    def test_a_yes_after_a_slow_read_still_leads_to_the_app(self, suite: Suite, phone: App, browser: Browser) -> None:
        """It is the yes that must be young, not the question."""
        page = visitor(suite, browser)
        ask(phone, page)
        suite.clock.advance(timedelta(minutes=10))
        page.press("Allow")
        assert "code" in brought(page)

    def test_threat_46_an_app_that_borrows_a_good_name_for_its_site(self, suite: Suite, browser: Browser) -> None:
        """The page names the site that the answer goes to, which is proven, not the one the app calls its own."""
        app = stranger(suite, client_uri="https://medicare.example/")
        page = visitor(suite, browser)
        ask(app, page)
        assert asked_to_allow(page, "Chart sync")
        assert "sync.example" in page.text
        assert "medicare.example" not in page.text


class TestAskingUnseen:
    """What an app learns that nobody has allowed anything: that nobody has (threats 23 and 35)."""

    @pytest.mark.parametrize(
        "probe",
        [
            {"scope": "openid organization", "organization": CLINIC["id"]},
            {"scope": "openid organization", "organization": BILLING["id"]},
            {"scope": "openid organization", "organization": "org_nobody"},
            {"acr_values": "urn:gatehouse:acr:2"},
            {"claims": '{"id_token": {"acr": {"essential": true, "values": ["urn:gatehouse:acr:2"]}}}'},
            {"claims": '{"id_token": {"sub": {"value": "acc_somebody"}}}'},
            {"max_age": "1"},
        ],
        ids=["theirs", "anothers", "nobodys", "level", "essential-level", "person", "age"],
    )
    def test_threat_23_facts_by_way_of_errors(self, suite: Suite, browser: Browser, probe: dict[str, str]) -> None:
        """`prompt=none` answers every question alike before consent: employer, second factor, identity, hour."""
        suite.clock.advance(timedelta(minutes=1))
        told = returned(stranger(suite).authorize(browser, prompt="none", **probe))
        assert told["error"] == "consent_required"

    def test_threat_23_two_organizations_or_one(self, suite: Suite, browser: Browser, pat: str) -> None:
        """Nor does it learn that somebody works for several."""
        suite.membership(pat, BILLING)
        told = returned(stranger(suite).authorize(browser, prompt="none", scope="openid organization"))
        assert told["error"] == "consent_required"

    def test_threat_35_the_employer_by_way_of_a_quick_return(self, suite: Suite, browser: Browser) -> None:
        """Without `prompt=none`, too: the question comes first, whether the organization is the person's or not."""
        app = stranger(suite)
        for organization in (CLINIC["id"], BILLING["id"], "org_nobody"):
            led_to_consent(app.authorize(browser, scope="openid organization", organization=str(organization)))

    def test_after_the_yes_the_app_is_told(self, suite: Suite, browser: Browser) -> None:
        """Whoever allowed it to know the organization is sent on, and the app hears that the id is not theirs."""
        app = stranger(suite)
        page = visitor(suite, browser)
        ask(app, page, scope="openid organization", organization="org_nobody")
        assert "org_nobody" not in page.text
        page.press("Allow")
        assert brought(page)["error"] == "access_denied"


class TestEffectAtOnce:
    """What an operator takes away is gone for everybody who holds something of it (G4, threat 53)."""

    def test_threat_53_a_token_that_a_switched_off_program_has_exchanged(
        self, suite: Suite, portal: App, browser: Browser, watcher: Granted
    ) -> None:
        """It hangs on the portal's grant, which goes on; the program that acts is over all the same."""
        desk = exchanger(suite)
        subject = portal.tokens(browser)["access_token"]
        token = exchanged(desk, subject, scope="profile")["access_token"]
        assert watcher.introspect(token)["active"]
        switch(suite, desk.client_id, on=False)
        assert watcher.introspect(token) == {"active": False}
        assert watcher.introspect(subject)["active"]

    def test_threat_53_an_earlier_hand_of_a_chain_is_switched_off(
        self, suite: Suite, portal: App, browser: Browser, watcher: Granted
    ) -> None:
        """Neither what comes of it later is good, nor what came of it before."""
        first, second = exchanger(suite), exchanger(suite, "second-desk")
        token = exchanged(first, portal.tokens(browser)["access_token"], scope="profile")["access_token"]
        later = exchanged(second, token)["access_token"]
        switch(suite, first.client_id, on=False)
        assert watcher.introspect(later) == {"active": False}
        assert exchange(second, token).json()["error"] == "invalid_request"

    def test_threat_53_the_own_token_of_a_program_that_is_switched_off(self, suite: Suite, watcher: Granted) -> None:
        """It hangs on no grant and no sign-in, only on its client."""
        token = program(suite, "nightly-job").token({"grant_type": "client_credentials"}).json()["access_token"]
        assert watcher.introspect(token)["active"]
        switch(suite, "nightly-job", on=False)
        assert watcher.introspect(token) == {"active": False}

    def test_scopes_and_apis_that_were_taken_from_a_client(self, suite: Suite, browser: Browser) -> None:
        """The grants it has lose them with the next refresh; userinfo opens no more than that either."""
        portal = granting.portal_with(suite, audiences=(ACCESS_API,), scopes=("openid", "email", "access.evaluate"))
        portal.scope = "openid email access.evaluate"
        tokens = portal.tokens(browser)
        assert ACCESS_API in claims_of(tokens["access_token"])["aud"]
        granting.portal_with(suite, audiences=(), scopes=("openid",))
        fresh = portal.refresh(tokens["refresh_token"]).json()
        assert fresh["scope"] == "openid"
        assert claims_of(fresh["access_token"])["aud"] == ORIGIN
        assert "email" not in portal.userinfo(fresh["access_token"]).json()

    def test_a_client_that_lost_every_scope_gets_no_empty_token(self, suite: Suite, browser: Browser) -> None:
        """Nothing is left of the grant, so it is over."""
        portal = granting.portal_with(suite)
        token = portal.tokens(browser, scope="email")["refresh_token"]
        granting.portal_with(suite, scopes=("openid", "profile"))
        assert portal.refresh(token).json()["error"] == "invalid_grant"

    def test_a_restart_lets_nobody_in_again(self, suite: Suite, portal: App, browser: Browser) -> None:
        """The start of a deployment makes clients as its table says, but switches none on."""
        switch(suite, "portal", on=False)
        with suite.context.transaction() as work:
            bootstrap.prepare(work, bootstrap.first_party(ORIGIN, PORTAL), {"portal": SECRETS["portal"]})
        assert portal.authorize(browser).status_code == 400
        switch(suite, "portal", on=True)
        assert portal.authorize(browser).status_code == 303

    def test_threat_25_nobody_is_led_to_a_switched_off_app_by_signing_out(
        self, suite: Suite, portal: App, browser: Browser
    ) -> None:
        """Neither at once, with an ID token of its better days, nor by a link on a page of ours."""
        hint = portal.tokens(browser)["id_token"]
        switch(suite, "portal", on=False)
        back = {"client_id": "portal", "post_logout_redirect_uri": f"{PORTAL}/"}
        with_hint = browser.http.get("/oauth/logout", params={**back, "id_token_hint": hint})
        assert with_hint.status_code == 400
        assert suite.is_open(browser.sid)
        for who in (browser, suite.browser()):
            answer = who.http.get("/oauth/logout", params=back, follow_redirects=True)
            assert answer.status_code == 200 and PORTAL not in answer.text
