"""How often somebody may try: exact among rivals, apart for devices that were proved, stricter without the cache."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from identity.policies.rules import Policies
from identity.throttle.lanes import Mark, lane, minute_of, next_minute, read_mark
from identity.throttle.limits import Limits, password_limits
from identity.throttle.throttle import Throttle
from shared.cache import CacheAway, MemoryCache
from shared.clock import SettableClock

NOW = datetime(2026, 11, 23, 15, 0, 20, tzinfo=UTC)
HERE = "192.0.2.10"
LIMITS = Limits(delay_from=5, rest_at=10, rest=timedelta(minutes=15), source_a_minute=30)


class Desk:
    """A throttle with its clock, and what people do at it."""

    def __init__(self) -> None:
        self.clock = SettableClock(NOW)
        self.cache = MemoryCache(self.clock)
        self.throttle = Throttle(self.cache, self.clock, LIMITS, LIMITS)

    def fail(self, name: str = "pat", source: str = HERE, device: str | None = None) -> datetime | None:
        """Try once and fail; what the failure began, or until when nothing was accepted."""
        waiting = self.throttle.try_once("password", name, source, device)
        return waiting or self.throttle.failed("password", name, source, device)

    def waits(self, name: str = "pat", source: str = HERE, device: str | None = None) -> bool:
        """Whether a try is refused; one that is not is given back."""
        if self.throttle.try_once("password", name, source, device) is not None:
            return True
        self.throttle.gave_up("password", name, source, device)
        return False

    def rest(self, name: str = "pat", device: str | None = None) -> None:
        """Fail until the name rests."""
        for number in range(LIMITS.rest_at):
            self.fail(name, f"198.51.100.{number}", device)
            self.clock.advance(timedelta(seconds=61))


@pytest.fixture
def desk() -> Desk:
    """A throttle that nobody has tried at."""
    return Desk()


def test_a_rest_ends_by_itself_and_leaves_all_tries(desk: Desk) -> None:
    """Ten failures rest the name for a quarter of an hour, never longer; the next ten are counted anew."""
    desk.rest()
    assert desk.waits()
    desk.clock.advance(timedelta(minutes=14))
    assert not desk.waits()
    assert [desk.fail(source=f"198.51.100.{number}") is None for number in range(4)] == [True] * 4
    assert not desk.waits()


def test_a_stranger_does_not_shut_the_owner_out_of_a_proved_device(desk: Desk) -> None:
    """Threat 28, ASVS 6.1.1: the name rests for everybody else; the owner's device counts by itself, ten tries too."""
    desk.rest()
    assert desk.waits() and not desk.waits(device="dev_own")
    desk.rest(device="dev_own")
    assert desk.waits(device="dev_own") and not desk.waits(device="dev_other")


def test_a_proved_device_minds_no_sprayer_in_the_same_office(desk: Desk) -> None:
    """Threat 28: thirty failures a minute tire the office's address, and not the device of somebody who works there."""
    for number in range(30):
        desk.fail(f"somebody{number}")
    assert desk.waits("pat") and not desk.waits("pat", device="dev_own")
    assert not desk.waits("pat", source="192.0.2.11")


def test_only_failures_tire_a_source(desk: Desk) -> None:
    """A hundred people of one office sign in within a minute, and none of them waits."""
    for number in range(100):
        assert desk.throttle.try_once("password", f"person{number}", HERE) is None
        desk.throttle.succeeded("password", f"person{number}", HERE)
    assert not desk.waits("pat")


def test_a_tired_source_may_try_again_when_the_minute_is_over(desk: Desk) -> None:
    """Told with the instant: the next minute by the clock."""
    for number in range(30):
        desk.fail(f"somebody{number}")
    assert desk.throttle.try_once("password", "pat", HERE) == NOW.replace(second=0) + timedelta(minutes=1)
    desk.clock.advance(timedelta(seconds=40))
    assert not desk.waits("pat")


def test_whoever_is_too_busy_gives_the_try_back(desk: Desk) -> None:
    """A storm of sign-ins that are answered 503 locks nobody out."""
    for _ in range(50):
        assert desk.throttle.try_once("password", "pat", HERE) is None
        desk.throttle.gave_up("password", "pat", HERE)
    assert not desk.waits()


def test_success_forgets_the_failures_of_its_lane_alone(desk: Desk) -> None:
    """SP 800-63B-4 §3.2.2: earlier failures are disregarded; a stranger's rest is not the owner's to end."""
    for _ in range(4):
        desk.fail()
    desk.throttle.try_once("password", "pat", HERE)
    desk.throttle.succeeded("password", "pat", HERE)
    assert all(desk.fail(source=f"198.51.100.{number}") is None and not desk.waits() for number in range(4))
    desk.rest("meg")
    desk.throttle.try_once("password", "meg", HERE, "dev_own")
    desk.throttle.succeeded("password", "meg", HERE, "dev_own")
    assert desk.waits("meg")


def test_the_desk_ends_every_wait_of_a_name(desk: Desk) -> None:
    """Unlocking means the stranger's lane and those of the devices named."""
    desk.rest()
    desk.rest(device="dev_own")
    assert desk.waits() or desk.waits(device="dev_own")
    desk.throttle.clear("password", "pat", ["dev_own"])
    assert not desk.waits() and not desk.waits(device="dev_own")


def test_kinds_are_counted_apart_and_may_bring_their_own_limits(desk: Desk) -> None:
    """Guesses at codes cost no tries at the password; recovery has three of its own."""
    few = Limits(delay_from=3, rest_at=3, rest=timedelta(hours=1), source_a_minute=None)
    assert [desk.throttle.try_once("recovery", "pat", HERE, limits=few) for _ in range(3)] == [None] * 3
    assert desk.throttle.try_once("recovery", "pat", HERE, limits=few) == NOW + timedelta(hours=1)
    assert not desk.waits()


def test_among_rivals_exactly_ten_are_checked_and_one_tells_the_owner(desk: Desk) -> None:
    """D5, threat 27: forty guesses at once from as many addresses are ten guesses, and one mail tells of the rest."""
    told: list[datetime | None] = []
    checked = rivals(40, lambda number: desk.throttle.try_once("password", "pat", f"198.51.100.{number}") is None)
    assert checked.count(True) == LIMITS.rest_at
    rivals(10, lambda number: told.append(desk.throttle.failed("password", "pat", f"198.51.100.{number}")))
    assert len([until for until in told if until is not None]) == 1


def test_among_rivals_of_one_source_exactly_thirty_are_checked(desk: Desk) -> None:
    """D5: a hundred names sprayed at once from one address."""
    checked = rivals(100, lambda number: desk.throttle.try_once("password", f"name{number}", HERE) is None)
    assert checked.count(True) == LIMITS.source_a_minute


def test_without_the_cache_four_workers_together_stay_within_the_limit() -> None:
    """D5, threat 42: each process sees only its own tries, so each allows a quarter."""
    strict = LIMITS.stricter()
    assert 4 * strict.rest_at <= LIMITS.rest_at and 4 * (strict.source_a_minute or 0) <= 30
    assert Limits(delay_from=1, rest_at=2).stricter().rest_at == 1
    assert Limits(source_a_minute=None).stricter().source_a_minute is None


def test_what_was_counted_without_the_cache_is_forgotten_by_success() -> None:
    """The cache goes, somebody mistypes, the cache comes back, they sign in, it goes again: they are not locked out."""
    desk = Desk()
    desk.throttle = Throttle(Fickle(desk.cache, away := threading.Event()), desk.clock, LIMITS, LIMITS)  # type: ignore[arg-type]
    away.set()
    assert not desk.fail() and desk.waits()
    away.clear()
    assert desk.throttle.try_once("password", "pat", HERE) is None
    desk.throttle.succeeded("password", "pat", HERE)
    away.set()
    assert desk.throttle.try_once("password", "pat", HERE) is None
    desk.throttle.gave_up("password", "pat", HERE)
    desk.throttle.succeeded("password", "pat", HERE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::a", "2001:db8:1:2:ffff::b", True),
        ("2001:db8:1:2::a", "2001:db8:1:3::a", False),
        ("192.0.2.10", "::ffff:192.0.2.10", True),
        ("192.0.2.10", "192.0.2.11", False),
        ("unix socket", "unix socket", True),
    ],
)
def test_a_source_is_what_one_customer_holds(one: str, other: str, same: bool) -> None:
    """Threat 27: an IPv6 customer has 2^64 addresses, and they are one source."""
    assert (minute_of("password", one, NOW) == minute_of("password", other, NOW)) is same


def test_keys_hold_no_name_and_no_two_lanes_share_one() -> None:
    """People type passwords where names belong; what is kept of them is a hash (threat 43)."""
    keys = {
        lane(kind, name, device) for kind in ("password", "code") for name in ("pat", "meg") for device in (None, "d")
    }
    assert len(keys) == 8 and not [key for key in keys if "pat" in key.split(":", 2)[2]]


def test_policies_set_the_limits() -> None:
    """Domain §5: the operator moves the thresholds within their bounds; sources stay as they are."""
    limits = password_limits(Policies(delay_failures=3, lock_failures=6, lock_minutes=30))
    assert limits == Limits(3, 6, timedelta(minutes=30), 30) and password_limits(Policies()) == LIMITS


def test_a_mark_is_read_as_it_was_written() -> None:
    """With and without an end."""
    for mark in (Mark(), Mark("a1", NOW), Mark().at_rest(NOW)):
        assert read_mark(mark.to_bytes()) == mark
    assert next_minute(NOW) - NOW == timedelta(seconds=40) and Mark("a").at_rest(NOW) == Mark("a").at_rest(NOW)


class Fickle:
    """A cache that answers until it is told to be away."""

    def __init__(self, cache: MemoryCache, away: threading.Event) -> None:
        self._cache, self._away = cache, away

    def __getattr__(self, name: str) -> object:
        if self._away.is_set():
            raise CacheAway("refused")
        return getattr(self._cache, name)


def rivals(count: int, act: Callable[[int], object]) -> list[object]:
    """That many threads do it at the same moment; what each of them got."""
    found: list[object] = []
    together = threading.Barrier(count)

    def run(number: int) -> None:
        together.wait()
        found.append(act(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
