"""A mutation may be sent twice and happens once (`Idempotency-Key`)."""

from datetime import timedelta

from shared.clock import SettableClock
from shared.errors import unavailable
from shared.web import idempotency
from tests.support.kiosk import API, Kiosk


def test_the_same_key_gets_the_first_answer_again(kiosk: Kiosk) -> None:
    """Status, body and the headers that belong to the answer; nothing is made a second time."""
    first, second = kiosk.post({"name": "a"}, "k1"), kiosk.post({"name": "a"}, "k1")
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert second.headers["Location"] == first.headers["Location"] == f"{API}/things/1"
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(kiosk.made) == 1


def test_without_a_key_every_request_counts(kiosk: Kiosk) -> None:
    """And other keys are other requests."""
    for key in (None, None, "k1", "k2"):
        assert kiosk.post({"name": "a"}, key).status_code == 201
    assert len(kiosk.made) == 4


def test_another_body_under_the_same_key_is_refused(kiosk: Kiosk) -> None:
    """422: somebody reuses keys, and silence would lose a request."""
    kiosk.post({"name": "a"}, "k1")
    answer = kiosk.post({"name": "b"}, "k1")
    assert (answer.status_code, answer.get_json()["type"]) == (422, "/problems/idempotency-mismatch")
    assert len(kiosk.made) == 1


def test_keys_belong_to_their_caller(kiosk: Kiosk) -> None:
    """Nobody gets another caller's answer by guessing a key."""
    kiosk.post({"name": "a"}, "k1")
    other = kiosk.post({"name": "a"}, "k1", claims={"sub": "somebody", "client_id": "somebody"})
    assert other.status_code == 201
    assert [made["by"] for made in kiosk.made] == ["suite-service", "somebody"]


def test_a_second_request_while_the_first_is_in_hand_waits(kiosk: Kiosk) -> None:
    """409, so that the client asks again instead of doing it twice."""
    seen = []
    kiosk.during.append(lambda: seen.append(kiosk.post({"name": "a"}, "k1")))
    assert kiosk.post({"name": "a"}, "k1").status_code == 201
    assert (seen[0].status_code, seen[0].get_json()["type"]) == (409, "/problems/idempotency-in-progress")
    assert len(kiosk.made) == 1


def test_a_failure_of_ours_releases_the_key(kiosk: Kiosk) -> None:
    """After a 5xx the same key is a fresh try, whether it was foreseen or not."""
    for failure in (unavailable("away", "Later."), ZeroDivisionError()):
        kiosk.fails_with.append(failure)
        assert kiosk.post({"name": "a"}, "k1").status_code >= 500
    assert kiosk.post({"name": "a"}, "k1").status_code == 201
    assert len(kiosk.made) == 1


def test_a_refusal_is_an_answer_and_is_kept(kiosk: Kiosk) -> None:
    """A 422 is repeated as it was, as problem details."""
    first, second = kiosk.post({"size": 1}, "k1"), kiosk.post({"size": 1}, "k1")
    assert first.status_code == second.status_code == 422
    assert second.content_type == "application/problem+json"
    assert second.get_json()["errors"] == first.get_json()["errors"]


def test_a_claim_left_behind_by_a_crash_is_taken_over(kiosk: Kiosk, clock: SettableClock) -> None:
    """A process that died in between blocks a patient client for a minute, not for ever."""
    second: list[int] = []

    def crash_and_retry() -> None:
        second.append(kiosk.post({"name": "a"}, "k1").status_code)
        clock.advance(timedelta(minutes=1, seconds=1))
        second.append(kiosk.post({"name": "a"}, "k1").status_code)

    kiosk.during.append(crash_and_retry)
    kiosk.post({"name": "a"}, "k1")
    assert second == [409, 201]


def test_a_claim_that_was_taken_over_is_not_completed_by_the_first(kiosk: Kiosk, clock: SettableClock) -> None:
    """Who was only slow finds the claim gone, and leaves the answer of the second alone."""

    def retry() -> None:
        clock.advance(timedelta(minutes=1, seconds=1))
        kiosk.post({"name": "a"}, "k1")

    kiosk.during.append(retry)
    slow = kiosk.post({"name": "a"}, "k1")
    assert slow.get_json() == {"number": 2}
    assert kiosk.post({"name": "a"}, "k1").get_json() == {"number": 1}


def test_keys_are_forgotten_after_a_day(kiosk: Kiosk, clock: SettableClock) -> None:
    """The table does not grow for ever."""
    kiosk.post({"name": "a"}, "k1")
    clock.advance(timedelta(hours=24, seconds=1))
    assert idempotency.housekeeping(kiosk.context) == 1
    assert idempotency.housekeeping(kiosk.context) == 0
    assert kiosk.post({"name": "a"}, "k1").status_code == 201
    assert len(kiosk.made) == 2


def test_a_key_has_a_length(kiosk: Kiosk) -> None:
    """1 to 200 characters."""
    assert kiosk.post({"name": "a"}, "k" * 200).status_code == 201
    for key in ("", "k" * 201):
        assert kiosk.post({"name": "a"}, key).get_json()["type"] == "/problems/idempotency-key"


def test_a_key_without_a_right_to_call_is_nothing(kiosk: Kiosk) -> None:
    """A stranger can neither block nor learn a caller's keys."""
    headers = {"Idempotency-Key": "k1"}
    assert kiosk.browser().post(f"{API}/things", json={"name": "a"}, headers=headers).status_code == 401
    assert kiosk.post({"name": "a"}, "k1").status_code == 201
