"""The public hours API and the versions of the schedule."""

from datetime import datetime

import pytest

from tests.service.availability.world import Hours

FUNCTIONS = "/api/availability/v1/functions"


def test_all_functions_in_one_answer(hours: Hours) -> None:
    """Everybody may ask; each function has its own answer."""
    hours.at("2026-11-22T21:30:00")
    answer = hours.client.get(FUNCTIONS).json
    assert answer is not None
    assert answer["version"] == 1
    assert answer["functions"]["precert.submit"] == {
        "calendar": "precertification",
        "open": False,
        "reason": "function_closed",
        "notice": None,
        "since": "2026-11-23T02:00:00Z",
        "until": "2026-11-23T10:00:00Z",
        "next_open": "2026-11-23T10:00:00Z",
        "valid_until": "2026-11-23T10:00:00Z",
    }
    assert answer["functions"]["eligibility.view"]["open"]
    assert answer["valid_until"] == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize(
    "path", [FUNCTIONS, f"{FUNCTIONS}/precert.submit", f"{FUNCTIONS}/precert.view/days", "/status.json"]
)
def test_conditional_requests(hours: Hours, path: str) -> None:
    """The same answer has the same tag and is not sent twice; its age never outlives it; a change has another tag."""
    hours.at("2026-11-22T20:59:30")
    first = hours.client.get(path)
    assert first.headers["Cache-Control"] == "public, max-age=30"
    tagged = {"If-None-Match": first.headers["ETag"]}
    hours.at("2026-11-22T20:59:50")
    again = hours.client.get(path, headers=tagged)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "public, max-age=10"
    hours.at("2026-11-22T20:59:55")
    hours.post("/maintenance", {"calendars": ["website"], "emergency": True, "reason": "Disk full"}, status=201)
    assert hours.client.get(path, headers=tagged).status_code == 200


def test_at_another_instant(hours: Hours) -> None:
    """A question about another instant is answered for that instant."""
    assert not hours.function(at="2026-11-23T02:30:00Z")["open"]
    assert hours.function(at="2044-07-04T12:00:00-04:00")["open"]


@pytest.mark.parametrize("at", ["tomorrow", "2026-11-23T05:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", ""])
def test_instants_that_cannot_be_meant(hours: Hours, at: str) -> None:
    """A time without an offset would be a guess, and so would a year outside the calendar."""
    answer = hours.client.get(FUNCTIONS, query_string={"at": at})
    assert answer.status_code == 422
    assert "at" in (answer.json or {})["errors"]


def test_unknown_functions_are_not_found(hours: Hours) -> None:
    """In every form of the question."""
    for path in (f"{FUNCTIONS}/nothing", f"{FUNCTIONS}/nothing/days"):
        answer = hours.client.get(path)
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_fourteen_days(hours: Hours) -> None:
    """Local days, half-open pieces, and their union is what the function answers."""
    answer = hours.client.get(f"{FUNCTIONS}/precert.submit/days").json
    assert answer is not None
    assert [day["date"] for day in answer["days"]][::13] == ["2026-11-23", "2026-12-06"]
    assert answer["time_zone"] == "America/New_York"
    for day in answer["days"]:
        for piece in day["openings"]:
            assert hours.function(at=piece["from"])["open"]
            last = datetime.fromisoformat(piece["until"]).timestamp() - 1
            assert hours.function(at=datetime.fromtimestamp(last, hours.clock.now().tzinfo).isoformat())["open"]


def test_a_dated_closure_is_a_new_version(hours: Hours) -> None:
    """Published with author and reason, counted at once, told to those who listen."""
    body = {"kind": "closure", "starts": "2026-11-26T00:00", "ends": "2026-11-27T00:00", "reason": "Thanksgiving"}
    assert hours.post("/calendars/precertification/exceptions", body, status=201) == {"version": 2}
    hours.at("2026-11-26T12:00")
    assert hours.function()["until"] == "2026-11-27T05:00:00Z"
    schedule = hours.client.get("/api/availability/v1/calendars", headers=hours.token("hours.read")).json
    assert schedule is not None
    assert (schedule["version"], schedule["author"], schedule["reason"]) == (2, "suite-service", "Thanksgiving")
    changed = [(subject, data["version"]) for kind, subject, data in hours.events() if kind == "schedule.changed"]
    assert changed == [("precertification", 2)]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends": "2026-11-26T00:00"}, "ends"),
        ({"starts": "Thursday"}, "ends"),
        ({"kind": "holiday"}, "kind"),
        ({"message": {"de": "Feiertag"}}, "message"),
    ],
)
def test_exceptions_that_cannot_be_read(hours: Hours, change: dict[str, object], field: str) -> None:
    """Refused by field; the version stays."""
    body = {"kind": "closure", "starts": "2026-11-26T00:00", "ends": "2026-11-27T00:00", "reason": "Thanksgiving"}
    refused = hours.post("/calendars/edi/exceptions", {**body, **change}, status=422)
    assert [name.split(".")[0] for name in refused["errors"]] == [field]
    assert hours.function()["version"] == 1
    assert hours.post("/calendars/nothing/exceptions", body, status=404)


def test_openings_and_closings_are_announced_once(hours: Hours) -> None:
    """The announcer tells each crossing once, whoever runs it and however often; also when it slept through some."""
    hours.at("2026-11-22T20:30:00")
    for _ in range(2):
        hours.run_jobs()
    first = len(hours.events())
    assert [kind for kind, _, _ in hours.events()] == ["service.opened"] * 3
    for moment in ("21:00:00", "21:00:01", "22:00:00"):
        hours.at(f"2026-11-22T{moment}")
        hours.run_jobs()
    [(type_, subject, data)] = hours.events()[first:]
    assert (type_, subject) == ("service.closed", "precertification")
    assert (data["next_open"], data["functions"]) == ("2026-11-23T10:00:00Z", ["precert.submit", "precert.view"])
    hours.at("2026-11-25T12:00:00")
    hours.run_jobs()
    hours.run_jobs()
    assert [(kind, data["since"]) for kind, _, data in hours.events()[first + 1 :]] == [
        ("service.opened", "2026-11-25T10:00:00Z")
    ]


def test_the_api_describes_itself(hours: Hours) -> None:
    """OpenAPI at its place, with the scope of every guarded operation."""
    described = hours.client.get("/api/availability/openapi.json").json
    assert described is not None
    paths = described["paths"]
    assert paths["/api/availability/v1/maintenance"]["post"]["security"] == [{"bearer": ["hours.manage"]}]
    assert "security" not in paths["/api/availability/v1/functions"]["get"]
