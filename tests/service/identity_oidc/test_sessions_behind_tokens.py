"""A token is worth what the session behind it is: its time-outs, its organization, what it owes, who may hold it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import event

from identity.accounts import service as accounts
from identity.mfa import service as mfa
from identity.policies import service as policies
from identity.policies.rules import OrganizationPolicy
from identity.sessions import service as sessions
from identity.sessions.models import Session
from identity.sessions.ticket import Ticket, read
from tests.service.identity_oidc.suite import BILLING, CLINIC, KEEP, App, Browser, Suite, claims_of, returned

WHY = "Agreed with this organization in writing."


def hold(suite: Suite, organization: dict[str, object], **policy: object) -> None:
    """Hold an organization to a policy of its own."""
    with suite.context.transaction() as work:
        policies.set_organization(work, str(organization["id"]), OrganizationPolicy(**policy), WHY)  # type: ignore[arg-type]


def ticket(suite: Suite, answer: httpx.Response) -> Ticket:
    """The answer leads to sign-in; return what it demands there."""
    where = urlsplit(answer.headers["Location"])
    assert (answer.status_code, where.path) == (303, "/login"), answer.headers
    return read(parse_qs(where.query)["ticket"][0], keys=[KEEP.encode()], now=suite.clock.now())


def lives(app: App, tokens: dict[str, str]) -> tuple[bool, int]:
    """Whether the access token is active, and what the refresh token is answered with."""
    return bool(app.introspect(tokens["access_token"])["active"]), app.refresh(tokens["refresh_token"]).status_code


class TestTimeOutsOfOrganizations:
    """A3, HIPAA 164.312(a)(2)(iii): idle and longest life as an organization sets them."""

    def test_each_organization_s_people_are_signed_out_by_its_own_clock(self, suite: Suite, portal: App) -> None:
        """Five minutes at one, thirty at another: at 5:01 the first has lost session and refresh token (A3)."""
        hold(suite, CLINIC, idle_minutes=5)
        hold(suite, BILLING, idle_minutes=30)
        ann, bob = suite.person("ann"), suite.person("bob")
        suite.membership(ann, CLINIC)
        suite.membership(bob, BILLING)
        hers, his = portal.tokens(suite.browser(ann)), portal.tokens(suite.browser(bob))
        suite.clock.advance(timedelta(minutes=5, seconds=1))
        assert lives(portal, hers) == (False, 400)
        assert lives(portal, his) == (True, 200)

    def test_a_refresh_is_use(self, suite: Suite, portal: App) -> None:
        """Refreshing keeps the session, as long as the app does it; then it ends (ASVS 7.6.1)."""
        hold(suite, CLINIC, idle_minutes=5)
        ann = suite.person("ann")
        suite.membership(ann, CLINIC)
        tokens = portal.tokens(suite.browser(ann))
        for _ in range(4):
            suite.clock.advance(timedelta(minutes=4))
            tokens = portal.refresh(tokens["refresh_token"]).json()
        suite.clock.advance(timedelta(minutes=5, seconds=1))
        assert portal.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"

    def test_the_longest_life_ends_it_however_busy(self, suite: Suite, portal: App) -> None:
        """Two hours at this organization, busy or not (ASVS 7.3.2)."""
        hold(suite, CLINIC, life_hours=2)
        ann = suite.person("ann")
        suite.membership(ann, CLINIC)
        tokens = portal.tokens(suite.browser(ann))
        for _ in range(5):
            suite.clock.advance(timedelta(minutes=20))
            tokens = portal.refresh(tokens["refresh_token"]).json()
        suite.clock.advance(timedelta(minutes=20))
        assert portal.refresh(tokens["refresh_token"]).status_code == 400

    def test_whoever_belongs_to_several_has_the_strictest_until_they_choose(self, suite: Suite, portal: App) -> None:
        """Then the chosen one's counts, in both directions."""
        hold(suite, CLINIC, idle_minutes=5)
        ann = suite.person("ann")
        suite.membership(ann, CLINIC)
        suite.membership(ann, BILLING)
        browser = suite.browser(ann)
        with suite.context.reading() as session:
            (undecided,) = sessions.listing(session, ann, suite.clock.now())
            assert undecided.idle == timedelta(minutes=5)
        for organization, idle in ((BILLING, 60), (CLINIC, 5)):
            suite.choose(browser, organization)
            with suite.context.reading() as session:
                (chosen,) = sessions.listing(session, ann, suite.clock.now())
                assert chosen.idle == timedelta(minutes=idle)

    def test_a_changed_policy_counts_for_who_is_signed_in_already(self, suite: Suite, portal: App) -> None:
        """At once where the policy's page says so, and at the next use in any case."""
        ann = suite.person("ann")
        suite.membership(ann, CLINIC)
        suite.membership(ann, BILLING)
        browser = suite.browser(ann)
        suite.choose(browser, CLINIC)
        suite.clock.advance(timedelta(minutes=6))
        hold(suite, CLINIC, idle_minutes=5)
        assert suite.is_open(browser.sid)
        with suite.context.transaction() as work:
            assert sessions.follow_policy(work, str(CLINIC["id"])) == 1
        assert not suite.is_open(browser.sid)
        later = suite.browser(ann)
        suite.choose(later, BILLING)
        hold(suite, BILLING, idle_minutes=10)
        suite.clock.advance(timedelta(minutes=2))
        later.http.get("/account")
        suite.clock.advance(timedelta(minutes=10, seconds=1))
        assert not suite.is_open(later.sid)

    def test_no_policy_goes_beyond_the_standard(self, suite: Suite) -> None:
        """An hour idle and a day in all at the most (SP 800-63B-4 §2.2.3), whatever a row says."""
        hold(suite, CLINIC, idle_minutes=60, life_hours=24)
        ann = suite.person("ann")
        suite.membership(ann, CLINIC)
        suite.browser(ann)
        with suite.context.reading() as session:
            (one,) = sessions.listing(session, ann, suite.clock.now())
        assert one.idle == timedelta(hours=1) and one.ends_at - one.started_at == timedelta(hours=24)


class TestWhatASessionOwes:
    """Half-way through sign-in, a session is nobody's (threat 32)."""

    @pytest.mark.parametrize("owes", ["verify", "renew"])
    def test_it_is_nobody_until_it_is_settled(self, suite: Suite, portal: App, pat: str, owes: str) -> None:
        """Authorize leads to sign-in, silently it is refused, tokens from before answer as over; then all works."""
        browser = suite.browser(pat)
        tokens = portal.tokens(browser)
        with suite.context.transaction() as work:
            sessions.end(work, browser.sid, "signed_out")
            opened, secret = sessions.open_session(work, pat, ("pwd",), work.now, owes=owes)
            sid = opened.id
        assert lives(portal, tokens) == (False, 400)
        browser.http.cookies.set("gh_session", secret, domain="localhost.local")
        ticket(suite, portal.authorize(browser))
        assert returned(portal.authorize(browser, prompt="none"))["error"] == "login_required"
        assert browser.http.get("/account").headers["Location"].startswith("/login")
        with suite.context.transaction() as work:
            sessions.settle(work, sid, "something else")
        ticket(suite, portal.authorize(browser))
        with suite.context.transaction() as work:
            sessions.settle(work, sid, owes)
            sessions.settle(work, sid, owes)
        assert "code" in returned(portal.authorize(browser))
        assert browser.http.get("/account").status_code == 200

    def test_a_grant_dies_with_a_debt_that_comes_later(self, suite: Suite, portal: App, pat: str) -> None:
        """Introspection, userinfo and refresh all ask the session."""
        browser = suite.browser(pat)
        tokens = portal.tokens(browser)
        with suite.context.transaction() as work:
            work.session.get_one(Session, browser.sid).owes = "verify"
        assert portal.userinfo(tokens["access_token"]).status_code == 401
        assert lives(portal, tokens) == (False, 400)


class TestDeprovisioning:
    """Threat 53: a held or closed account with a living session and living tokens."""

    @pytest.mark.parametrize("act", [accounts.suspend, accounts.close], ids=["held", "closed"])
    def test_the_account_is_nobody_at_once(self, suite: Suite, portal: App, pat: str, act: object) -> None:
        """threat 53, ASVS 7.4.2: even before anybody ends the sessions, no page, no code, no token answers for it."""
        browser = suite.browser(pat)
        tokens = portal.tokens(browser)
        with suite.context.transaction() as work:
            act(work, pat, "left_the_practice")  # type: ignore[operator]
        assert lives(portal, tokens) == (False, 400)
        assert browser.http.get("/account").headers["Location"].startswith("/login")
        ticket(suite, portal.authorize(browser))

    def test_all_sessions_end_but_the_one_named(self, suite: Suite, portal: App, pat: str) -> None:
        """Each tells the apps once; a second call has nothing left to do (ASVS 7.4.3)."""
        browsers = [suite.browser(pat) for _ in range(3)]
        held = [portal.tokens(each) for each in browsers]
        with suite.context.transaction() as work:
            assert sessions.end_all(work, pat, "credential_changed", except_id=browsers[1].sid) == 2
            assert sessions.end_all(work, pat, "credential_changed", except_id=browsers[1].sid) == 0
        assert [lives(portal, tokens) for tokens in held] == [(False, 400), (True, 200), (False, 400)]


class TestTheRightPerson:
    """A6: nobody is switched for another silently."""

    def test_a_hint_for_somebody_else_is_not_answered_silently(self, suite: Suite, portal: App, pat: str) -> None:
        """A6, threat 23: `prompt=none` for Ann while Pat sits there is `login_required`, never a token for Pat."""
        ann = suite.person("ann")
        suite.membership(ann)
        meant = portal.tokens(suite.browser(ann))["id_token"]
        told = returned(portal.authorize(suite.browser(pat), prompt="none", id_token_hint=meant))
        assert told["error"] == "login_required" and "code" not in told

    def test_without_silence_the_person_meant_may_sign_in(self, suite: Suite, portal: App, pat: str) -> None:
        """Sign-in comes first, whoever sits there; coming back as somebody else again is told to the app, no circle."""
        ann = suite.person("ann")
        suite.membership(ann)
        meant = portal.tokens(suite.browser(ann))["id_token"]
        suite.clock.advance(timedelta(minutes=1))
        demanded = ticket(suite, portal.authorize(suite.browser(pat), id_token_hint=meant))
        assert demanded.not_before == suite.clock.now()
        suite.clock.advance(timedelta(seconds=5))
        assert returned(suite.browser(pat).http.get(demanded.return_path))["error"] == "login_required"
        assert "code" in returned(suite.browser(ann).http.get(demanded.return_path))

    def test_the_same_person_passes(self, suite: Suite, portal: App, browser: Browser) -> None:
        """Also silently, and long after the ID token itself has expired."""
        hint = portal.tokens(browser)["id_token"]
        suite.clock.advance(timedelta(minutes=50))
        assert "code" in returned(portal.authorize(browser, prompt="none", id_token_hint=hint))

    def test_attack_16_and_17_what_is_no_id_token_is_no_hint(self, suite: Suite, portal: App, browser: Browser) -> None:
        """threat 16, threat 17: an access token, another client's ID token and rubbish are refused, not ignored."""
        tokens = portal.tokens(browser)
        other = App(suite, "other", "https://other.example/cb?tenant=1")
        foreign = other.tokens(browser)["id_token"]
        for hint in (tokens["access_token"], foreign, "a.b.c", tokens["id_token"][:-3] + "AAA"):
            assert returned(portal.authorize(browser, id_token_hint=hint))["error"] == "invalid_request", hint


def test_signing_out_of_an_app_clears_what_our_pages_left(suite: Suite, portal: App, browser: Browser) -> None:
    """Shared office computers are normal: cache and storage of this origin go with the cookie."""
    hint = portal.tokens(browser)["id_token"]
    answer = browser.http.get("/oauth/logout", params={"id_token_hint": hint})
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not suite.is_open(browser.sid)


class TestHeldBack:
    """B6: a factor bound after a recovery approves nothing for a while, and every token says so."""

    def test_every_token_says_until_when(self, suite: Suite, portal: App, pat: str) -> None:
        """ID token, access token, introspection and userinfo, whatever scopes were asked; then it is over."""
        until = suite.clock.now() + timedelta(hours=1)
        with suite.context.transaction() as work:
            mfa.remove_all(work, pat, "recovered_at_desk", until)
        browser = suite.browser(pat)
        tokens = portal.tokens(browser, scope="openid")
        said = {"restricted_until": int(until.timestamp())}
        for claims in (
            claims_of(tokens["id_token"]),
            claims_of(tokens["access_token"]),
            portal.introspect(tokens["access_token"]),
            portal.userinfo(tokens["access_token"]).json(),
        ):
            assert said.items() <= claims.items()
        suite.clock.advance(timedelta(minutes=59))
        tokens = portal.refresh(tokens["refresh_token"]).json()
        suite.clock.advance(timedelta(minutes=1))
        assert "restricted_until" not in portal.introspect(tokens["access_token"])
        assert "restricted_until" not in claims_of(portal.refresh(tokens["refresh_token"]).json()["access_token"])


def test_introspection_of_a_person_is_one_statement(suite: Suite, portal: App, browser: Browser) -> None:
    """Grant, session with its own time-out, account, membership and hold are read together."""
    tokens = portal.tokens(browser)
    portal.introspect(tokens["access_token"])
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = suite.context.database.engine
    event.listen(engine, "before_cursor_execute", note)
    portal.introspect(tokens["access_token"])
    event.remove(engine, "before_cursor_execute", note)
    assert len([each for each in asked if "oidc_grants" in each]) == 1
    assert not [each for each in asked if each.lstrip().upper().startswith("SELECT") and "oidc_" not in each]


def test_attack_32_staff_never_reach_an_app_by_a_password_alone(suite: Suite, portal: App) -> None:
    """threat 32: leaving sign-in after the password and asking the app again leads back to the second factor."""
    rosa = suite.person("rosa", "staff")
    trial = App(suite, "other", "https://other.example/cb?tenant=1")
    assert ticket(suite, trial.authorize(suite.browser(rosa))).required_acr == "urn:gatehouse:acr:2"
    told = returned(trial.authorize(suite.browser(rosa), prompt="none"))
    assert told["error"] == "interaction_required" or told["error"] == "login_required"
