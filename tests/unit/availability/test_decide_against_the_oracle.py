"""`decide` and a slow minute-by-minute oracle never disagree, whatever the hours, the zone and the clock change."""

import os
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from availability.calendars.compiled import Timetable
from availability.calendars.schedule import Calendar, DatedException, Kind, Schedule, Window
from tests.unit.availability.oracle import Oracle

NEW_YORK = "America/New_York"
# southern hemisphere, half an hour of change, a zone that skipped a day, one that changed its rules, none at all
ZONES = (NEW_YORK, "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kolkata")

times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
weeks = st.frozensets(st.integers(0, 6), min_size=1)
windows = st.lists(st.builds(Window, weeks, times, times), max_size=3).map(tuple)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """A zone and a day near one of its clock changes (or any day, where it has none)."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    year = draw(st.integers(2007, 2045))
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(365)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    changes = [day for day, before, after in zip(days[1:], offsets, offsets[1:], strict=False) if before != after]
    day = draw(st.sampled_from(changes or days))
    return zone, day - timedelta(days=draw(st.integers(1, 2)))


@st.composite
def exceptions(draw: st.DrawFn, around: datetime) -> tuple[DatedException, ...]:
    """Up to two dated closures or openings in the days around."""
    found = []
    for _ in range(draw(st.integers(0, 2))):
        starts = around.replace(tzinfo=None) + timedelta(minutes=draw(st.integers(-1000, 4000)))
        ends = starts + timedelta(minutes=draw(st.integers(1, 2000)))
        found.append(DatedException(draw(st.sampled_from(Kind)), starts, ends))
    return tuple(found)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[dict[str, Calendar], datetime]:
    """A calendar, one that is part of it, and the day to look at."""
    zone, day = draw(stretches())
    title = {"en": "Any", "es": "Alguno"}
    whole = Calendar("whole", title, zone, draw(st.booleans()), draw(windows), draw(windows), draw(exceptions(day)))
    part = Calendar("part", title, zone, False, draw(windows), draw(windows), draw(exceptions(day)), "whole")
    return {"whole": whole, "part": part}, day


def check(made: tuple[dict[str, Calendar], datetime], days: int) -> None:
    """Compare every minute, and that each verdict really holds until the instant it names."""
    known, low = made
    high = low + timedelta(days=days)
    timetable = Timetable(Schedule(1, known, {}))
    oracle = Oracle(known, low, high)
    for name in known:
        promised: tuple[datetime, tuple[bool, bool]] | None = None
        for minute, is_open, notice in oracle.minutes(name):
            verdict = timetable.at(name, minute)
            answer = (verdict.open, verdict.notice is not None)
            assert answer == (is_open, notice), (name, minute)
            if promised and minute < promised[0]:
                assert answer == promised[1], (name, minute)
            else:
                promised = (verdict.valid_until(minute), answer)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(calendars())
def test_every_minute_around_a_clock_change(made: tuple[dict[str, Calendar], datetime]) -> None:
    """Open, closed and notice agree minute by minute, and no answer changes before its `valid_until`."""
    check(made, days=3)


@pytest.mark.soak
@settings(
    max_examples=int(os.environ.get("SOAK_EXAMPLES", "2000")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(calendars())
def test_every_minute_for_long(made: tuple[dict[str, Calendar], datetime]) -> None:
    """The same over weeks and thousands of schedules."""
    check(made, days=9)
