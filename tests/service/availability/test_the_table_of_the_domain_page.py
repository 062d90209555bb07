"""J1: the table of the domain page, section 6, line by line, through the public API with the clock set."""

from datetime import datetime, timedelta

import pytest

from tests.service.availability.world import Hours

# (Eastern wall time, second pass, open, notice)
TABLE = [
    ("2026-11-23T04:59:59", 0, False, False),
    ("2026-11-23T05:00:00", 0, True, False),
    ("2026-11-24T02:59:59", 0, True, False),
    ("2026-11-24T03:00:00", 0, False, False),
    ("2026-11-29T00:01:00", 0, True, True),
    ("2026-11-29T03:00:00", 0, False, False),
    ("2026-11-29T05:00:00", 0, True, True),
    ("2026-11-29T10:00:00", 0, True, False),
    ("2026-11-29T21:00:00", 0, False, False),
    ("2027-03-14T03:00:00", 0, False, False),
    ("2026-11-01T01:30:00", 1, True, True),
]


@pytest.mark.parametrize(("moment", "fold", "is_open", "notice"), TABLE)
@pytest.mark.parametrize("function", ["precert.submit", "precert.view"])
def test_each_line(hours: Hours, function: str, moment: str, fold: int, is_open: bool, notice: bool) -> None:
    """Open or closed, with or without notice, in the API, at the gate, and when asked about beforehand."""
    instant = hours.at(moment, fold)
    answer = hours.function(function)
    assert (answer["open"], answer["notice"] is not None) == (is_open, notice)
    assert answer["reason"] == (None if is_open else "function_closed")
    assert hours.gate(function).status_code == (204 if is_open else 503)
    hours.at("2026-10-01T12:00")
    assert hours.function(function, at=instant.isoformat().replace("+00:00", "Z"))["open"] is is_open


def test_closed_during_maintenance_and_open_after_it(hours: Hours) -> None:
    """Sunday 05:00: open with notice; closed while maintenance is in effect; open again when it ends."""
    hours.at("2026-11-29T05:00:00")
    assert hours.function()["open"]
    begun = hours.post("/maintenance", {"calendars": ["website", "edi"], "reason": "New release"}, status=201)
    assert begun["state"] == "in_effect"
    answer = hours.function()
    assert (answer["open"], answer["reason"]) == (False, "maintenance")
    hours.post(f"/maintenance/{begun['id']}/end", {"reason": "Done early"})
    assert hours.function()["open"]


@pytest.mark.parametrize(("moment", "hours_long"), [("2027-03-13T12:00", 21), ("2026-10-31T12:00", 23)])
def test_saturdays_window_over_a_clock_change(hours: Hours, moment: str, hours_long: int) -> None:
    """It lasts 21 or 23 hours, from `since` to `until`."""
    hours.at(moment)
    answer = hours.function()
    seconds = datetime.fromisoformat(answer["until"]) - datetime.fromisoformat(answer["since"])
    assert seconds == timedelta(hours=hours_long)
