"""The rules of access reviews and of dormancy, one by one."""

from datetime import UTC, datetime, timedelta

import pytest

from access_manager.dormancy.rules import Policy, Sleep, Step, next_step
from access_manager.reviews import rules
from access_manager.rules.refusals import Refusal

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=14)
POLICY = Policy(timedelta(days=365), timedelta(days=365))


@pytest.mark.parametrize(
    ("days", "refusal"),
    [(2.99, Refusal.REVIEW_DUE), (3, None), (90, None), (90.01, Refusal.REVIEW_DUE), (-1, Refusal.REVIEW_DUE)],
)
def test_a_review_is_due_in_three_to_ninety_days(days: float, refusal: Refusal | None) -> None:
    """Both ends included."""
    assert rules.may_be_due(NOW + timedelta(days=days), NOW) is refusal


@pytest.mark.parametrize(
    ("reviewer", "behalf", "refusal"),
    [("a", None, Refusal.SELF_REVIEW), ("b", None, None), ("b", "a", Refusal.SELF_REVIEW), ("b", "c", None)],
)
def test_nobody_certifies_themself_or_whom_they_act_for(
    reviewer: str, behalf: str | None, refusal: Refusal | None
) -> None:
    """G10: a deputy is no way around."""
    assert rules.may_certify(reviewer, "a", behalf) is refusal


def test_decisions_end_at_the_due_instant() -> None:
    """Half open: at the instant access has ended."""
    assert rules.may_decide_until(DUE, open=True, now=DUE - timedelta(microseconds=1)) is None
    assert rules.may_decide_until(DUE, open=True, now=DUE) is Refusal.REVIEW_OVER
    assert rules.may_decide_until(DUE, open=False, now=NOW) is Refusal.REVIEW_OVER


def test_the_due_date_is_written_and_taken_back() -> None:
    """An earlier end stays, a later one comes back, what others wrote meanwhile is left alone."""
    earlier, later = "2026-11-25T00:00:00Z", "2027-01-01T00:00:00+00:00"
    before = {"claims.submit": earlier, "claims.status.view": later}
    marked = rules.with_due(["eligibility.view", "claims.submit", "claims.status.view"], before, DUE)
    assert marked["claims.submit"] == earlier
    assert marked["eligibility.view"] == marked["claims.status.view"] == "2026-12-07T15:00:00Z"
    assert rules.without_due({**marked, "precert.view": earlier}, before, DUE) == {**before, "precert.view": earlier}


def test_what_has_ended_does_not_run() -> None:
    """At the instant itself it has ended; without an end it runs."""
    ends = {"claims.submit": DUE.isoformat(), "eligibility.view": (DUE + timedelta(seconds=1)).isoformat()}
    held = ["claims.submit", "eligibility.view", "precert.view"]
    assert rules.still_running(held, ends, DUE) == ["eligibility.view", "precert.view"]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (datetime(2026, 12, 7, 15, tzinfo=UTC), ["2026-11-30", "2026-12-03"]),
        (datetime(2026, 12, 28, 5, tzinfo=UTC), ["2026-12-10", "2026-12-23"]),  # Christmas Day and a week-end
        (datetime(2026, 11, 27, 5, tzinfo=UTC), ["2026-11-24", "2026-11-25"]),  # Thanksgiving
    ],
)
def test_reminders_are_half_way_and_two_business_days_before(due: datetime, expected: list[str]) -> None:
    """Week-ends and federal holidays do not count."""
    days = [each.astimezone(rules.EASTERN).date().isoformat() for each in rules.reminders(NOW, due)]
    assert days == expected


@pytest.mark.parametrize(
    ("opened", "following"),
    [
        ("2026-11-30T15:00:00+00:00", "2027-02-28T15:00:00+00:00"),
        ("2026-10-05T14:00:00+00:00", "2027-01-05T15:00:00+00:00"),
    ],
)
def test_a_quarter_is_three_months_by_the_wall_clock(opened: str, following: str) -> None:
    """The month's last day where there is no such day; the same hour where the clock has changed."""
    assert rules.next_quarter(datetime.fromisoformat(opened)) == datetime.fromisoformat(following)


def sleep(days: float, **known: object) -> Sleep:
    """Somebody who was last seen so many days ago."""
    return Sleep(used_at=NOW - timedelta(days=days), **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "step"),
    [
        (sleep(334.9), Step.NOTHING),
        (sleep(335), Step.WARN),
        (sleep(900), Step.WARN),
        (sleep(360, warned_at=NOW - timedelta(days=25), suspend_at=NOW + timedelta(days=5)), Step.NOTHING),
        (sleep(365, warned_at=NOW - timedelta(days=30), suspend_at=NOW), Step.SUSPEND),
        (sleep(365, warned_at=NOW - timedelta(days=30), suspend_at=NOW, last_manager=True), Step.EXEMPT),
        (sleep(335, warned_at=NOW - timedelta(days=500), suspend_at=NOW - timedelta(days=470)), Step.WARN),
        (sleep(700, suspended_at=NOW - timedelta(days=364)), Step.NOTHING),
        (sleep(730, suspended_at=NOW - timedelta(days=365)), Step.REMOVE),
    ],
)
def test_what_becomes_of_somebody_who_does_not_sign_in(found: Sleep, step: Step) -> None:
    """G11: warned, suspended, removed, each at its instant; the last manager is exempt."""
    done, again = next_step(found, POLICY, NOW)
    assert done is step
    assert again > NOW or step is not Step.NOTHING
