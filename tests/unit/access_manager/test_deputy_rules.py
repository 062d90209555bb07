"""Deputies: who may be named, for how long, for what; and what they may never touch (G9)."""

from datetime import UTC, datetime, timedelta

import pytest

from access_manager.rules.deputies import DELEGABLE, Period, Scope, may_last, may_name, may_touch
from access_manager.rules.managers import may_decide
from access_manager.rules.refusals import Refusal

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BOTH = ("requests", "people")


def period(first: timedelta, last: timedelta) -> Period:
    """Return a period that begins and ends so much after now."""
    return Period(NOW + first, NOW + last)


def test_another_member_may_be_named_for_what_can_be_handed_on() -> None:
    """For one of the two scopes or both."""
    for scopes in (("requests",), ("people",), BOTH):
        assert may_name("acc_meg", "acc_sam", is_manager=False, scopes=scopes) is None


@pytest.mark.parametrize(
    ("deputy", "is_manager", "scopes", "refusal"),
    [
        ("acc_meg", True, BOTH, Refusal.OWN_DEPUTY),
        ("acc_max", True, BOTH, Refusal.ALREADY_A_MANAGER),
        ("acc_sam", False, (), Refusal.DEPUTY_SCOPE),
        ("acc_sam", False, ("manager",), Refusal.DEPUTY_SCOPE),
        ("acc_sam", False, ("requests", "manager"), Refusal.DEPUTY_SCOPE),
        ("acc_sam", False, ("everything",), Refusal.DEPUTY_SCOPE),
    ],
)
def test_nobody_else_and_for_nothing_else(
    deputy: str, is_manager: bool, scopes: tuple[str, ...], refusal: Refusal
) -> None:
    """Not oneself, not another manager, not for nothing, never for what only managers do."""
    assert may_name("acc_meg", deputy, is_manager=is_manager, scopes=scopes) is refusal


def test_what_only_managers_do_cannot_be_handed_on() -> None:
    """G9: no scope in the list lets a deputy change managers or name deputies."""
    assert set(DELEGABLE) == {Scope.REQUESTS.value, Scope.PEOPLE.value}


@pytest.mark.parametrize(
    ("first", "last", "allowed"),
    [
        (timedelta(0), timedelta(days=90), True),
        (timedelta(0), timedelta(days=90, hours=1), True),  # the night the clock is set back
        (timedelta(0), timedelta(days=90, hours=1, seconds=1), False),
        (timedelta(days=30), timedelta(days=120), True),
        (timedelta(days=30), timedelta(days=121), False),
        (timedelta(days=-1), timedelta(seconds=1), True),
        (timedelta(days=-1), timedelta(0), False),
        (timedelta(days=2), timedelta(days=1), False),
        (timedelta(days=2), timedelta(days=2), False),
        (timedelta(days=366), timedelta(days=367), True),
        (timedelta(days=367), timedelta(days=368), False),
    ],
)
def test_a_period_is_not_over_and_not_long(first: timedelta, last: timedelta, allowed: bool) -> None:
    """At most ninety days, and not for a time nobody can foresee."""
    assert (may_last(period(first, last), NOW) is None) is allowed


def test_a_period_is_half_open() -> None:
    """It holds from its first instant on, and no longer at its last."""
    week = period(timedelta(0), timedelta(days=7))
    assert week.holds(NOW)
    assert week.holds(NOW + timedelta(days=7, microseconds=-1))
    assert not week.holds(NOW + timedelta(days=7))
    assert not week.holds(NOW - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("as_deputy", "is_manager", "refusal"),
    [
        (True, True, Refusal.DEPUTY_BEYOND),
        (True, False, None),
        (False, True, None),
        (False, False, None),
    ],
)
def test_a_deputy_never_touches_a_managers_access(as_deputy: bool, is_manager: bool, refusal: Refusal | None) -> None:
    """Not even that of the manager who named them."""
    assert may_touch(as_deputy=as_deputy, is_manager=is_manager) is refusal


def test_nobody_decides_for_oneself_by_way_of_a_deputy() -> None:
    """Neither the deputy's own request nor that of the manager on whose behalf they decide."""
    assert may_decide("acc_sam", "acc_sam", "acc_meg") is Refusal.SELF_DECISION
    assert may_decide("acc_sam", "acc_meg", "acc_meg") is Refusal.SELF_DECISION
    assert may_decide("acc_sam", "acc_pat", "acc_meg") is None
