"""What the overview says: tasks in plain words, and the one thing to do next; and how long a sign-in lasts."""

from datetime import UTC, datetime, timedelta

import pytest

from access_manager.functions.catalogue import FUNCTIONS
from identity.mfa.picker import Method
from identity.policies.rules import NO_POLICY, OrganizationPolicy
from identity.profile.overview.next_step import NextStep, next_step, places_of_work
from identity.profile.overview.tasks import KNOWN, tasks
from identity.sessions.lives import Lives, seconds_left, under

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
USUAL = Lives(HOUR, 12 * HOUR)
APP = Method("aut_1", "authenticator_app", "Phone", NOW)
KEY = Method("pky_1", "passkey", "Laptop", NOW)
DEAD = Method("aut_2", "authenticator_app", "Old phone", NOW, usable=False)
MAIL = Method("aut_3", "email", "j***@c***.org", NOW)


def codes(left: int) -> Method:
    """A set of recovery codes."""
    return Method("recovery_codes", "recovery_codes", "", NOW, usable=left > 0, remaining=left)


class TestTasks:
    """Functions in words."""

    def test_every_function_has_the_words_of_the_catalogue(self) -> None:
        """Access-manager's catalogue and identity's words say the same, in the same order."""
        assert set(KNOWN) == {function.id for function in FUNCTIONS}
        assert tasks(function.id for function in reversed(FUNCTIONS)) == [function.task for function in FUNCTIONS]

    def test_a_newer_function_shows_its_name_last(self) -> None:
        """Nothing is hidden for want of words."""
        assert tasks(["z.new", "claims.submit", "a.new"]) == ["Send claims", "a.new", "z.new"]

    def test_nothing_is_nothing(self) -> None:
        """No functions, no list."""
        assert tasks([]) == []


def step(*methods: Method, belongs: bool = True) -> NextStep | None:
    """What somebody is told to do next."""
    return next_step(methods, belongs=belongs)


class TestTheNextStep:
    """Safety first, then somewhere to belong, else nothing."""

    @pytest.mark.parametrize("methods", [(), (DEAD,), (MAIL,), (codes(10),)], ids=["none", "dead", "mail", "codes"])
    def test_without_a_second_factor_that_is_what_is_missing(self, methods: tuple[Method, ...]) -> None:
        """A disabled one, a code by e-mail and recovery codes are none; it comes before all else."""
        found = step(*methods, belongs=False)
        assert found is not None and found.href == "/account/methods"
        assert found.sentence.startswith("A password alone")

    @pytest.mark.parametrize(("left", "missing"), [(0, True), (2, True), (3, False), (10, False)])
    def test_a_single_factor_wants_another_way_in(self, left: int, missing: bool) -> None:
        """Three recovery codes are enough; fewer are soon none."""
        assert (step(APP, codes(left)) is not None) == missing

    def test_two_factors_are_enough_without_codes(self) -> None:
        """One of them is the other's spare."""
        assert step(APP, KEY) is None

    def test_then_an_organization_to_belong_to(self) -> None:
        """Who belongs to one needs no advice."""
        found = step(APP, KEY, belongs=False)
        assert found is not None and found.href == "/register"
        assert step(APP, KEY) is None

    @pytest.mark.parametrize(
        ("manages", "role", "hrefs"),
        [
            (False, None, []),
            (True, None, ["/manage"]),
            (False, "desk", ["/desk", "/admin"]),
            (False, "operator", ["/admin", "/hours"]),
            (False, "auditor", ["/admin"]),
            (False, "gardener", []),
        ],
    )
    def test_every_role_reaches_its_work(self, manages: bool, role: str | None, hrefs: list[str]) -> None:
        """Always, not only when nothing is missing; a role nobody knows has none."""
        assert [place.href for place in places_of_work(manages=manages, staff_role=role)] == hrefs


class TestLives:
    """How long a sign-in lasts (SP 800-63B-4 §2.2.3)."""

    def test_without_a_policy_everybody_s(self) -> None:
        """No organization, or one that says nothing."""
        assert under([], USUAL) == USUAL
        assert under([NO_POLICY], USUAL) == USUAL

    def test_an_organization_may_be_shorter_or_longer(self) -> None:
        """Than the suite's own setting, in each of the two."""
        assert under([OrganizationPolicy(5, 2)], USUAL) == Lives(timedelta(minutes=5), 2 * HOUR)
        assert under([OrganizationPolicy(45, 20)], Lives(HOUR / 4, HOUR)) == Lives(timedelta(minutes=45), 20 * HOUR)

    def test_of_several_the_strictest_counts_in_each_regard(self) -> None:
        """One is strict about idling, the other about length."""
        several = [OrganizationPolicy(5, None), OrganizationPolicy(None, 4), NO_POLICY]
        assert under(several, USUAL) == Lives(timedelta(minutes=5), 4 * HOUR)

    def test_never_beyond_the_standard(self) -> None:
        """An hour and a day."""
        assert under([OrganizationPolicy(600, 600)], USUAL) == Lives(HOUR, 24 * HOUR)

    @pytest.mark.parametrize(("idle", "end", "seconds"), [(90, 500, 90), (500, 90, 90), (0, 9, 0), (-5, 9, 0)])
    def test_what_is_left_is_what_comes_first(self, idle: int, end: int, seconds: int) -> None:
        """Never less than nothing."""
        assert seconds_left(NOW + timedelta(seconds=idle), NOW + timedelta(seconds=end), NOW) == seconds
