"""J2: when a maintenance that repeats happens, in any zone and over every change of the clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from availability.calendars.walltime import first_pass, is_missing
from availability.maintenance.occurrences import FURTHEST, MOST, Fault, occurrences
from availability.maintenance.states import Repeat

NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
ZONES = (NEW_YORK, LORD_HOWE, ZoneInfo("America/Santiago"), ZoneInfo("Africa/Casablanca"), ZoneInfo("Asia/Kolkata"))
WEEKLY = 7
MINUTE = timedelta(minutes=1)

instants = st.integers(0, 25 * 366 * 24 * 60).map(lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + minutes * MINUTE)
lengths = st.integers(1, 1400).map(lambda minutes: minutes * MINUTE)
repeats = st.builds(Repeat, st.integers(1, 28), st.integers(2, 14))


def planned(starts: datetime, length: timedelta, repeat: Repeat, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Every occurrence, whole."""
    found = occurrences(starts, starts + length, repeat, zone)
    assert not isinstance(found, Fault)
    return [(begins, ends) for begins, ends in found if begins is not None and ends is not None]


def wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


@given(instants, lengths, repeats, st.sampled_from(ZONES))
def test_each_starts_at_the_same_hour_on_the_wall(
    starts: datetime, length: timedelta, repeat: Repeat, zone: ZoneInfo
) -> None:
    """So many days later, at the same local time; where that does not exist, after the gap."""
    found = planned(starts, length, repeat, zone)
    assert len(found) == repeat.times
    for number, (begins, _ends) in enumerate(found):
        meant = wall(starts, zone) + timedelta(days=repeat.every_days * number)
        if number and is_missing(meant, zone):
            assert timedelta(0) < wall(begins, zone) - meant <= timedelta(hours=2)
        else:
            assert wall(begins, zone) == meant


@given(instants, lengths, repeats, st.sampled_from(ZONES))
def test_the_first_one_is_the_one_that_was_asked_for(
    starts: datetime, length: timedelta, repeat: Repeat, zone: ZoneInfo
) -> None:
    """To the instant, also where its local time is repeated and the second pass was meant."""
    assert planned(starts, length, repeat, zone)[0] == (starts, starts + length)


@given(instants, lengths, repeats, st.sampled_from(ZONES))
def test_they_come_in_order(starts: datetime, length: timedelta, repeat: Repeat, zone: ZoneInfo) -> None:
    """None begins before the one in front of it."""
    begins = [one for one, _ends in planned(starts, length, repeat, zone)]
    assert begins == sorted(set(begins))


@given(instants, st.integers(1, 28), st.integers(0, 200), st.sampled_from(ZONES))
def test_until_a_day_is_as_many_times_as_fit(starts: datetime, every: int, days: int, zone: ZoneInfo) -> None:
    """The last day is included, and it is a day of the zone, not of Greenwich."""
    until = wall(starts, zone).date() + timedelta(days=days)
    found = occurrences(starts, starts + timedelta(minutes=5), Repeat(every, until=until), zone)
    times = days // every + 1
    if times > MOST:
        assert found is Fault.TOO_MANY
    else:
        assert not isinstance(found, Fault)
        assert len(found) == times
        assert all(one is not None and wall(one, zone).date() <= until for one, _ends in found)


def test_one_that_does_not_repeat_is_itself() -> None:
    """A start or an end that is missing stays missing: whoever judges knows what it means."""
    starts = datetime(2026, 11, 29, 7, tzinfo=UTC)
    assert occurrences(starts, None, None, NEW_YORK) == [(starts, None)]
    assert occurrences(None, None, None, NEW_YORK) == [(None, None)]


def test_without_an_end_none_of_them_has_one() -> None:
    """Each gets the end of its own allowance later."""
    starts = datetime(2026, 11, 29, 7, tzinfo=UTC)
    found = occurrences(starts, None, Repeat(WEEKLY, 3), NEW_YORK)
    assert not isinstance(found, Fault)
    assert [ends for _begins, ends in found] == [None, None, None]


@pytest.mark.parametrize(
    ("zone", "first", "walls"),
    [
        (NEW_YORK, "2027-03-07T02:30", ["03-07 02:30", "03-14 03:30", "03-21 02:30"]),
        (NEW_YORK, "2026-10-25T01:30", ["10-25 01:30", "11-01 01:30", "11-08 01:30"]),
        (LORD_HOWE, "2026-09-27T02:15", ["09-27 02:15", "10-04 02:45", "10-11 02:15"]),
        (LORD_HOWE, "2027-03-28T01:45", ["03-28 01:45", "04-04 01:45", "04-11 01:45"]),
    ],
)
def test_over_a_change_of_the_clocks(zone: ZoneInfo, first: str, walls: list[str]) -> None:
    """A missing time moves forward by the gap, an hour or half of one; a repeated one is its first pass."""
    starts = first_pass(datetime.fromisoformat(first), zone)
    found = planned(starts, timedelta(minutes=10), Repeat(WEEKLY, 3), zone)
    assert [f"{wall(begins, zone):%m-%d %H:%M}" for begins, _ends in found] == walls
    assert all(begins.astimezone(zone).fold == 0 for begins, _ends in found)


def test_a_repeated_end_is_its_last_pass() -> None:
    """As opening hours end: what is closed until 01:30 is closed through both of them."""
    starts = first_pass(datetime.fromisoformat("2026-10-25T00:30"), NEW_YORK)
    _first, (begins, ends) = planned(starts, timedelta(hours=1), Repeat(WEEKLY, 2), NEW_YORK)
    assert ends - begins == timedelta(hours=2)


@pytest.mark.parametrize(
    ("starts", "ends", "repeat", "fault"),
    [
        (None, None, Repeat(7, 2), Fault.NO_START),
        (1, 2, Repeat(7), Fault.NO_COUNT),
        (1, 2, Repeat(7, 2, date(2027, 1, 1)), Fault.NO_COUNT),
        (1, 2, Repeat(7, until=date(2026, 1, 1)), Fault.NO_COUNT),
        (1, 2, Repeat(1, MOST + 1), Fault.TOO_MANY),
        (1, 2, Repeat(FURTHEST.days // 2 + 1, 3), Fault.TOO_MANY),
        (1, 30, Repeat(1, 2), Fault.RUNS_INTO_ITSELF),
    ],
)
def test_why_not(starts: int | None, ends: int | None, repeat: Repeat, fault: Fault) -> None:
    """One fault, by name."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    begins, over = (noon + timedelta(hours=one) if one is not None else None for one in (starts, ends))
    assert occurrences(begins, over, repeat, NEW_YORK) is fault


def test_as_many_as_allowed() -> None:
    """Sixty days in a row, and a day more than a year ahead."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert len(planned(noon, timedelta(hours=1), Repeat(1, MOST), NEW_YORK)) == MOST
    assert len(planned(noon, timedelta(hours=1), Repeat(366, 2), NEW_YORK)) == 2
