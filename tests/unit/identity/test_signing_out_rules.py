"""The rules of signing out, without a provider around them: who is asked, what an answer means, when to try again."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.oidc.logout.decide import Answer, Request, decide
from identity.oidc.logout.deliveries.schedule import again_at, judged
from identity.oidc.logout.deliveries.token import EVENT, claims_of_logout
from identity.oidc.outbound.patience import LAST_CALL, LEASE, TRIES_FOR, Outcome

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
EVERY = [Request(*values) for values in product((True, False, None), (True, False, None), (True, False), (True, False))]


class TestWhoIsAsked:
    """RP-Initiated Logout 1.0 §2, attacks 17 and 18, ASVS 10.6.2: for every request there can be."""

    @pytest.mark.parametrize("request_", EVERY, ids=str)
    def test_nothing_ends_unasked_without_the_hint_of_this_very_session(self, request_: Request) -> None:
        """Where somebody is signed in."""
        if decide(request_) in (Answer.END, Answer.END_AND_RETURN) and request_.signed_in:
            assert request_.hint_good and request_.its_session

    @pytest.mark.parametrize("request_", EVERY, ids=str)
    def test_nobody_is_led_away_without_a_good_hint_and_a_registered_address(self, request_: Request) -> None:
        """Not even where nobody is signed in."""
        if decide(request_) is Answer.END_AND_RETURN:
            assert request_.hint_good and request_.landing_good

    @pytest.mark.parametrize("request_", EVERY, ids=str)
    def test_a_hint_that_is_none_is_always_said_to_be(self, request_: Request) -> None:
        """It is the app's fault, and its developer must learn of it."""
        assert (decide(request_) is Answer.HINT_REFUSED) == (request_.hint_good is False)

    @pytest.mark.parametrize("request_", EVERY, ids=str)
    def test_only_somebody_who_is_signed_in_is_asked(self, request_: Request) -> None:
        """And whoever is not is told so, or gets back to the app."""
        if decide(request_) is Answer.ASK:
            assert request_.signed_in
        if decide(request_) is Answer.OVER:
            assert not request_.signed_in and request_.hint_good is None


class TestWhatAnAnswerMeans:
    """Back-Channel Logout 1.0 §2.8."""

    @pytest.mark.parametrize("status", range(200, 300))
    def test_every_success_is_one(self, status: int) -> None:
        """200, and the 204 that some frameworks make of an empty 200."""
        assert judged(status) is Outcome.TAKEN

    @pytest.mark.parametrize("status", [100, 301, 302, 307, 308, 400, 401, 403, 404, 410, 422])
    def test_an_app_that_answers_otherwise_has_refused(self, status: int) -> None:
        """Its other sessions are tried all the same."""
        assert judged(status) is Outcome.REFUSED

    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
    def test_an_app_that_cannot_answer_is_away(self, status: int) -> None:
        """And left alone for now."""
        assert judged(status) is Outcome.AWAY


class TestWhenToTryAgain:
    """Less and less, and not for ever."""

    @given(attempts=st.integers(1, 10_000), seconds=st.integers(0, 2 * 86_400))
    def test_never_at_once_never_later_than_half_an_hour_never_after_a_day(self, attempts: int, seconds: int) -> None:
        """However many attempts there were, however long it has been owed."""
        due = again_at(attempts, NOW, NOW + timedelta(seconds=seconds))
        if due is None:
            assert seconds + 1800 > TRIES_FOR.total_seconds()
        else:
            assert 5 <= (due - NOW).total_seconds() - seconds <= 1800
            assert due <= NOW + TRIES_FOR

    def test_the_first_minute_has_four_tries(self) -> None:
        """An app that is just being restarted hears of it soon."""
        assert [(again_at(n, NOW, NOW) or NOW) - NOW for n in (1, 2, 3)] == [
            timedelta(seconds=5),
            timedelta(seconds=10),
            timedelta(seconds=20),
        ]

    def test_a_claim_outlasts_an_attempt(self) -> None:
        """The fetcher gives up after five seconds; a claim that ended before it would let two workers ask at once.

        Nor is anything begun so late that it could outlast the claim that it was taken with.
        """
        assert timedelta(seconds=10) <= LAST_CALL < LEASE


def test_a_token_says_what_the_standard_lists_and_nothing_else() -> None:
    """§2.4: no nonce, both sid and sub, one event with an empty object, two minutes."""
    assert claims_of_logout("https://id.example", "portal", "lgt_1", "acc_1", "ses_1", NOW) == {
        "iss": "https://id.example",
        "aud": "portal",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 120,
        "jti": "lgt_1",
        "sub": "acc_1",
        "sid": "ses_1",
        "events": {EVENT: {}},
    }
