"""F6 through the front door: contracted, non-contracted with a claim, without one, and without a TIN (domain.md §2)."""

import pytest

from registration.directory.imports import Row
from tests.service.registration.desk_room import CONFIRMED, OFFICE, SEAT, DeskAgent, new_case, slug
from tests.service.registration.house import House
from tests.service.registration.news import at_status, managed

STRANGER = Row("123456789", "Stranger Practice", "(202) 555-0111", False, True)
WITHHELD = ("fee-schedule-change.view", "demographics.update", "agreement.copy.request")


def test_without_a_contract_a_claim_opens_the_door(house: House) -> None:
    """Non-contracted organizations may register if they have submitted a claim: the desk decides, as for anybody."""
    house.directory(STRANGER)
    dana, case_id = DeskAgent(house, "acc_dana"), new_case(house)
    dana.act(case_id, "calls", CONFIRMED)
    assert dana.act(case_id, "seat", SEAT).get_json()["state"] == "seated"
    (told,) = house.published("vetting.completed")
    assert told["data"]["organization"]["contracted"] is False


def test_without_contract_and_claim_nobody_decides(house: House) -> None:
    """Refused at once, with the reason, and no case for the desk; managers of it could not wave it aside."""
    house.directory(Row("123456789", "Stranger Practice", "(202) 555-0111", False, False, organization_id="org_1"))
    told = {"organization_id": "org_1", "managers": ["acc_m"], "count": 1}
    house.hear("access-manager", "manager.changed", "org_1", 3, **told)
    application_id = house.submit(house.apply())
    assert "has not submitted a claim yet" in at_status(house, house.street.account_of(application_id)).text
    assert house.rows("SELECT id FROM vetting_cases") == [] and house.published("user.registered") == []


@pytest.mark.parametrize("function", WITHHELD)
@pytest.mark.parametrize("tier", ["non-contracted", "unknown", "no TIN"])
def test_three_functions_are_withheld_at_every_door(house: House, tier: str, function: str) -> None:
    """Whoever asks: not by seating, not by a proposal that a colleague would agree to; unknown is not contracted."""
    if tier == "non-contracted":
        house.directory(STRANGER)
    dana = DeskAgent(house, "acc_dana")
    case_id = new_case(house, tin=None) if tier == "no TIN" else new_case(house)
    dana.act(case_id, "calls", CONFIRMED)
    asked = {**SEAT, "functions": ["claims.status.view", function]}
    assert dana.act(case_id, "seat", asked).status_code == 422
    assert dana.propose(case_id, functions=asked["functions"]).status_code == 422
    assert dana.case(case_id)["state"] == "open"


def test_with_a_contract_they_are_given(house: House) -> None:
    """The other side of it, or nothing would be proved."""
    house.directory(OFFICE)
    dana, case_id = DeskAgent(house, "acc_dana"), new_case(house)
    dana.act(case_id, "calls", CONFIRMED)
    assert slug(dana.act(case_id, "seat", {**SEAT, "functions": list(WITHHELD)}))[0] == 200
    assert house.published("vetting.completed")[0]["data"]["functions"] == list(WITHHELD)


@pytest.mark.parametrize(("managers", "route"), [(0, "vetting"), (1, "managers"), (15, "managers")])
def test_one_manager_is_enough_to_be_asked(house: House, managers: int, route: str) -> None:
    """F3, F4: at least 1, at most 15: where there is one the desk has nothing to do, where there is none it has."""
    managed(house, managers)
    house.submit(house.apply())
    assert [row.route for row in house.rows("SELECT route FROM applications")] == [route]
    assert len(house.rows("SELECT id FROM vetting_cases")) == (route == "vetting")
