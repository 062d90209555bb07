"""J2: maintenance that repeats is planned once, and every occurrence is a maintenance of its own."""

from datetime import datetime

import pytest

from tests.service.availability.world import EASTERN, Hours

SUNDAYS = {
    "calendars": ["website"],
    "starts_at": "2026-11-29T02:00:00-05:00",
    "ends_at": "2026-11-29T04:00:00-05:00",
    "reason": "Weekly release",
}


def plan(hours: Hours, repeat: dict[str, object], **changes: object) -> list[dict[str, object]]:
    """Plan one that repeats; return its occurrences, the first one first."""
    first = hours.post("/maintenance", {**SUNDAYS, **changes, "repeat": repeat}, status=201)
    return [one for one in reversed(hours.all_maintenance()) if one["series_id"] == first["series_id"]]


def walls(rows: list[dict[str, object]], name: str = "starts_at") -> list[str]:
    """What the clock in New York shows at each."""
    return [f"{datetime.fromisoformat(str(one[name])).astimezone(EASTERN):%a %m-%d %H:%M}" for one in rows]


def test_every_sunday_so_many_times(hours: Hours) -> None:
    """Each closes at its hour and opens at its end, and each is announced."""
    rows = plan(hours, {"every_days": 7, "times": 3})
    assert walls(rows) == ["Sun 11-29 02:00", "Sun 12-06 02:00", "Sun 12-13 02:00"]
    for day in ("2026-11-29", "2026-12-06", "2026-12-13"):
        for moment, is_open in (("01:59:59", True), ("02:00:00", False), ("03:59:59", False), ("04:00:00", True)):
            hours.at(f"{day}T{moment}")
            assert hours.function("claims.submit")["open"] is is_open, (day, moment)
    told = [data for kind, _subject, data in hours.events() if kind == "maintenance.scheduled"]
    assert [one["maintenance_id"] for one in told] == [one["id"] for one in rows]
    assert {one["series_id"] for one in told} == {rows[0]["series_id"]}
    hours.at("2026-12-20T02:30")
    assert hours.function("claims.submit")["open"]


def test_until_a_date(hours: Hours) -> None:
    """The last day is included, by the calendar on the wall."""
    assert len(plan(hours, {"every_days": 7, "until": "2026-12-13"})) == 3
    assert len(plan(hours, {"every_days": 7, "until": "2026-12-12"}, calendars=["edi"])) == 2


def test_the_hours_on_the_wall_stay_over_a_change_of_the_clocks(hours: Hours) -> None:
    """Sunday 02:00 does not exist on March 14 and moves forward; afterwards it is 02:00 again."""
    first = {"starts_at": "2027-03-07T02:00:00-05:00", "ends_at": "2027-03-07T04:00:00-05:00"}
    rows = plan(hours, {"every_days": 7, "times": 3}, **first)
    assert walls(rows) == ["Sun 03-07 02:00", "Sun 03-14 03:00", "Sun 03-21 02:00"]
    assert walls(rows, "ends_at") == ["Sun 03-07 04:00", "Sun 03-14 04:00", "Sun 03-21 04:00"]


def test_without_an_end_each_ends_with_its_allowance(hours: Hours) -> None:
    """What was promised for a Sunday ends on that Sunday."""
    open_end = {name: value for name, value in SUNDAYS.items() if name != "ends_at"}
    hours.post("/maintenance", {**open_end, "repeat": {"every_days": 7, "times": 2}}, status=201)
    assert walls(hours.all_maintenance(), "ends_at") == ["Sun 12-06 10:00", "Sun 11-29 10:00"]


def test_one_occurrence_is_moved_ended_early_or_cancelled_and_the_others_stay(hours: Hours) -> None:
    """The states of one say nothing about the others."""
    first, second, third = plan(hours, {"every_days": 7, "times": 3})
    hours.post(f"/maintenance/{second['id']}/cancel", {"reason": "Holiday"})
    hours.post(f"/maintenance/{third['id']}/extend", {"ends_at": "2026-12-13T10:00:00Z", "reason": "Longer"})
    hours.at("2026-11-29T02:30")
    hours.post(f"/maintenance/{first['id']}/end", {"reason": "Quick"})
    assert [hours.maintenance(str(one["id"]))["state"] for one in (first, second, third)] == [
        "ended",
        "cancelled",
        "scheduled",
    ]
    assert hours.function("claims.submit")["open"]
    hours.at("2026-12-06T02:30")
    assert hours.function("claims.submit")["open"]
    hours.at("2026-12-13T04:30")
    assert not hours.function("claims.submit")["open"]


def test_the_rest_of_a_series_is_cancelled_in_one_act(hours: Hours) -> None:
    """From one on; what is before it stays, and each is told and in the audit."""
    first, second, _third, _fourth = plan(hours, {"every_days": 7, "times": 4})
    hours.post(f"/maintenance/{second['id']}/cancel", {"reason": "The project is over", "rest": True})
    states = [str(one["state"]) for one in reversed(hours.all_maintenance())]
    assert states == ["scheduled", "cancelled", "cancelled", "cancelled"]
    assert hours.audited().count(("maintenance.cancelled", "The project is over")) == 3
    assert hours.maintenance(str(first["id"]))["state"] == "scheduled"
    alone = hours.post("/maintenance", {**SUNDAYS, "calendars": ["edi"]}, status=201)
    assert hours.post(f"/maintenance/{alone['id']}/cancel", {"reason": "Not now", "rest": True})["state"] == "cancelled"


@pytest.mark.parametrize(
    ("repeat", "changes", "field"),
    [
        ({"every_days": 7}, {}, "repeat"),
        ({"every_days": 7, "times": 3, "until": "2026-12-13"}, {}, "repeat"),
        ({"every_days": 7, "times": 61}, {}, "repeat"),
        ({"every_days": 7, "times": 1}, {}, "repeat"),
        ({"every_days": 0, "times": 2}, {}, "repeat"),
        ({"every_days": 366, "times": 3}, {}, "repeat"),
        ({"every_days": 7, "until": "2026-11-01"}, {}, "repeat"),
        ({"every_days": 1, "times": 3}, {}, "emergency"),
        ({"every_days": 1, "times": 2}, {"ends_at": "2026-12-01T02:00:00-05:00", "emergency": True}, "ends_at"),
        ({"every_days": 1, "times": 2}, {"ends_at": None}, "ends_at"),
        ({"every_days": 7, "times": 2}, {"starts_at": None}, "starts_at"),
    ],
)
def test_what_cannot_repeat_so_is_refused_and_nothing_is_planned(
    hours: Hours, repeat: dict[str, object], changes: dict[str, object], field: str
) -> None:
    """All or nothing: one occurrence outside of the allowance refuses the plan."""
    wish = {name: value for name, value in {**SUNDAYS, **changes}.items() if value is not None}
    emergency = {"emergency": True} if changes == {"ends_at": None} else {}
    refused = hours.post("/maintenance", {**wish, **emergency, "repeat": repeat}, status=422)
    assert any(name.startswith(field) for name in refused["errors"]), refused
    assert hours.all_maintenance() == []
    assert hours.events() == []


def test_one_that_repeats_cannot_begin_at_a_whim(hours: Hours) -> None:
    """It needs a start of its own, so that the following ones have an hour."""
    wish = {"calendars": ["website"], "emergency": True, "reason": "Now", "repeat": {"every_days": 7, "times": 2}}
    assert "starts_at" in hours.post("/maintenance", wish, status=422)["errors"]


def test_on_the_page(hours: Hours) -> None:
    """The operator plans three Sundays in one form, sees three rows, and cancels the last two together."""
    hours.sign_in()
    form = {
        "calendars": ["website"],
        "when": "later",
        "starts": "2026-11-29T02:00",
        "ends": "2026-11-29T04:00",
        "every": "7",
        "times": "3",
        "allowed": ["staff"],
        "clients": "portal-east, portal-west",
        "reason": "Weekly release",
    }
    assert hours.submit("/hours/maintenance/new", form).status_code == 303
    rows = list(reversed(hours.all_maintenance()))
    assert walls(rows) == ["Sun 11-29 02:00", "Sun 12-06 02:00", "Sun 12-13 02:00"]
    assert (rows[0]["clients"], rows[0]["allowed"]) == (["portal-east", "portal-west"], ["staff"])
    path = f"/hours/maintenance/{rows[1]['id']}/cancel"
    assert "Cancel the later one, too" in hours.client.get(path).get_data(as_text=True)
    assert hours.submit(path, {"reason": "Holidays", "rest": "yes"}).status_code == 303
    assert [one["state"] for one in reversed(hours.all_maintenance())] == ["scheduled", "cancelled", "cancelled"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"times": ""}, "Say how many times it happens, or the last day, and not both."),
        ({"times": "100"}, "Enter a number from 2 to 60"),
        ({"times": "", "until": "soon"}, "Enter a date, such as 2026-11-29"),
        ({"clients": "portal east!"}, "east! is not a client ID"),
        ({"when": "now", "starts": ""}, "A maintenance that repeats needs a start."),
        ({"every": "1"}, "outside the maintenance allowance"),
    ],
)
def test_mistakes_of_the_form_are_explained(hours: Hours, change: dict[str, str], sentence: str) -> None:
    """Beside the field, and what was typed stays."""
    hours.sign_in()
    form = {"calendars": ["website"], "when": "later", "starts": "2026-11-29T02:00", "ends": "2026-11-29T04:00"}
    answer = hours.submit("/hours/maintenance/new", {**form, "every": "7", "times": "3", "reason": "Weekly", **change})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert "Weekly</textarea>" in text
    assert hours.all_maintenance() == []


def test_a_long_series_hides_nothing(hours: Hours) -> None:
    """A year of Sundays: the public page lists the next ten and counts the others; the operator sees what runs now."""
    plan(hours, {"every_days": 7, "times": 52})
    plan(hours, {"every_days": 7, "times": 52}, calendars=["edi"])
    hours.post("/maintenance", {"functions": ["claims.submit"], "emergency": True, "reason": "Now"}, status=201)
    text = hours.client.get("/status").get_data(as_text=True)
    assert "95 more are planned after these." in text
    assert text.index("Send claims") < text.index("95 more")
    assert len(dict(hours.client.get("/status.json").json or {})["maintenance"]) == 105
    hours.sign_in()
    assert "End maintenance" in hours.client.get("/hours").get_data(as_text=True)


def test_a_year_of_occurrences_costs_no_answer_its_speed(hours: Hours) -> None:
    """Compiled once, and then a lookup like any other."""
    plan(hours, {"every_days": 7, "times": 52})
    hours.at("2027-06-06T02:30")
    assert not hours.function("claims.submit")["open"]
    hours.at("2027-06-06T04:00")
    assert hours.function("claims.submit")["since"] == "2027-06-06T08:00:00Z"
