"""What the compiled schedule answers, and what it says about when."""

import timeit
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from availability.calendars.compiled import Timetable
from availability.calendars.decide import Reason, decide
from availability.calendars.document import default_document, parse, with_exception
from availability.calendars.schedule import Outage, Schedule
from availability.calendars.walltime import first_pass, is_missing, last_pass

EASTERN = ZoneInfo("America/New_York")
PRECERT = "precertification"


def eastern(text: str, fold: int = 0) -> datetime:
    """A local wall time of New York as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN, fold=fold).astimezone(UTC)


@pytest.fixture
def schedule() -> Schedule:
    """The schedule of a new installation."""
    return parse(default_document(), 1)


def test_since_until_and_next_open_bound_the_gap(schedule: Schedule) -> None:
    """A closed answer names when it closed, when that ends and when it opens; an open one names no opening."""
    timetable = Timetable(schedule)
    closed = timetable.at(PRECERT, eastern("2026-11-22T21:30"))
    assert (closed.open, closed.reason) == (False, Reason.FUNCTION_CLOSED)
    assert closed.since == eastern("2026-11-22T21:00")
    assert closed.until == closed.next_open == eastern("2026-11-23T05:00")
    opened = timetable.at(PRECERT, eastern("2026-11-23T05:00"))
    assert (opened.open, opened.next_open, opened.until) == (True, None, eastern("2026-11-24T03:00"))


@pytest.mark.parametrize(("day", "hours"), [("2027-03-13", 21), ("2026-10-31", 23), ("2026-11-21", 22)])
def test_saturdays_window_is_wall_time(schedule: Schedule, day: str, hours: int) -> None:
    """Saturday's window lasts 21 hours over the spring change, 23 over the autumn one, 22 otherwise."""
    verdict = Timetable(schedule).at(PRECERT, eastern(f"{day}T06:00"))
    assert verdict.since is not None
    assert verdict.until is not None
    assert verdict.until - verdict.since == timedelta(hours=hours)


def test_a_notice_does_not_split_the_stay(schedule: Schedule) -> None:
    """Entering the maintenance allowance changes the answer, not since when it has been open."""
    before, inside = (
        Timetable(schedule).at(PRECERT, eastern(at)) for at in ("2026-11-29T00:00:59", "2026-11-29T00:01")
    )
    assert (before.notice, before.changes) == (None, eastern("2026-11-29T00:01"))
    assert inside.notice is not None
    assert (inside.since, inside.until) == (before.since, before.until)


def test_maintenance_of_the_website_closes_its_parts_and_not_edi(schedule: Schedule) -> None:
    """Maintenance wins over open hours, for the calendar and whatever is part of it, and for nothing else."""
    outage = Outage("mnt_1", frozenset({"website"}), eastern("2026-11-29T06:00"), eastern("2026-11-29T07:00"))
    timetable = Timetable(replace(schedule, outages=(outage,)))
    during = eastern("2026-11-29T06:30")
    for name in ("website", PRECERT):
        verdict = timetable.at(name, during)
        assert (verdict.open, verdict.reason, verdict.outage) == (False, Reason.MAINTENANCE, "mnt_1")
        assert verdict.next_open == eastern("2026-11-29T07:00")
    assert timetable.at("edi", during).open
    assert timetable.at(PRECERT, eastern("2026-11-29T07:00")).open


def test_maintenance_without_an_end_promises_no_opening(schedule: Schedule) -> None:
    """Nobody knows when it opens, so nothing is said, and the answer is kept for days at most."""
    outage = Outage("mnt_1", frozenset({"website"}), eastern("2026-11-29T06:00"), None)
    verdict = Timetable(replace(schedule, outages=(outage,))).at(PRECERT, eastern("2026-12-25T12:00"))
    assert (verdict.open, verdict.until, verdict.next_open) == (False, None, None)
    assert verdict.since == eastern("2026-11-29T06:00")


def test_maintenance_that_outlasts_closing_time_opens_with_the_hours() -> None:
    """The next opening is when both allow it."""
    outage = Outage("mnt_1", frozenset({"website"}), eastern("2026-11-22T20:00"), eastern("2026-11-22T23:00"))
    timetable = Timetable(replace(parse(default_document(), 1), outages=(outage,)))
    verdict = timetable.at(PRECERT, eastern("2026-11-22T20:30"))
    assert verdict.until == eastern("2026-11-22T23:00")
    assert verdict.next_open == eastern("2026-11-23T05:00")


def test_a_closure_wins_over_an_opening_and_an_opening_over_the_week() -> None:
    """Dated exceptions: Sunday evening opened, and a closure inside it."""
    opened = {"kind": "opening", "starts": "2026-11-22T20:00", "ends": "2026-11-23T05:00"}
    closed = {"kind": "closure", "starts": "2026-11-22T22:00", "ends": "2026-11-22T23:00"}
    document = with_exception(with_exception(default_document(), PRECERT, opened), PRECERT, closed)
    timetable = Timetable(parse(document, 2))
    assert timetable.at(PRECERT, eastern("2026-11-22T21:30")).open
    assert not timetable.at(PRECERT, eastern("2026-11-22T22:30")).open
    assert timetable.at(PRECERT, eastern("2026-11-22T23:00")).until == eastern("2026-11-24T03:00")


def test_a_closure_of_years_still_names_its_end() -> None:
    """Dated things are seen whole from any year they touch."""
    closed = {"kind": "closure", "starts": "2026-06-01T00:00", "ends": "2028-06-01T00:00"}
    verdict = Timetable(parse(with_exception(default_document(), "edi", closed), 2)).at(
        "edi", eastern("2027-03-01T00:00")
    )
    assert (verdict.since, verdict.until) == (eastern("2026-06-01T00:00"), eastern("2028-06-01T00:00"))


def test_years_meet_without_a_seam(schedule: Schedule) -> None:
    """The lines of two years tell the same of the night between them."""
    timetable = Timetable(schedule)
    before, after = (timetable.at(PRECERT, eastern(at)) for at in ("2027-12-31T18:00", "2027-12-31T20:00"))
    assert before == after


@pytest.mark.parametrize("year", [1970, 2028, 2400, 2999])
def test_any_year(schedule: Schedule, year: int) -> None:
    """The time zone's rules are carried on for ever; leap days are days like any other."""
    day = f"{year}-02-28T06:00"
    verdict = Timetable(schedule).at(PRECERT, eastern(day))
    assert verdict.open


def test_years_beyond_the_line_are_refused(schedule: Schedule) -> None:
    """A year nobody can mean is an error, not an answer."""
    with pytest.raises(ValueError, match="outside"):
        Timetable(schedule).at("website", datetime(3000, 1, 1, tzinfo=UTC))


def test_asking_for_many_years_does_not_grow_for_ever(schedule: Schedule) -> None:
    """Somebody who asks for every year gets answers and not our memory."""
    timetable = Timetable(schedule)
    for year in range(1990, 2060):
        timetable.at("edi", datetime(year, 5, 5, tzinfo=UTC))
    assert len(timetable._lines) <= 16 * len(schedule.calendars)


def test_missing_and_repeated_wall_times() -> None:
    """02:30 on the spring night moves forward an hour; 01:30 on the autumn night starts first and ends last."""
    missing, repeated = datetime.fromisoformat("2027-03-14T02:30"), datetime.fromisoformat("2026-11-01T01:30")
    assert is_missing(missing, EASTERN)
    assert first_pass(missing, EASTERN) == last_pass(missing, EASTERN) == datetime(2027, 3, 14, 7, 30, tzinfo=UTC)
    assert not is_missing(repeated, EASTERN)
    assert last_pass(repeated, EASTERN) - first_pass(repeated, EASTERN) == timedelta(hours=1)


def test_deciding_is_a_bisection(schedule: Schedule) -> None:
    """A decision costs microseconds (the goal of the performance page is 5; ten times that never flickers)."""
    timetable, instant = Timetable(schedule), eastern("2026-11-23T12:00")
    line = timetable.line(PRECERT, 2026)
    decide(line, instant)
    assert min(timeit.repeat(lambda: decide(line, instant), number=1000, repeat=5)) / 1000 < 50e-6
