"""How far a cached answer about opening hours is trusted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_manager.hours.openness import STALE_FOR, Snapshot, fresh, last_known

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
F = "precert.submit"


def snapshot(
    until: datetime | None = NOW + 60 * MINUTE,
    checked_at: datetime | None = NOW - 5 * MINUTE,
    cut_at: datetime | None = None,
) -> Snapshot:
    """Return an answer that says open until the instant."""
    text = until.isoformat().replace("+00:00", "Z") if until else None
    return Snapshot({F: {"open": True, "reason": None, "valid_until": text, "next_open": None}}, checked_at, cut_at)


def test_an_answer_holds_until_the_instant_it_names() -> None:
    """Half-open: at that very instant it must be asked again."""
    known = snapshot(until=NOW)
    assert fresh(known, F, NOW - timedelta(microseconds=1)) is not None
    assert fresh(known, F, NOW) is None


@pytest.mark.parametrize(
    "known",
    [
        snapshot(checked_at=None),
        snapshot(cut_at=NOW - MINUTE),
        snapshot(checked_at=NOW + MINUTE),
        Snapshot({}, NOW, None),
    ],
    ids=["never asked", "cut by an event", "from the future", "not in the answer"],
)
def test_an_answer_is_not_fresh_when(known: Snapshot) -> None:
    """Nobody asked yet, an event cut it, the clock went back, or availability does not know the function."""
    assert fresh(known, F, NOW) is None


def test_a_last_known_answer_is_marked_and_bounded() -> None:
    """While availability is away it serves a quarter of an hour past its end, and says so."""
    known = snapshot(until=NOW)
    late = last_known(known, F, NOW + STALE_FOR - timedelta(seconds=1))
    assert late is not None and late.stale and late.until == NOW + STALE_FOR
    assert last_known(known, F, NOW + STALE_FOR) is None


def test_a_cut_answer_counts_from_the_cut() -> None:
    """An event that cut it long before its end starts the quarter of an hour."""
    known = snapshot(cut_at=NOW)
    assert last_known(known, F, NOW + 14 * MINUTE) is not None
    assert last_known(known, F, NOW + 15 * MINUTE) is None


def test_a_clock_set_back_far_leaves_nothing_known() -> None:
    """A little backwards is tolerated as stale, more is not."""
    known = snapshot(checked_at=NOW)
    assert last_known(known, F, NOW - 10 * MINUTE) is not None
    assert last_known(known, F, NOW - 16 * MINUTE) is None


seconds = st.integers(-3000, 3000)


@given(seconds, st.none() | seconds, st.none() | seconds)
def test_no_answer_outlives_its_bound(checked: int, until: int | None, cut: int | None) -> None:
    """Fresh or stale, nothing is said later than a quarter of an hour after the last instant it was sure."""
    known = snapshot(
        NOW + timedelta(seconds=until) if until is not None else None,
        NOW + timedelta(seconds=checked),
        NOW + timedelta(seconds=cut) if cut is not None else None,
    )
    found = fresh(known, F, NOW) or last_known(known, F, NOW)
    if found is not None and until is not None:
        assert max(NOW + timedelta(seconds=until), NOW + timedelta(seconds=checked)) + STALE_FOR > NOW


def test_maintenance_for_one_client_closes_to_that_one() -> None:
    """J2: what differs for a client counts for that client, with an end of its own; for the others nothing changes."""
    until = (NOW + 5 * MINUTE).isoformat()
    closed = {"open": False, "reason": "maintenance", "valid_until": until, "next_open": until}
    everybody = {
        "open": True,
        "reason": None,
        "valid_until": None,
        "next_open": None,
        "clients": {"portal-east": closed},
    }
    known = Snapshot({F: everybody}, NOW - MINUTE, None)
    theirs, others = fresh(known, F, NOW, "portal-east"), fresh(known, F, NOW, "portal-west")
    assert theirs is not None and others is not None
    assert (theirs.open, theirs.reason, others.open) == (False, "maintenance", True)
    assert fresh(known, F, NOW + 5 * MINUTE, "portal-east") is None
    late = last_known(known, F, NOW + 6 * MINUTE, "portal-east")
    assert late is not None and not late.open and late.stale
