"""Several people and several workers at once, on a real PostgreSQL: one wins, the others are told."""

import threading
from collections.abc import Callable

from availability.app import SERVICE
from tests.service.availability.world import Hours

RIVALS = 16


def at_once(act: Callable[[], None]) -> None:
    """Run it on as many threads as there are rivals, released together."""
    gate = threading.Barrier(RIVALS)

    def run() -> None:
        gate.wait()
        act()

    threads = [threading.Thread(target=run) for _ in range(RIVALS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def post_at_once(hours: Hours, path: str, body: dict[str, object]) -> list[int]:
    """The statuses that rivals get for the same act."""
    headers, statuses = hours.token("hours.manage"), []

    def act() -> None:
        answer = hours.app.test_client().post(f"/api/availability/v1{path}", json=body, headers=headers)
        statuses.append(answer.status_code)

    at_once(act)
    return sorted(statuses)


def test_many_end_the_same_maintenance(hours_on_postgres: Hours) -> None:
    """One ends it, the others are told how it stands; one event leaves."""
    hours = hours_on_postgres
    body = {"calendars": ["website"], "emergency": True, "reason": "Disk full"}
    begun = hours.post("/maintenance", body, status=201)
    assert not hours.function()["open"]
    statuses = post_at_once(hours, f"/maintenance/{begun['id']}/end", {"reason": "Mended"})
    assert statuses == [200] + [409] * (RIVALS - 1)
    assert hours.function()["open"]
    told = [kind for kind, subject, _ in hours.events() if subject == begun["id"]]
    assert told == ["maintenance.started", "maintenance.ended"]


def test_many_publish_the_next_version(hours_on_postgres: Hours) -> None:
    """Versions follow each other without a gap; whoever was too late is told and nothing of theirs is lost silently."""
    hours = hours_on_postgres
    body = {"kind": "closure", "starts": "2026-12-25T00:00", "ends": "2026-12-26T00:00", "reason": "Christmas"}
    statuses = post_at_once(hours, "/calendars/edi/exceptions", body)
    won = statuses.count(201)
    assert won >= 1
    assert set(statuses) <= {201, 409}
    schedule = hours.client.get("/api/availability/v1/calendars", headers=hours.token("hours.read")).json
    assert schedule is not None
    assert schedule["version"] == 1 + won
    assert len(schedule["schedule"]["calendars"][1]["exceptions"]) == won


def test_many_announcers(hours_on_postgres: Hours) -> None:
    """Each crossing leaves once, however many workers look."""
    hours = hours_on_postgres
    hours.run_jobs()
    before = len(hours.events())
    hours.at("2026-11-24T03:00:00")

    def announce() -> None:
        for job in SERVICE.jobs:
            job.run(hours.context)

    at_once(announce)
    assert [kind for kind, _, _ in hours.events()[before:]] == ["service.closed"]


def test_the_planned_hour_comes_for_many_workers(hours_on_postgres: Hours) -> None:
    """A planned maintenance begins once; the others find it begun."""
    hours = hours_on_postgres
    body = {"calendars": ["website"], "starts_at": "2026-11-29T06:00:00-05:00", "reason": "New release"}
    planned = hours.post("/maintenance", body, status=201)
    hours.at("2026-11-29T06:00:00")
    [settle] = [job for job in SERVICE.jobs if job.name == "maintenance"]

    def act() -> None:
        settle.run(hours.context)

    at_once(act)
    told = [kind for kind, subject, _ in hours.events() if subject == planned["id"]]
    assert told == ["maintenance.scheduled", "maintenance.started"]


def test_many_cancel_a_series_from_different_ends(hours_on_postgres: Hours) -> None:
    """J2: whoever comes first cancels an occurrence; the others leave it as it is, and each is told once."""
    hours = hours_on_postgres
    times = {"starts_at": "2026-11-29T02:00:00-05:00", "ends_at": "2026-11-29T04:00:00-05:00"}
    wish = {"calendars": ["website"], **times, "repeat": {"every_days": 7, "times": 6}, "reason": "Weekly"}
    hours.post("/maintenance", wish, status=201)
    rows = [str(one["id"]) for one in reversed(hours.all_maintenance())]
    headers, waiting, statuses = hours.token("hours.manage"), list(rows), []

    def act() -> None:
        path = f"/api/availability/v1/maintenance/{waiting.pop() if waiting else rows[0]}/cancel"
        body = {"reason": "The project is over", "rest": True}
        statuses.append(hours.app.test_client().post(path, json=body, headers=headers).status_code)

    at_once(act)
    assert set(statuses) <= {200, 409}
    assert {one["state"] for one in hours.all_maintenance()} == {"cancelled"}
    told = [subject for kind, subject, data in hours.events() if data.get("state") == "cancelled"]
    assert sorted(told) == sorted(rows)


def test_a_listener_is_told_of_a_closing_once_by_whoever_comes_first(hours_on_postgres: Hours) -> None:
    """The act announces at once and the worker looks a moment later: one word leaves for each calendar."""
    hours = hours_on_postgres
    hours.run_jobs()
    before = len(hours.events())
    hours.post("/maintenance", {"calendars": ["website"], "emergency": True, "reason": "Disk full"}, status=201)
    told = [(kind, subject) for kind, subject, _ in hours.events()[before:] if kind == "service.closed"]
    assert sorted(told) == [("service.closed", "precertification"), ("service.closed", "website")]

    def look() -> None:
        for job in SERVICE.jobs:
            job.run(hours.context)

    at_once(look)
    assert len([kind for kind, _, _ in hours.events()[before:] if kind == "service.closed"]) == 2
