"""The desk's clock: ten business days in New York, without weekends and federal holidays."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.vetting.business_days import (
    add_business_days,
    business_days_left,
    due_at,
    is_business_day,
)

NEW_YORK = ZoneInfo("America/New_York")
days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
instants = st.integers(0, 12 * 365 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("submitted", "tenth"),
    [
        (date(2026, 11, 20), date(2026, 12, 7)),  # across Thanksgiving
        (date(2026, 12, 18), date(2027, 1, 5)),  # across Christmas and New Year
        (date(2026, 10, 23), date(2026, 11, 6)),  # across the autumn clock change
        (date(2027, 3, 5), date(2027, 3, 19)),  # across the spring clock change
        (date(2026, 6, 12), date(2026, 6, 29)),  # across Juneteenth
        (date(2026, 6, 26), date(2026, 7, 13)),  # Independence Day on a Saturday is kept on Friday
        (date(2026, 11, 22), date(2026, 12, 7)),  # begun on a Sunday
    ],
)
def test_the_tenth_business_day(submitted: date, tenth: date) -> None:
    """The tenth business day is where a calendar on the wall puts it."""
    assert add_business_days(submitted, 10) == tenth


def test_due_at_the_close_of_business_by_local_time() -> None:
    """The promise ends at 5 p.m. in New York, whatever the offset is by then."""
    before_the_change = datetime(2026, 10, 23, 18, 0, tzinfo=UTC)
    assert due_at(before_the_change) == datetime(2026, 11, 6, 22, 0, tzinfo=UTC)  # EST by then
    late_evening = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # still Friday the 20th in New York
    assert due_at(late_evening) == datetime(2026, 12, 7, 22, 0, tzinfo=UTC)


# 5 U.S.C. 6103, as OPM publishes it: month and day of every weekday off; a Saturday is kept on the Friday before it.
OFF = {
    2020: "0101 0120 0217 0525 0703 0907 1012 1111 1126 1225",  # before Juneteenth was one
    2026: "0101 0119 0216 0525 0619 0703 0907 1012 1111 1126 1225",
    2027: "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231",  # the last is 2028's New Year
    2028: "0117 0221 0529 0619 0704 0904 1009 1110 1123 1225",
}


@pytest.mark.parametrize(("year", "off"), OFF.items())
def test_the_desk_is_closed_on_the_government_s_holidays_and_on_no_other_weekday(year: int, off: str) -> None:
    """Past years, next year's, those kept on another day: all of them and nothing beside them."""
    weekdays = (day for n in range(366) if (day := date(year, 1, 1) + timedelta(days=n)).year == year)
    closed = [f"{day:%m%d}" for day in weekdays if day.weekday() < 5 and not is_business_day(day)]
    assert closed == off.split()


@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 12, 24), date(2026, 10, 31), date(2027, 3, 13)])
def test_midnight_in_new_york_is_where_a_day_ends(day: date) -> None:
    """The last instant before it and the first after it belong to two days, also around holidays and clock changes."""
    midnight = datetime.combine(day + timedelta(days=1), time(), NEW_YORK).astimezone(UTC)
    assert due_at(midnight - timedelta(microseconds=1)) == due_at(datetime.combine(day, time(12), NEW_YORK))
    assert due_at(midnight) == due_at(datetime.combine(day + timedelta(days=1), time(23, 59), NEW_YORK))


@given(days, st.integers(1, 40))
def test_lands_on_a_business_day_with_exactly_that_many_in_between(day: date, count: int) -> None:
    """The answer is a business day, and walking there one meets as many business days as were asked for."""
    landed = add_business_days(day, count)
    walked = [day + timedelta(days=n) for n in range(1, (landed - day).days + 1)]
    assert is_business_day(landed)
    assert sum(map(is_business_day, walked)) == count


@given(days, st.integers(0, 20), st.integers(0, 20))
def test_adding_in_two_steps_is_adding_at_once(day: date, first: int, second: int) -> None:
    """Five days and then five more are ten."""
    assert add_business_days(add_business_days(day, first), second) == add_business_days(day, first + second)


@given(instants, instants)
def test_later_submissions_are_never_due_earlier(one: datetime, other: datetime) -> None:
    """Nobody gains by waiting."""
    earlier, later = sorted((one, other))
    assert due_at(earlier) <= due_at(later)


@given(instants)
def test_a_fresh_case_has_all_its_days_left(submitted: datetime) -> None:
    """Right after submission the queue says ten, and after the due day it says less than nothing."""
    due = due_at(submitted)
    assert business_days_left(submitted, due) == 10
    assert business_days_left(due, due) == 0
    assert business_days_left(due + timedelta(days=7), due) < 0


@given(days)
def test_no_weekend_ever_counts(day: date) -> None:
    """Saturday and Sunday are no business days."""
    assert not (is_business_day(day) and day.weekday() >= 5)


def test_the_local_day_decides() -> None:
    """An application handed in on a New York evening belongs to that evening's day, though it is tomorrow in UTC."""
    evening = datetime(2026, 11, 23, 23, 30, tzinfo=NEW_YORK)
    assert due_at(evening) == due_at(evening - timedelta(hours=12))
