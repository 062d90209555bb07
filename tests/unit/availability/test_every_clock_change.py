"""M13: every change of the clocks of twenty years, in zones of every kind, minute by minute against the slow oracle."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from availability.calendars.compiled import Timetable
from availability.calendars.schedule import Calendar, Schedule, Window
from tests.unit.availability.oracle import Oracle

DAY = timedelta(days=1)
YEARS = range(2010, 2030)
EVERY_DAY = frozenset(range(7))
# Windows whose edges lie where clocks are changed: at night, over midnight, and half an hour apart.
WINDOWS = (
    Window(EVERY_DAY, time(5), time(3)),
    Window(frozenset({5, 6}), time(1, 30), time(2, 30)),
    Window(frozenset({6}), time(0, 15), time(2, 15)),
)
GAPS = (Window(EVERY_DAY, time(2), time(2, 30)), Window(EVERY_DAY, time(23, 45), time(0, 45)))
ZONES = {
    "America/New_York": "the payer's",
    "America/Santiago": "southern hemisphere, at midnight",
    "Australia/Lord_Howe": "half an hour",
    "Pacific/Apia": "a day was skipped in 2011, and the rules were given up",
    "Africa/Casablanca": "goes back for a month each year, on another day",
    "Europe/Istanbul": "changed its rules in 2016",
    "America/Sao_Paulo": "gave the change up in 2019",
    "Asia/Kolkata": "never changes, and is half an hour off",
}


def changes(zone: ZoneInfo, year: int) -> Iterator[datetime]:
    """The days (in UTC) on which the clocks of a zone are changed."""
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        if day.astimezone(zone).utcoffset() != (day + DAY).astimezone(zone).utcoffset():
            yield day
        day += DAY


def compare(zone: str, low: datetime, days: int, windows: tuple[Window, ...]) -> int:
    """Compare every minute; return how many were open."""
    calendar = Calendar("any", {"en": "Any"}, ZoneInfo(zone), False, windows)
    timetable = Timetable(Schedule(1, {"any": calendar}, {}))
    opened = 0
    for minute, is_open, _notice in Oracle({"any": calendar}, low, low + days * DAY).minutes("any"):
        assert timetable.at("any", minute).open is is_open, (zone, minute)
        opened += is_open
    return opened


@pytest.mark.parametrize("zone", ZONES)
def test_the_changes_of_one_year(zone: str) -> None:
    """Three days around each, 2011: the year that has something for every zone."""
    found = list(changes(ZoneInfo(zone), 2011)) or [datetime(2011, 6, 1, tzinfo=UTC)]
    for day in found[:2]:
        assert 0 < compare(zone, day - DAY, 3, GAPS) < 3 * 24 * 60


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("windows", [WINDOWS, GAPS], ids=["long", "short"])
@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_twenty_years(zone: str, windows: tuple[Window, ...]) -> None:
    """Five days around each change, and the same days of a year in which nothing is changed."""
    seen = 0
    for year in YEARS:
        for day in list(changes(ZoneInfo(zone), year)) or [datetime(year, 3, 12, tzinfo=UTC)]:
            seen += compare(zone, day - 2 * DAY, 5, windows)
    assert seen
