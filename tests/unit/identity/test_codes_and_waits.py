"""One-time codes, waits after failures, and the hasher under load."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from identity.mfa import totp
from identity.passwords.hasher import Hasher
from identity.throttle.limits import Limits
from shared.errors import Problem

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
SECRET = totp.new_secret(bytes(range(20)))


@pytest.mark.parametrize(("seconds", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_fits_one_step_to_either_side(seconds: int, fits: bool) -> None:
    """Clocks of telephones differ by half a minute, not by more."""
    code = pyotp.TOTP(SECRET).at(NOW + timedelta(seconds=seconds))
    step = totp.matching_step(SECRET, code, NOW)
    assert (step is not None) is fits
    if step is not None:
        assert step == (NOW.timestamp() + seconds) // 30


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "      "])
def test_what_is_no_code_fits_nothing(code: str) -> None:
    """Six digits or nothing."""
    assert totp.matching_step(SECRET, code, NOW) is None


def test_the_rfc_vectors_hold() -> None:
    """RFC 6238, appendix B (SHA-1), cut to six digits."""
    secret = totp.new_secret(b"12345678901234567890")
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert totp.matching_step(secret, code, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


def test_waits_double_from_the_fifth_failure_to_the_rest() -> None:
    """Two seconds, four, eight, … then a quarter of an hour (domain §5)."""
    waits = [int(Limits().wait_after(failures).total_seconds()) for failures in range(12)]
    assert waits == [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 900, 900]
    strict = Limits().stricter()
    assert [int(strict.wait_after(failures).total_seconds()) for failures in range(4)] == [0, 2, 900, 900]


def test_a_hash_takes_a_password_in_both_spellings_and_whole() -> None:
    """Composed or not is one password; one letter more is another; too long never fits."""
    hasher = Hasher(memory_kib=8, passes=1)
    stored = hasher.hash("re\u0301sume\u0301 at the harbor")
    assert hasher.verify(stored, "résumé at the harbor")
    assert not hasher.verify(stored, "résumé at the harbor ")
    assert not hasher.verify(stored, "résumé at the harbor" + "x" * 300)
    assert not hasher.verify(None, "no account has this password")
    assert not hasher.verify("not a hash", "anything")


def test_a_refusal_by_an_older_hash_takes_as_long_as_one_of_today() -> None:
    """After the parameters were raised, a quick refusal would tell that the account exists (threat 26)."""
    today, older = Hasher(memory_kib=19456, passes=2), Hasher(memory_kib=8, passes=1).hash("two harbor seals at dawn")
    usual = min(seconds(lambda: today.verify(None, "a guess")) for _ in range(3))
    assert seconds(lambda: today.verify(older, "a guess")) > usual / 2


def seconds(act: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def test_beyond_the_queue_the_answer_is_come_back() -> None:
    """One runs, one waits, the third is told 503 with Retry-After, and nothing is lost for the others."""
    hasher = Hasher(memory_kib=65536, passes=8, slots=1, queue=1)
    told: list[Problem] = []
    fitted: list[bool] = []
    stored = hasher.hash("two harbor seals at dawn")
    start = threading.Barrier(12)

    def sign_in() -> None:
        start.wait()
        try:
            fitted.append(hasher.verify(stored, "two harbor seals at dawn"))
        except Problem as problem:
            told.append(problem)

    threads = [threading.Thread(target=sign_in) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fitted) >= 2 and all(fitted) and len(fitted) + len(told) == 12
    assert told and {(problem.status, problem.headers["Retry-After"]) for problem in told} == {(503, "3")}
    assert hasher.verify(stored, "two harbor seals at dawn")
