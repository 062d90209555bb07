"""Maintenance: its states, its rule, and that every answer follows at once."""

import pytest

from tests.service.availability.world import Hours

SUNDAY = {"calendars": ["website"], "starts_at": "2026-11-29T06:00:00-05:00", "reason": "New release"}


def test_a_planned_maintenance_closes_at_its_hour_and_opens_at_its_end(hours: Hours) -> None:
    """Announced, begun and ended by the clock, exactly at its instants, whether or not a worker is awake."""
    planned = hours.post("/maintenance", {**SUNDAY, "ends_at": "2026-11-29T07:00:00-05:00"}, status=201)
    assert planned["state"] == "scheduled"
    for moment, is_open in (("05:59:59", True), ("06:00:00", False), ("06:59:59", False), ("07:00:00", True)):
        hours.at(f"2026-11-29T{moment}")
        assert hours.function()["open"] is is_open, moment
    before = hours.function(at="2026-11-29T10:59:59Z")
    assert before["valid_until"] == "2026-11-29T11:00:00Z"


def test_the_worker_writes_it_down_and_tells(hours: Hours) -> None:
    """The job moves the row on and publishes each fact once."""
    planned = hours.post("/maintenance", {**SUNDAY, "ends_at": "2026-11-29T07:00:00-05:00"}, status=201)
    for moment, state in (("06:00:00", "in_effect"), ("06:30:00", "in_effect"), ("07:00:30", "ended")):
        hours.at(f"2026-11-29T{moment}")
        hours.run_jobs()
        assert hours.maintenance(planned["id"])["state"] == state
    assert hours.maintenance(planned["id"])["ended_at"] == "2026-11-29T12:00:00Z"
    told = [(kind, data["state"]) for kind, subject, data in hours.events() if subject == planned["id"]]
    assert told == [
        ("maintenance.scheduled", "scheduled"),
        ("maintenance.started", "in_effect"),
        ("maintenance.ended", "ended"),
    ]


def test_outside_the_allowance_it_is_an_emergency_or_nothing(hours: Hours) -> None:
    """J3: Monday noon: refused with the way out named; with the flag it closes at once."""
    body = {"calendars": ["website"], "reason": "Something broke"}
    refused = hours.post("/maintenance", body, status=422)
    assert "emergency" in refused["errors"]
    assert hours.function()["open"]
    hours.post("/maintenance", {**body, "emergency": True}, status=201)
    assert not hours.function()["open"]


def test_within_the_allowance_it_ends_with_it(hours: Hours) -> None:
    """Without an end of its own, maintenance ends when the allowance does: that is what was promised."""
    begun = hours.post("/maintenance", SUNDAY, status=201)
    assert begun["ends_at"] == "2026-11-29T15:00:00Z"
    over = {**SUNDAY, "ends_at": "2026-11-29T10:00:01-05:00"}
    assert "emergency" in hours.post("/maintenance", over, status=422)["errors"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "2026-11-22T06:00:00-05:00"}, "starts_at"),
        ({"ends_at": "2026-11-29T06:00:00-05:00"}, "ends_at"),
        ({"calendars": ["portal"]}, "calendars"),
        ({"calendars": []}, "calendars"),
        ({"reason": ""}, "reason"),
        ({"starts_at": "2026-11-29T06:00:00"}, "starts_at"),
        ({"emergency": "yes"}, "emergency"),
        ({"state": "ended"}, "state"),
    ],
)
def test_impossible_wishes_are_refused_by_field(hours: Hours, change: dict[str, object], field: str) -> None:
    """Nothing is planned, and the field that needs mending is named."""
    refused = hours.post("/maintenance", {**SUNDAY, **change}, status=422)
    assert [name.split(".")[0] for name in refused["errors"]] == [field]


def test_a_state_is_left_once(hours: Hours) -> None:
    """Cancelling, starting or ending twice is a conflict that says how it stands."""
    planned = hours.post("/maintenance", SUNDAY, status=201)
    path = f"/maintenance/{planned['id']}"
    assert hours.post(f"{path}/end", {"reason": "Not yet"}, status=409)["state"] == "scheduled"
    assert hours.post(f"{path}/cancel", {"reason": "Moved"})["state"] == "cancelled"
    for act in ("cancel", "start", "end"):
        assert hours.post(f"{path}/{act}", {"reason": "Again"}, status=409)["state"] == "cancelled"
    hours.at("2026-11-29T06:30:00")
    assert hours.function()["open"]
    assert hours.post("/maintenance/mnt_nothing/end", {"reason": "Nothing"}, status=404)


def test_started_early_within_the_allowance(hours: Hours) -> None:
    """A planned maintenance may begin before its hour, but not outside the allowance unless it is an emergency."""
    planned = hours.post("/maintenance", SUNDAY, status=201)
    path = f"/maintenance/{planned['id']}/start"
    assert "emergency" in hours.post(path, {"reason": "Early"}, status=422)["errors"]
    hours.at("2026-11-29T05:30:00")
    assert hours.post(path, {"reason": "Everybody is here"})["started_at"] == "2026-11-29T10:30:00Z"
    assert not hours.function()["open"]


def test_ending_one_that_began_by_itself(hours: Hours) -> None:
    """Its hour has come but no worker has been there: ending it works all the same."""
    planned = hours.post("/maintenance", SUNDAY, status=201)
    hours.at("2026-11-29T06:10:00")
    assert hours.post(f"/maintenance/{planned['id']}/end", {"reason": "Done"})["state"] == "ended"
    assert hours.function()["open"]


def test_only_those_who_may(hours: Hours) -> None:
    """Without a token 401, without the scope 403, and nothing is closed."""
    path = "/api/availability/v1/maintenance"
    assert hours.client.post(path, json=SUNDAY).status_code == 401
    assert hours.client.post(path, json=SUNDAY, headers=hours.token("hours.read")).status_code == 403
    assert hours.client.get(path, headers=hours.token("hours.read")).json == {"maintenance": []}


def test_a_running_maintenance_is_extended_and_shortened(hours: Hours) -> None:
    """J2: the new end counts at once at every gate and is told by an event; the reason is in the audit."""
    hours.at("2026-11-29T05:30")
    begun = hours.post("/maintenance", {"calendars": ["website"], "reason": "Upgrade"}, status=201)
    assert begun["ends_at"] == "2026-11-29T15:00:00Z"  # the end of the allowance
    shorter = {"ends_at": "2026-11-29T11:00:00Z", "reason": "Going well"}
    assert hours.post(f"/maintenance/{begun['id']}/extend", shorter)["ends_at"] == "2026-11-29T11:00:00Z"
    assert hours.function()["next_open"] == "2026-11-29T11:00:00Z"
    longer = {"ends_at": "2026-11-29T12:00:00Z", "reason": "Not so well"}
    assert hours.post(f"/maintenance/{begun['id']}/extend", longer)["ends_at"] == "2026-11-29T12:00:00Z"
    hours.at("2026-11-29T06:30")
    assert not hours.function()["open"]
    kind, subject, data = hours.events()[-1]
    assert (kind, subject, data["ends_at"]) == ("maintenance.started", begun["id"], "2026-11-29T12:00:00Z")
    assert hours.audited()[-1] == ("maintenance.extended", "Not so well")
    hours.at("2026-11-29T07:00")
    assert hours.function()["open"]


def test_what_is_over_is_not_extended(hours: Hours) -> None:
    """Its end has come, even where the worker has not written it down yet; nor is one that nobody knows."""
    hours.at("2026-11-29T05:30")
    wish = {"calendars": ["website"], "ends_at": "2026-11-29T11:00:00Z", "reason": "Upgrade"}
    begun = hours.post("/maintenance", wish, status=201)
    hours.at("2026-11-29T06:00")
    longer = {"ends_at": "2026-11-29T12:00:00Z", "reason": "Again"}
    hours.post(f"/maintenance/{begun['id']}/extend", longer, status=409)
    assert hours.function()["open"]
    hours.run_jobs()
    hours.post(f"/maintenance/{begun['id']}/extend", longer, status=409)
    hours.post("/maintenance/mnt_none/extend", longer, status=404)


def test_beyond_the_allowance_only_as_an_emergency(hours: Hours) -> None:
    """What was promised for Sunday morning does not grow into Monday unless somebody says that it must."""
    hours.at("2026-11-29T05:30")
    begun = hours.post("/maintenance", {"calendars": ["website"], "reason": "Upgrade"}, status=201)
    late = {"ends_at": "2026-11-30T11:00:00Z", "reason": "It burns"}
    refused = hours.post(f"/maintenance/{begun['id']}/extend", late, status=422)
    assert "outside the maintenance allowance" in str(refused)
    past = {"ends_at": "2026-11-29T10:00:00Z", "reason": "Already"}
    assert "after the start" in str(hours.post(f"/maintenance/{begun['id']}/extend", past, status=422))
    found = hours.post(f"/maintenance/{begun['id']}/extend", {**late, "emergency": True})
    assert (found["ends_at"], found["emergency"]) == ("2026-11-30T11:00:00Z", True)
    endless = hours.post(f"/maintenance/{begun['id']}/extend", {"ends_at": None, "reason": "Nobody knows"})
    assert endless["ends_at"] is None
