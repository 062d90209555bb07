"""J7: the iCalendar feed, read by a library that knows nothing of us, tells the same instants as the API."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from tests.service.availability.world import Hours, eastern

Span = tuple[datetime, datetime]
FORTNIGHT = timedelta(days=14)
MONTHS = 14
OPEN = "Precertification is open"
# A day off, a night that is open, and an hour that is closed within a day.
EXCEPTIONS = (
    ("closure", "2026-12-25T00:00", "2026-12-26T05:00"),
    ("opening", "2027-02-07T21:00", "2027-02-08T05:00"),
    ("closure", "2027-07-05T12:00", "2027-07-05T13:00"),
)
CLOCK_CHANGES = ("2027-03-14", "2027-11-07")


def parsed(hours: Hours, language: str = "en") -> list[Any]:
    """The events of the feed, as the library reads them; it complains about nothing."""
    answer = hours.client.get("/status/calendar.ics", headers={"Accept-Language": language})
    calendar = icalendar.Calendar.from_ical(answer.data)
    assert calendar.errors == []
    assert all(event.errors == [] for event in calendar.walk("VEVENT"))
    return list(calendar.walk("VEVENT"))


def spans(events: Iterable[Any], summary: str) -> list[Span]:
    """Start and end of the events with this summary, in order."""
    return sorted((one["DTSTART"].dt, one["DTEND"].dt) for one in events if one["SUMMARY"] == summary)


def told_by_api(hours: Hours) -> list[Span]:
    """Start and end of every open stretch of the next days: the pieces of days, put together."""
    answer = hours.client.get("/api/availability/v1/functions/precert.submit/days").json
    pieces = [piece for day in dict(answer or {})["days"] for piece in day["openings"]]
    found: list[Span] = []
    for piece in pieces:
        starts, ends = (datetime.fromisoformat(piece[name]) for name in ("from", "until"))
        if found and found[-1][1] == starts:
            found[-1] = (found[-1][0], ends)
        else:
            found.append((starts, ends))
    return found


def within(found: Iterable[Span], low: datetime, high: datetime) -> list[Span]:
    """The part of the stretches that lies in [low, high)."""
    cut = ((max(starts, low), min(ends, high)) for starts, ends in found)
    return [(starts, ends) for starts, ends in cut if starts < ends]


@pytest.fixture
def busy(hours: Hours) -> Hours:
    """Fourteen months with exceptions and a maintenance."""
    for kind, starts, ends in EXCEPTIONS:
        body = {"kind": kind, "starts": starts, "ends": ends, "reason": "Fourteen months"}
        hours.post("/calendars/precertification/exceptions", body, status=201)
    planned = {"calendars": ["website"], "starts_at": "2027-01-10T11:00:00Z", "ends_at": "2027-01-10T12:00:00Z"}
    hours.post("/maintenance", {**planned, "reason": "Move"}, status=201)
    return hours


def test_fourteen_months_of_feeds_equal_the_api(busy: Hours) -> None:
    """Fortnight after fortnight, over both changes of the clocks, exceptions and a maintenance, to the second."""
    now, last = eastern("2026-11-23T12:00"), eastern("2028-01-25T12:00")
    assert last - now > timedelta(days=30 * MONTHS)
    compared: list[Span] = []
    while now < last:
        busy.clock.freeze(now)
        # the days of the API end at a local midnight, a little before the feed does
        high = now + FORTNIGHT - timedelta(days=1)
        feed = within(spans(parsed(busy), OPEN), now, high)
        assert feed == within(told_by_api(busy), now, high), now
        compared += feed
        now = high
    days = {f"{starts:%Y-%m-%d}" for starts, _ends in compared}
    assert set(CLOCK_CHANGES) <= days
    assert not any(starts <= eastern("2026-12-25T12:00") < ends for starts, ends in compared)
    assert any(starts <= eastern("2027-02-08T01:00") < ends for starts, ends in compared)


@pytest.mark.parametrize(("day", "length"), [("2027-03-13", 21), ("2027-11-06", 23)])
def test_saturdays_window_over_a_change_of_the_clocks(hours: Hours, day: str, length: int) -> None:
    """The event lasts as long as the window really does."""
    hours.at(f"{day}T06:00")
    starts, ends = spans(parsed(hours), OPEN)[0]
    assert starts == eastern(f"{day}T05:00")
    assert ends - starts == timedelta(hours=length)


def test_each_instant_of_the_feed_is_an_instant_of_the_api(busy: Hours) -> None:
    """A second before it starts it is closed, at its start open, a second before its end open, at its end closed."""
    busy.at("2027-03-08T12:00")
    found = spans(parsed(busy), OPEN)[1:]
    assert len(found) > 10
    for starts, ends in found:
        for instant, is_open in ((starts, True), (ends - timedelta(seconds=1), True), (ends, False)):
            told = busy.function(at=instant.astimezone(UTC).isoformat().replace("+00:00", "Z"))
            assert told["open"] is is_open, instant


def test_maintenance_is_an_event_with_a_name_that_stays(busy: Hours) -> None:
    """Its UID is the same in every feed and language: a calendar program moves the event and does not double it."""
    busy.at("2027-01-09T12:00")
    english, spanish = ([one for one in parsed(busy, language) if "mnt" in one["UID"]] for language in ("en", "es"))
    assert [one["UID"] for one in english] == [one["UID"] for one in spanish]
    assert spans(english, "Maintenance: Website") == [
        (datetime(2027, 1, 10, 11, tzinfo=UTC), datetime(2027, 1, 10, 12, tzinfo=UTC))
    ]
    assert spanish[0]["SUMMARY"].startswith("Mantenimiento")
