"""Every app hears that a session is over (Back-Channel Logout 1.0): E21, A5, attack 19 of the threat table."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from identity.oidc.logout.deliveries import service
from identity.sessions import service as sessions
from tests.service.identity_oidc.listening import (
    Ears,
    claims_at,
    listening,
    register,
    rows,
    signed_in,
)
from tests.service.identity_oidc.suite import App, Browser, Suite, claims_of, header_of
from tests.support.logout_receiver import LogoutReceiver


@pytest.fixture
def ears(suite: Suite) -> Ears:
    """Identity's worker."""
    return Ears(suite)


@pytest.fixture
def receiver(suite: Suite) -> Iterator[LogoutReceiver]:
    """The portal, where it takes logout tokens."""
    with listening(suite) as made:
        yield made


class TestWhoIsTold:
    """Each app that the session signed its person in to, once; and nobody else."""

    def test_every_app_of_the_session_gets_a_token_that_passes_every_check(
        self, suite: Suite, browser: Browser, receiver: LogoutReceiver, ears: Ears, pat: str
    ) -> None:
        """E21, threat 19: type, issuer, audience, two minutes, event, sid and sub, no nonce; each app its own jti."""
        with listening(suite, "other") as second:
            signed_in(suite, browser, "portal", "other")
            suite.end_session(browser.sid)
            ears.settle()
            (mine,) = claims_at(suite, receiver)
            (its,) = claims_at(suite, second, "other")
        assert (mine["sub"], mine["sid"]) == (its["sub"], its["sid"]) == (pat, browser.sid)
        assert mine["jti"] != its["jti"]
        assert header_of(second.tokens[0])["alg"] == "RS256"  # each by the algorithm of its ID tokens

    def test_it_comes_as_a_form_to_the_very_address(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """POST, form-encoded, one parameter, the registered query kept (§2.5)."""
        portal.tokens(browser)
        suite.end_session(browser.sid)
        ears.settle()
        (came,) = receiver.received
        assert came.path == "/signed-out?tenant=1"
        assert came.content_type == "application/x-www-form-urlencoded"
        assert came.token

    def test_the_session_is_the_one_of_the_id_token(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears, pat: str
    ) -> None:
        """Of two browsers of one person, one ends: the app is told of that one, and of that one only."""
        elsewhere = suite.browser(pat)
        kept, ended = (claims_of(portal.tokens(one)["id_token"]) for one in (elsewhere, browser))
        suite.end_session(browser.sid)
        ears.settle()
        (told,) = claims_at(suite, receiver)
        assert (told["sid"], told["sub"]) == (ended["sid"], ended["sub"])
        assert told["sid"] != kept["sid"] and suite.is_open(elsewhere.sid)

    def test_many_sign_ins_of_one_session_are_one_token(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """An app renews silently all day; it has one session to end. The event comes twice, and once again replayed."""
        for _ in range(3):
            portal.tokens(browser)
        suite.end_session(browser.sid)
        ears.settle()
        with suite.context.transaction() as work:
            assert service.owe(work, browser.sid) == 0
        ears.settle()
        assert len(claims_at(suite, receiver)) == 1

    def test_an_app_without_an_address_or_without_a_sign_in_is_left_alone(
        self, suite: Suite, browser: Browser, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """`other` has no address; the portal has one, and nobody signed in to it."""
        register(suite, "other")
        signed_in(suite, browser, "other")
        suite.end_session(browser.sid)
        ears.settle()
        assert receiver.received == [] and rows(suite) == []

    def test_tokens_without_a_sign_in_are_no_reason(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """Without scope openid the app has no session of ours."""
        portal.tokens(browser, scope="population")
        suite.end_session(browser.sid)
        ears.settle()
        assert receiver.received == []

    def test_a_code_on_its_way_and_a_revoked_grant_count(
        self, suite: Suite, browser: Browser, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """The one app may be redeeming in this instant; the other signed in with what it gave back."""
        with listening(suite, "other") as second:
            App(suite).code(browser)
            tokens = signed_in(suite, browser, "other")["other"]
            App(suite, "other").revoke(tokens["refresh_token"])
            suite.end_session(browser.sid)
            ears.settle()
            assert (len(receiver.tokens), len(second.tokens)) == (1, 1)

    def test_a_disabled_app_and_one_that_is_told_no_more_are_given_up(
        self, suite: Suite, browser: Browser, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """What was owed to them is settled; nothing is sent to an address that is not registered any more."""
        with listening(suite, "other") as second:
            signed_in(suite, browser, "portal", "other")
            suite.end_session(browser.sid)
            register(suite, "portal", backchannel_logout_uri=receiver.url, enabled=False)
            register(suite, "other", backchannel_logout_uri=second.url)
            with suite.context.transaction() as work:
                assert service.owe(work, browser.sid) == 2
            register(suite, "other")
            ears.settle()
            assert receiver.received == second.received == []
        assert {row.outcome for row in rows(suite)} == {"given_up"}


def by_the_page(suite: Suite, browser: Browser, _pat: str, _tokens: dict[str, str]) -> None:
    form = browser.http.get("/logout").text
    token = form.split('name="csrf_token" value="')[1].split('"')[0]
    assert browser.http.post("/logout", data={"csrf_token": token}).status_code == 303


def by_an_app(suite: Suite, browser: Browser, _pat: str, tokens: dict[str, str]) -> None:
    browser.http.get("/oauth/logout", params={"id_token_hint": tokens["id_token"]})


def by_time(suite: Suite, _browser: Browser, _pat: str, _tokens: dict[str, str]) -> None:
    suite.clock.advance(timedelta(hours=1, seconds=1))
    suite.run_jobs()


def by_another_person(suite: Suite, browser: Browser, _pat: str, _tokens: dict[str, str]) -> None:
    with suite.context.transaction() as work:
        sessions.end(work, browser.sid, "switched_person")


def with_all_others(suite: Suite, _browser: Browser, pat: str, _tokens: dict[str, str]) -> None:
    with suite.context.transaction() as work:
        sessions.end_all(work, pat, "account_suspended")


WAYS = [by_the_page, by_an_app, by_time, by_another_person, with_all_others]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_whatever_ends_a_session_the_apps_hear_of_it(
    suite: Suite,
    browser: Browser,
    portal: App,
    receiver: LogoutReceiver,
    ears: Ears,
    pat: str,
    way: Callable[[Suite, Browser, str, dict[str, str]], None],
) -> None:
    """E21, A5, threat 53: the person, an app, time, somebody else at the computer, a suspended account."""
    way(suite, browser, pat, portal.tokens(browser))
    ears.settle()
    (told,) = claims_at(suite, receiver)
    assert told["sid"] == browser.sid


class TestALogoutTokenIsGoodForNothingElse:
    """Attack 16, ASVS 10.5.5 from the provider's side: no other door takes it for another kind of token."""

    @pytest.fixture
    def token(self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears) -> str:
        """A logout token as it came."""
        portal.tokens(browser)
        suite.end_session(browser.sid)
        ears.settle()
        return receiver.tokens[0]

    def test_as_an_access_token(self, portal: App, token: str) -> None:
        """Neither userinfo nor introspection."""
        assert portal.userinfo(token).status_code == 401
        assert portal.introspect(token) == {"active": False}

    def test_as_a_hint(self, suite: Suite, pat: str, token: str) -> None:
        """Nobody is signed out by it, and nobody led away."""
        again = suite.browser(pat)
        answer = again.http.get("/oauth/logout", params={"id_token_hint": token})
        assert answer.status_code == 400 and "GH-OIDC-060" in answer.text
        assert suite.is_open(again.sid)

    def test_as_proof_of_a_client(self, suite: Suite, token: str) -> None:
        """It is no assertion (RFC 7523), although its audience is a client."""
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        form = {"grant_type": "client_credentials", "client_assertion_type": kind, "client_assertion": token}
        answer = suite.http.post("/oauth/token", data={**form, "client_id": "portal"})
        assert answer.status_code == 401 and answer.json()["error"] == "invalid_client"


def test_the_metadata_say_it(suite: Suite) -> None:
    """E2: with sessions, because every token names one."""
    found = suite.http.get("/.well-known/openid-configuration").json()
    assert found["backchannel_logout_supported"] is True
    assert found["backchannel_logout_session_supported"] is True
    assert "frontchannel_logout_supported" not in found


def test_the_refresh_token_is_dead_before_the_app_hears_of_it(
    suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears
) -> None:
    """G4: hearing of it is a courtesy; what we answer is over at once."""
    tokens = portal.tokens(browser)
    suite.end_session(browser.sid)
    assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert portal.introspect(tokens["access_token"]) == {"active": False}
    assert receiver.received == []
    ears.settle()
    assert len(receiver.received) == 1


def test_an_app_signs_out_all_day_long(
    suite: Suite, pat: str, portal: App, receiver: LogoutReceiver, ears: Ears
) -> None:
    """A hundred sessions end at once: a hundred tokens, each its own."""
    browsers = [suite.browser(pat) for _ in range(100)]
    for one in browsers:
        portal.code(one)
    with suite.context.transaction() as work:
        sessions.end_all(work, pat, "account_closed")
    while ears.settle():
        pass
    told = claims_at(suite, receiver)
    assert {one["sid"] for one in told} == {one.sid for one in browsers}
    assert len({one["jti"] for one in told}) == 100
