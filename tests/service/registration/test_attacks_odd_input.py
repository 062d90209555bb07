"""Threats 43 and 49 at registration's doors: line breaks in addresses, the edges of time."""

import pytest

from tests.service.registration.house import House

CASES = "/api/registration/v1/cases"


@pytest.mark.parametrize("odd", ["%0d%0aSet-Cookie:x=1", "%0aX", "%7f"])
@pytest.mark.parametrize(
    "path", ["/register/{}/again", "/register/{}/done", "/register/{}/attach", "/register/status/{}/withdraw"]
)
def test_attack_43_a_line_break_in_an_address_is_no_fault_of_ours(house: House, path: str, odd: str) -> None:
    """Threat 43: a stranger gets 4xx or is sent elsewhere; no header of their own, no trace in our log."""
    answer = house.app.test_client().get(path.format(odd))
    assert answer.status_code < 500
    assert "x=1" not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_attack_49_no_call_is_planned_outside_of_all_time(house: House, edge: str) -> None:
    """Threat 49: an instant that UTC cannot say is refused with the name of its field."""
    house.submit(house.apply())
    case_id = house.rows("SELECT id FROM vetting_cases")[0].id
    asked = {"json": {"at": edge}, "headers": house.street.token("vetting.manage")}
    answer = house.app.test_client().post(f"{CASES}/{case_id}/next-call", **asked)
    assert answer.status_code == 422
