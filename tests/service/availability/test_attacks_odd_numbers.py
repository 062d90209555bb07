"""Threat 49 at the opening hours: numbers that no column holds are told apart from our own faults."""

from typing import Any

import pytest

from tests.service.availability.world import Hours

VERSIONS = "/api/availability/v1/calendars/versions"
TOO_LARGE = [2**31, 2**63, 10**30, 10**100]


@pytest.fixture(params=["hours", "hours_on_postgres"])
def either(request: pytest.FixtureRequest) -> Any:
    """The service on each database: they hold numbers of different size."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("number", TOO_LARGE)
def test_attack_49_a_version_larger_than_any_is_not_there(either: Hours, number: int) -> None:
    """Threat 49: 404 for the version, and the list before it is refused or the whole list; never a fault of ours."""
    headers = either.token("hours.read")
    assert either.client.get(f"{VERSIONS}/{number}", headers=headers).status_code == 404
    assert either.client.get(VERSIONS, query_string={"before": number}, headers=headers).status_code in (200, 422)


@pytest.mark.parametrize("number", TOO_LARGE[:3])
def test_attack_49_nobody_goes_back_to_a_version_larger_than_any(either: Hours, number: int) -> None:
    """Threat 49: refused as any version that was never there."""
    headers = either.token("hours.manage")
    for odd in ({"version": number}, {"seen": number}):
        body = {"version": 1, "seen": 1, "reason": "Trying it", **odd}
        answer = either.client.post("/api/availability/v1/calendars/rollback", json=body, headers=headers)
        assert answer.status_code in (404, 409, 422), odd


@pytest.mark.parametrize("number", TOO_LARGE[:3])
def test_attack_49_nor_is_there_a_page_of_it(hours: Hours, number: int) -> None:
    """Threat 49: the operators' page of such a version is not found."""
    hours.sign_in()
    assert hours.client.get(f"/hours/versions/{number}").status_code == 404
