"""Threat 49 at the calendars: no exception is accepted that no clock can show; one of them would close everything."""

import pytest

from tests.service.availability.world import Hours

EXCEPTIONS = "/api/availability/v1/calendars/precertification/exceptions"
ASKED_BY_ALL = ("/status", "/status.json", "/status/calendar.ics", "/api/availability/v1/functions", "/status/history")
FAR = ["0001-01-01T00:00", "1000-01-01T00:00", "2100-01-01T00:00", "9998-12-31T00:00", "9999-12-31T23:59"]
SOON = ("2026-12-25T05:00", "2026-12-26T05:00")


def insist_it_still_answers(hours: Hours) -> None:
    """Whatever was published, everybody who asks gets an answer."""
    for path in ASKED_BY_ALL:
        assert hours.client.get(path).status_code == 200, path
    assert hours.gate().status_code in (204, 503)


@pytest.mark.parametrize("kind", ["closure", "opening"])
@pytest.mark.parametrize("far", FAR)
def test_attack_49_an_exception_at_the_edge_of_time_closes_nothing_else(hours: Hours, kind: str, far: str) -> None:
    """Threat 49: refused with 422, or kept and harmless; never a schedule that nobody can read any more."""
    for starts, ends in ((far, SOON[1]), (SOON[0], far), (far, far)):
        wish = {"kind": kind, "starts": starts, "ends": ends, "reason": "Trying it"}
        answer = hours.client.post(EXCEPTIONS, json=wish, headers=hours.token("hours.manage"))
        assert answer.status_code in (200, 201, 409, 422), wish
        insist_it_still_answers(hours)


@pytest.mark.parametrize("far", FAR)
def test_attack_49_nor_does_a_whole_schedule(hours: Hours, far: str) -> None:
    """Threat 49: the same for a schedule that is published or previewed as a whole."""
    now = hours.client.get("/api/availability/v1/calendars", headers=hours.token("hours.read")).json or {}
    calendars = now["schedule"]["calendars"]
    for starts, ends in ((far, SOON[1]), (SOON[0], far)):
        odd = {"kind": "closure", "starts": starts, "ends": ends}
        changed = [each | ({"exceptions": [odd]} if each["id"] == "precertification" else {}) for each in calendars]
        wish = {"schedule": now["schedule"] | {"calendars": changed}, "seen": 1, "reason": "Trying it"}
        headers = hours.token("hours.read", "hours.manage")
        preview = hours.client.post(
            "/api/availability/v1/calendars/preview", json={"schedule": wish["schedule"]}, headers=headers
        )
        assert preview.status_code in (200, 422)
        assert hours.client.put("/api/availability/v1/calendars", json=wish, headers=headers).status_code in (
            200,
            409,
            422,
        )
        insist_it_still_answers(hours)


@pytest.mark.parametrize("far", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-05:00"])
@pytest.mark.parametrize("calendar", ["website", "precertification"])
def test_attack_49_nor_does_maintenance(hours: Hours, calendar: str, far: str) -> None:
    """Threat 49: maintenance that begins before or ends after all time is refused, emergency or not."""
    soon = hours.at("2026-11-23T12:00:00").isoformat()
    for starts, ends in ((far, soon), (soon, far), (far, far)):
        wish = {"calendars": [calendar], "starts_at": starts, "ends_at": ends, "emergency": True, "reason": "Trying it"}
        answer = hours.client.post("/api/availability/v1/maintenance", json=wish, headers=hours.token("hours.manage"))
        assert answer.status_code in (201, 409, 422), wish
        insist_it_still_answers(hours)


@pytest.mark.parametrize("far", [*FAR, "9999-12-31"])
def test_attack_49_the_operators_form_says_what_is_wrong(hours: Hours, far: str) -> None:
    """Threat 49: typed into the page, the same times come back with a sentence beside them."""
    hours.sign_in()
    hours.at("2026-11-23T12:00:00")
    form = {
        "calendars": ["website"],
        "when": "later",
        "starts": far,
        "ends": far,
        "reason": "Trying it",
        "repeat": "once",
    }
    assert hours.submit("/hours/maintenance/new", form).status_code in (200, 303, 409, 422)
    insist_it_still_answers(hours)
