"""Apps that do not answer, or not well: asked again, by one worker at a time, and not for ever (attack 19, E21)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import delete

from identity.oidc.keys.models import SigningKey
from identity.oidc.logout.deliveries import service
from identity.oidc.logout.deliveries.models import DEBTS, deliveries
from identity.oidc.outbound.patience import LEASE, TRIES_FOR, Attempt, Outcome
from identity.oidc.provider import Provider
from tests.service.identity_oidc.listening import Ears, audited, claims_at, listening, register, rows, signed_in
from tests.service.identity_oidc.suite import App, Browser, Suite, claims_of
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


class TestAnAppThatDoesNotAnswer:
    """Attack 19: it never keeps anybody signed in, it is asked again, and not for ever."""

    def test_nobody_waits_for_it(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """The app is down: signing out is answered as ever, and the session is over."""
        hint = portal.tokens(browser)["id_token"]
        receiver.down()
        answer = browser.http.get("/oauth/logout", params={"id_token_hint": hint})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/logout")
        assert ears.settle() == 0
        assert not suite.is_open(browser.sid)

    def test_when_it_is_back_it_is_told_with_the_same_jti(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """Down twice, up again: one token arrives, fresh in time, and the delivery is over."""
        portal.tokens(browser)
        receiver.down()
        suite.end_session(browser.sid)
        ears.settle()
        ears.later(seconds=5)
        (row,) = rows(suite)
        assert (row.attempts, row.settled_at) == (2, None) and "not answer" in row.last_error
        receiver.up()
        assert ears.later(seconds=10) == 1
        (told,) = claims_at(suite, receiver)
        assert told["jti"] == row.id and told["iat"] == int(suite.clock.now().timestamp())
        assert ears.later(hours=1) == 0 and len(receiver.tokens) == 1

    @pytest.mark.parametrize("status", [302, 307, 400, 401, 404, 408, 429, 500, 501, 503])
    def test_whatever_is_no_success_is_tried_again_and_no_redirect_is_followed(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears, status: int
    ) -> None:
        """Every attempt carries the same jti, so that an app that did act can tell (at least once)."""
        portal.tokens(browser)
        suite.end_session(browser.sid)
        receiver.status = status
        ears.settle()
        assert len(receiver.received) == 1
        receiver.status = 204
        assert ears.later(seconds=5) == 1
        first, second = (claims_of(token) for token in receiver.tokens)
        assert first["jti"] == second["jti"] and first["iat"] < second["iat"]
        assert [row.outcome for row in rows(suite)] == ["told"]

    def test_it_is_asked_less_and_less_and_given_up_after_a_day(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears, pat: str
    ) -> None:
        """5, 10, 20 … seconds; then an audited end with the reason, and nothing more."""
        receiver.status = 503
        portal.tokens(browser)
        suite.end_session(browser.sid)
        began, pauses = suite.clock.now(), []
        ears.settle()
        while (row := rows(suite)[0]).settled_at is None:
            pauses.append((row.due_at - suite.clock.now()).total_seconds())
            ears.later(seconds=pauses[-1])
        assert pauses[:4] == [5, 10, 20, 40] and pauses == sorted(pauses) and pauses[-1] == 1800
        assert suite.clock.now() - began <= TRIES_FOR
        after = {"client": "portal", "session": browser.sid, "attempts": len(pauses) + 1}
        assert audited(suite) == [("app_sign_out.given_up", pat, after, "answered 503")]
        before = len(receiver.received)
        ears.later(days=2)
        assert len(receiver.received) == before < 70

    def test_being_told_is_audited(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears, pat: str
    ) -> None:
        """Who was signed out where, at which attempt."""
        portal.tokens(browser)
        suite.end_session(browser.sid)
        ears.settle()
        after = {"client": "portal", "session": browser.sid, "attempts": 1}
        assert audited(suite) == [("app_sign_out.told", pat, after, None)]

    def test_one_that_hangs_holds_up_nobody_else(
        self, suite: Suite, browser: Browser, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """It has a thread of its own until its time is up; the other app has been told long before."""
        with listening(suite, "other") as second:
            signed_in(suite, browser, "portal", "other")
            receiver.may_answer.clear()
            suite.end_session(browser.sid)
            ears.hear()
            assert second.came.wait(5)
            assert [row.outcome for row in rows(suite) if row.client_id == "portal"] == [None]
            receiver.may_answer.set()
            ears.settle()
        assert {row.outcome for row in rows(suite)} == {"told"}

    def test_one_that_is_away_is_asked_for_one_session_at_a_time(
        self, suite: Suite, portal: App, receiver: LogoutReceiver, ears: Ears, pat: str
    ) -> None:
        """Five sessions ended: the first attempt that nobody answers is enough for now."""
        browsers = [suite.browser(pat) for _ in range(5)]
        for one in browsers:
            portal.tokens(one)
            suite.end_session(one.sid)
        with suite.context.transaction() as work:
            assert sum(service.owe(work, one.sid) for one in browsers) == 5
        receiver.status = 503
        ears.settle()
        assert sorted(row.attempts for row in rows(suite)) == [0, 0, 0, 0, 1]
        receiver.status = 200
        ears.later(seconds=5)
        assert {told["sid"] for told in claims_at_end(suite, receiver)} == {one.sid for one in browsers}


def claims_at_end(suite: Suite, receiver: LogoutReceiver) -> list[dict[str, object]]:
    """Return what the tokens that are not yet expired say."""
    now = suite.clock.now().timestamp()
    return [claims for claims in map(claims_of, receiver.tokens) if claims["exp"] > now]


class TestAnAppThatAsksForTime:
    """`Retry-After` of a 429 or 503 (RFC 9110 §10.2.3): followed, as far as we would wait by ourselves."""

    @pytest.mark.parametrize("status", [429, 503])
    def test_it_is_left_alone_for_as_long_as_it_asks(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears, status: int
    ) -> None:
        """Not asked after five seconds, as others are, but when two minutes are over."""
        portal.tokens(browser)
        suite.end_session(browser.sid)
        receiver.status, receiver.retry_after = status, "120"
        ears.settle()
        ears.later(seconds=119)
        assert len(receiver.received) == 1 and rows(suite)[0].attempts == 1
        receiver.status = 200
        assert ears.later(seconds=1) == 1

    def test_neither_is_it_told_of_what_ends_meanwhile(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears, pat: str
    ) -> None:
        """Another session ends while the app rests: one request would be one too many."""
        second = suite.browser(pat)
        for one in (browser, second):
            portal.tokens(one)
        suite.end_session(browser.sid)
        receiver.status, receiver.retry_after = 503, "60"
        ears.settle()
        suite.end_session(second.sid)
        ears.later(seconds=30)
        assert len(receiver.received) == 1
        receiver.status = 200
        assert ears.later(seconds=30) == 2
        assert {told["sid"] for told in claims_at_end(suite, receiver)} == {browser.sid, second.sid}

    @pytest.mark.parametrize("asked", ["315360000", "9" * 500, "Fri, 31 Dec 9999 23:59:59 GMT"])
    def test_attack_19_nobody_is_kept_signed_in_by_asking_for_years(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears, asked: str
    ) -> None:
        """Threat 19: half an hour is our own longest pause, and it is asked again after that."""
        portal.tokens(browser)
        suite.end_session(browser.sid)
        receiver.status, receiver.retry_after = 503, asked
        ears.settle()
        assert (rows(suite)[0].due_at - suite.clock.now()).total_seconds() == 1800
        receiver.status = 200
        assert ears.later(minutes=30) == 1

    @pytest.mark.parametrize("asked", ["0", "1", "-5", "Sun, 06 Nov 1994 08:49:37 GMT", "soon", ""])
    def test_threat_57_nobody_has_itself_asked_more_often(
        self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver, ears: Ears, asked: str
    ) -> None:
        """Zero seconds, a date that is past, or nothing to be read: our own pauses."""
        portal.tokens(browser)
        suite.end_session(browser.sid)
        receiver.status, receiver.retry_after = 429, asked
        ears.settle()
        ears.later(seconds=4)
        assert len(receiver.received) == 1
        assert (rows(suite)[0].due_at - suite.clock.now()).total_seconds() == 1

    def test_what_others_are_owed_does_not_wait(
        self, suite: Suite, browser: Browser, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """The other app of the same person is told at once."""
        with listening(suite, "other") as second:
            signed_in(suite, browser, "portal", "other")
            receiver.status, receiver.retry_after = 503, "600"
            suite.end_session(browser.sid)
            ears.settle()
            assert len(second.received) == 1


class TestOneAttemptAtATime:
    """A delivery is one worker's until its claim runs out."""

    @pytest.fixture
    def owed(self, suite: Suite, browser: Browser, portal: App, receiver: LogoutReceiver) -> str:
        """The id of a delivery that nobody has taken yet."""
        portal.tokens(browser)
        suite.end_session(browser.sid)
        with suite.context.transaction() as work:
            service.owe(work, browser.sid)
        return str(rows(suite)[0].id)

    def test_a_worker_that_died_with_it_is_replaced(
        self, suite: Suite, owed: str, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """Claimed and never noted: another worker goes on half a minute later, with the same jti."""
        with suite.context.transaction() as work:
            assert DEBTS.claim(work, [owed])
        with suite.context.transaction() as work:
            assert not DEBTS.claim(work, [owed])
        assert ears.settle() == 0 and receiver.received == []
        assert ears.later(seconds=LEASE.total_seconds()) == 1
        assert claims_of(receiver.tokens[0])["jti"] == owed
        assert rows(suite)[0].attempts == 2

    @pytest.mark.parametrize("outcome", list(Outcome))
    def test_one_that_comes_back_from_the_dead_changes_nothing(
        self, suite: Suite, owed: str, receiver: LogoutReceiver, ears: Ears, outcome: Outcome
    ) -> None:
        """Its claim ran out and another worker has told the app: what it says now counts no more."""
        with suite.context.transaction() as work:
            (late,) = DEBTS.claim(work, [owed])
        ears.later(seconds=LEASE.total_seconds())
        before = rows(suite), audited(suite)
        with suite.context.transaction() as work:
            service.note(work, late, Attempt(outcome, "too late"))
        assert (rows(suite), audited(suite)) == before and before[0][0].outcome == "told"

    def test_a_token_that_cannot_be_signed_is_tried_again_with_an_end(
        self, suite: Suite, owed: str, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """No key of its algorithm: noted like an app that is away, so that it is given up like one."""
        register(suite, "portal", backchannel_logout_uri=receiver.url)
        with suite.context.transaction() as work:
            work.session.execute(delete(SigningKey))
        suite.context.part(Provider).ring.forget()
        assert ears.settle() == 0
        (row,) = rows(suite)
        assert (row.id, row.attempts, row.last_error) == (owed, 1, "LookupError")

    def test_what_is_over_is_forgotten_and_nothing_else(
        self, suite: Suite, owed: str, receiver: LogoutReceiver, ears: Ears
    ) -> None:
        """Retention looks at when it was settled; what is still owed stays."""
        now = suite.clock.now()
        with suite.context.transaction() as work:
            work.session.execute(DEBTS.forgotten(now + timedelta(days=1), 10))
        assert [row.id for row in rows(suite)] == [owed]
        ears.settle()
        with suite.context.transaction() as work:
            work.session.execute(DEBTS.forgotten(now, 10))
            assert work.session.execute(deliveries.select()).all()
            work.session.execute(DEBTS.forgotten(now + timedelta(seconds=1), 10))
        assert rows(suite) == []
