"""A change of hours is looked at before it counts (J9), is published as one version, and can be taken back (M13)."""

import copy
import json
from datetime import datetime
from typing import Any

import pytest

from availability.calendars import lines
from availability.calendars.advice import Slip
from tests.service.availability.world import Hours, eastern

SUNDAY_LONGER = {"days": ["sunday"], "opens": "05:00", "closes": "22:00"}


def schedule(hours: Hours) -> dict[str, Any]:
    """The schedule that counts, to change."""
    answer = hours.client.get("/api/availability/v1/calendars", headers=hours.token("hours.read"))
    return copy.deepcopy(dict(answer.json or {})["schedule"])


def precertification(document: dict[str, Any]) -> dict[str, Any]:
    """The entry of the calendar that has windows."""
    return next(one for one in document["calendars"] if one["id"] == "precertification")


def longer_sunday(hours: Hours) -> dict[str, Any]:
    """Precertification an hour longer on Sundays."""
    document = schedule(hours)
    precertification(document)["windows"][1] = SUNDAY_LONGER
    return document


def preview(hours: Hours, document: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """What publishing it would change."""
    return hours.post("/calendars/preview", {"schedule": document}, scope="hours.read", status=status)


def slips(hours: Hours, *windows: dict[str, Any]) -> list[tuple[str, str]]:
    """What stands out where precertification has these windows."""
    document = schedule(hours)
    precertification(document)["windows"] = list(windows)
    return [(one["slip"], one["at"]) for one in preview(hours, document)["advice"]]


def window(days: str, opens: str, closes: str) -> dict[str, Any]:
    """A window of some days."""
    return {"days": days.split(), "opens": opens, "closes": closes}


def test_every_function_minute_that_would_flip_in_eight_weeks_is_listed(hours: Hours) -> None:
    """J9: eight Sundays, an hour each, two functions; and nothing was written."""
    hours.at("2026-11-23T10:00")
    found = preview(hours, longer_sunday(hours))
    assert (len(found["flips"]), found["function_minutes"], found["seen"]) == (8, 8 * 60 * 2, 1)
    assert found["flips"][0] == {
        "functions": ["precert.submit", "precert.view"],
        "starts": "2026-11-30T02:00:00Z",
        "ends": "2026-11-30T03:00:00Z",
        "open": True,
        "function_minutes": 120,
    }
    assert schedule(hours) != longer_sunday(hours)
    assert [kind for kind, _subject, _data in hours.events() if kind == "schedule.changed"] == []


def test_what_the_preview_says_is_what_happens(hours: Hours) -> None:
    """Minute by minute around a flip: as before until it starts, otherwise until it ends."""
    hours.at("2026-11-23T10:00")
    document = longer_sunday(hours)
    [flip, *_] = preview(hours, document)["flips"]
    hours.client.put(
        "/api/availability/v1/calendars",
        json={"schedule": document, "reason": "Longer Sundays", "seen": 1},
        headers=hours.token("hours.manage"),
    )
    for moment, stands in (("20:59", True), ("21:00", True), ("21:59", True), ("22:00", False)):
        hours.at(f"2026-11-29T{moment}")
        assert hours.function()["open"] is stands, moment
    assert eastern("2026-11-29T21:00") == datetime.fromisoformat(flip["starts"])


def test_a_function_that_moves_to_another_calendar_flips_where_the_two_differ(hours: Hours) -> None:
    """From always open to precertification's hours: it closes in the gaps, and is no new function."""
    hours.at("2026-11-23T10:00")
    document = schedule(hours)
    document["functions"]["claims.submit"] = "precertification"
    document["functions"]["something.new"] = "website"
    del document["functions"]["edi.exchange"]
    found = preview(hours, document)
    assert {tuple(flip["functions"]) for flip in found["flips"]} == {("claims.submit",)}
    assert not any(flip["open"] for flip in found["flips"])
    assert (found["added"], found["removed"]) == (["something.new"], ["edi.exchange"])


@pytest.mark.parametrize(
    ("windows", "slip"),
    [
        ([window("monday", "05:00", "12:00"), window("monday", "11:00", "17:00")], (Slip.OVERLAP, "monday 11:00")),
        ([window("sunday", "20:00", "06:00"), window("monday", "05:00", "17:00")], (Slip.OVERLAP, "monday 05:00")),
        ([window("monday", "05:00", "12:00"), window("monday", "12:30", "17:00")], (Slip.SHORT_GAP, "monday 12:00")),
        ([window("sunday", "02:30", "10:00")], (Slip.MISSING_TIME, "2027-03-14 02:30")),
        ([window("saturday", "10:00", "01:30")], (Slip.REPEATED_TIME, "2027-11-07 01:30")),
    ],
)
def test_what_is_often_a_slip_is_said_and_not_forbidden(
    hours: Hours, windows: list[dict[str, Any]], slip: tuple[str, str]
) -> None:
    """M13: overlaps, gaps too short to be meant, and wall times that a change of the clocks skips or repeats."""
    hours.at("2026-11-23T10:00")
    assert slip in slips(hours, *windows)


def test_the_default_schedule_has_no_slips(hours: Hours) -> None:
    """Silence where nothing stands out; a calendar that is never open and an exception that is over do."""
    hours.at("2026-11-23T10:00")
    assert preview(hours, schedule(hours))["advice"] == []
    assert slips(hours) == [(Slip.NEVER_OPEN, "")]
    document = schedule(hours)
    precertification(document)["exceptions"] = [
        {"kind": "closure", "starts": "2026-11-01T05:00", "ends": "2026-11-02T05:00"}
    ]
    [remark] = preview(hours, document)["advice"]
    assert (remark["slip"], remark["at"]) == (Slip.PAST_EXCEPTION, "2026-11-01 05:00")


def test_a_schedule_that_cannot_be_published_cannot_be_previewed(hours: Hours) -> None:
    """The same sentences as publishing gives, one for each fault."""
    document = schedule(hours)
    document["functions"]["claims.submit"] = "nowhere"
    refused = preview(hours, document, status=422)
    assert "claims.submit names the calendar nowhere" in json.dumps(refused)


def test_of_two_authors_the_second_is_told(hours: Hours) -> None:
    """Who publishes from a version that no longer counts gets a 409, and nothing of theirs is stored."""
    hours.at("2026-11-23T10:00")
    wish = {"schedule": longer_sunday(hours), "reason": "First", "seen": 1}
    headers = hours.token("hours.manage")
    assert hours.client.put("/api/availability/v1/calendars", json=wish, headers=headers).json == {"version": 2}
    assert hours.client.put("/api/availability/v1/calendars", json=wish, headers=headers).status_code == 409
    [changed] = [data for kind, _subject, data in hours.events() if kind == "schedule.changed"]
    assert (changed["calendar"], changed["version"]) == ("precertification", 2)


def test_an_earlier_version_counts_again_and_history_keeps_all_three(hours: Hours) -> None:
    """Roll back is a version of its own, with its author and reason; going back to what counts changes nothing."""
    hours.at("2026-11-29T21:30")
    wish = {"schedule": longer_sunday(hours), "reason": "Longer Sundays", "seen": 1}
    hours.client.put("/api/availability/v1/calendars", json=wish, headers=hours.token("hours.manage"))
    assert hours.function()["open"]
    back = {"version": 1, "seen": 2, "reason": "Nobody came"}
    assert hours.post("/calendars/rollback", back) == {"version": 3}
    assert not hours.function()["open"]
    headers = hours.token("hours.read")
    listed = dict(hours.client.get("/api/availability/v1/calendars/versions", headers=headers).json or {})["versions"]
    assert [(one["version"], one["reason"]) for one in listed[:2]] == [(3, "Nobody came"), (2, "Longer Sundays")]
    older = hours.client.get("/api/availability/v1/calendars/versions?before=2", headers=headers).json
    assert [one["version"] for one in dict(older or {})["versions"]] == [1]
    second = hours.client.get("/api/availability/v1/calendars/versions/2", headers=headers).json
    assert precertification(dict(second or {})["schedule"])["windows"][1] == SUNDAY_LONGER
    hours.post("/calendars/rollback", {**back, "seen": 3}, status=409)
    hours.post("/calendars/rollback", {**back, "version": 9, "seen": 3}, status=404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/calendars"),
        ("POST", "/calendars/preview"),
        ("POST", "/calendars/rollback"),
        ("GET", "/calendars/versions"),
        ("GET", "/calendars/versions/1"),
    ],
)
def test_programs_need_the_scope(hours: Hours, method: str, path: str) -> None:
    """Nobody without a token; no reader publishes."""
    url = f"/api/availability/v1{path}"
    assert hours.client.open(url, method=method, json={}).status_code == 401
    if method == "PUT" or path.endswith("rollback"):
        assert hours.client.open(url, method=method, json={}, headers=hours.token("hours.read")).status_code == 403


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Mon-Sat 05:00-03:00\nSun 05:00-21:00", "Mon-Sat 05:00-03:00\nSun 05:00-21:00"),
        ("monday to friday 9:00 to 17:30", "Mon-Fri 09:00-17:30"),
        ("lunes a sábado: 5:00 a 3:00", "Mon-Sat 05:00-03:00"),
        ("mar, jue 8:00–12:00", "Tue, Thu 08:00-12:00"),
        ("Sat-Mon 10:00-24:00", "Mon, Sat, Sun 10:00-00:00"),
        ("Mon, Wed and Fri 1:00-2:00", "Mon, Wed, Fri 01:00-02:00"),
        ("\n", ""),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, written: str) -> None:
    """English or Spanish, whole or shortened, one line for each window; what is written is read again."""
    assert lines.write(lines.read(typed)) == written
    assert lines.read(written) == lines.read(typed)


@pytest.mark.parametrize("typed", ["daily", "Mon 5-9", "Mon 25:00-26:00", "Foo 05:00-06:00", "Mo 05:00-06:00", "Mon"])
def test_a_line_that_cannot_be_read_is_named(typed: str) -> None:
    """The whole line comes back, whatever was wrong in it."""
    with pytest.raises(lines.NotHours, match=typed):
        lines.read(f"Mon 01:00-02:00\n{typed}")


FORM = {"open": "windows", "windows": "Mon-Sat 05:00-03:00\nSun 05:00-22:00", "allowances": "", "kind": "none"}
EDIT = "/hours/calendars/precertification"


def form(hours: Hours, **changes: str) -> dict[str, str]:
    """The filled form of precertification."""
    return {**FORM, "seen": "1", "reason": "Longer Sundays", **changes}


def test_a_person_looks_before_they_publish(hours: Hours) -> None:
    """Form, preview without effect, publish: three pages without a script."""
    hours.at("2026-11-29T21:30")
    hours.sign_in()
    page = hours.client.get(EDIT).get_data(as_text=True)
    assert "Mon-Sat 05:00-03:00\nSun 05:00-21:00" in page
    seen = hours.submit(EDIT, form(hours, act="look"))
    text = seen.get_data(as_text=True)
    assert (seen.status_code, "minutes stand otherwise" in text, hours.function()["open"]) == (200, True, False)
    back = hours.submit(EDIT, form(hours, act="edit"))
    assert (back.status_code, "Sun 05:00-22:00" in back.get_data(as_text=True)) == (200, True)
    done = hours.submit(EDIT, form(hours, act="publish"))
    assert (done.status_code, done.headers["Location"]) == (303, "/hours?done=published")
    assert hours.function()["open"]
    assert ("schedule.publish", "Longer Sundays") in hours.audited()


def test_a_dated_closure_by_the_form(hours: Hours) -> None:
    """A holiday closes, with words for people; later it is left out again."""
    hours.at("2026-12-25T12:00")
    hours.sign_in()
    holiday = {"kind": "closure", "starts": "2026-12-25T00:00", "ends": "2026-12-26T00:00", "message_en": "Holiday"}
    done = hours.submit(EDIT, form(hours, act="publish", **holiday))
    assert done.status_code == 303
    assert not hours.function()["open"]
    assert "2026-12-25 00:00" in hours.client.get(EDIT).get_data(as_text=True)
    assert hours.submit(EDIT, form(hours, act="publish", seen="2")).status_code == 303
    assert hours.function()["open"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"open": ""}, "Choose when it is open"),
        ({"windows": ""}, "Enter the opening hours, one line for each"),
        ({"windows": "all day"}, "This line cannot be read: all day"),
        ({"kind": "closure"}, "Enter a date and time"),
        ({"kind": "closure", "starts": "2026-12-26T00:00", "ends": "2026-12-25T00:00"}, "The end must be after"),
        ({"reason": ""}, "Enter the reason"),
        ({"seen": "7", "act": "publish"}, "Somebody published another version meanwhile"),
    ],
)
def test_mistakes_are_named_and_nothing_is_lost(hours: Hours, change: dict[str, str], sentence: str) -> None:
    """The form comes back filled, with the sentence at its field; the schedule stays."""
    hours.sign_in()
    before = schedule(hours)
    answer = hours.submit(EDIT, form(hours, **change))
    text = answer.get_data(as_text=True)
    assert (answer.status_code, sentence in text) == (422, True), text
    assert change.get("reason", "Longer Sundays") in text
    assert schedule(hours) == before


def test_an_earlier_version_on_pages(hours: Hours) -> None:
    """What going back would change is shown before it is done; the version that counts offers nothing."""
    hours.at("2026-11-29T21:30")
    hours.sign_in()
    hours.submit(EDIT, form(hours, act="publish"))
    assert "This is the version that counts" in hours.client.get("/hours/versions/2").get_data(as_text=True)
    assert "minutes stand otherwise" in hours.client.get("/hours/versions/1").get_data(as_text=True)
    assert hours.submit("/hours/versions/1", {"seen": "2", "reason": ""}).status_code == 422
    assert hours.submit("/hours/versions/1", {"seen": "2", "reason": "Nobody came"}).status_code == 303
    assert not hours.function()["open"]
    assert hours.client.get("/hours/versions/9").status_code == 404
    assert hours.client.get("/hours/calendars/nowhere").status_code == 404


def test_only_staff_with_two_factors_change_hours(hours: Hours) -> None:
    """The pages of the schedule have the door of the room."""
    for path in (EDIT, "/hours/versions/1"):
        assert hours.client.get(path).status_code == 303
    hours.sign_in(population="provider")
    for path in (EDIT, "/hours/versions/1"):
        assert hours.client.get(path).status_code == 403
