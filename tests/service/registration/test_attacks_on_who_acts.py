"""Threats 35 and 36 at the APIs of registration: whom a token was given to counts, not only what its app may ask."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.service.registration.desk_room import OFFICE, DeskAgent, new_case, slug
from tests.service.registration.house import House

API = "/api/registration/v1"
STRANGERS = [{"population": "provider"}, {"acr": "urn:gatehouse:acr:1"}, {"acr": None}, {"population": None}]


@pytest.fixture
def letter(house: House) -> str:
    """The address of a letter that waits to be printed."""
    house.directory(replace(OFFICE, address="1 Main St\nDover, DE 19901"))
    new_case(house)
    (row,) = house.rows("SELECT number FROM applications")
    number = {"application_number": row.number}
    told = house.app.test_client().post(f"{API}/letters", json=number, headers=house.street.token("vetting.manage"))
    assert told.status_code == 201
    return f"{API}/letters/{told.get_json()['id']}"


@pytest.mark.parametrize("claims", STRANGERS)
def test_attack_36_an_applicant_does_not_print_the_key_that_proves_their_office(
    house: House, letter: str, claims: dict[str, object]
) -> None:
    """Threat 36, F5, ASVS 8.3.1: the scope belongs to the app; letters are for staff with two factors, as cases are."""
    client, headers = house.app.test_client(), DeskAgent(house, "acc_applicant", **claims)._token()
    for path, body in (
        (f"{letter}/print", {"prints": 0}),
        (f"{letter}/cancel", {"reason": "doubtful"}),
        (f"{API}/letters", {"application_number": "AAAA-AAAA"}),
    ):
        assert slug(client.post(path, json=body, headers=headers)) == (403, "staff-only"), path
    assert slug(client.get(f"{API}/letters", headers=headers)) == (403, "staff-only")
    assert [row.prints for row in house.rows("SELECT prints FROM evidence_letters")] == [0]


def test_staff_and_programs_print(house: House, letter: str) -> None:
    """Who may do the desk's work sees the letter, by whichever app."""
    client: FlaskClient = house.app.test_client()
    printed = client.post(f"{letter}/print", json={"prints": 0}, headers=DeskAgent(house, "acc_dana")._token())
    assert len(printed.get_json()["key"].replace("-", "")) == 12
    again = client.post(f"{letter}/print", json={"prints": 1}, headers=house.street.token("vetting.manage"))
    assert again.status_code == 200


@pytest.mark.parametrize("claims", STRANGERS)
def test_attack_35_a_person_reads_no_application_by_its_id(house: House, claims: dict[str, object]) -> None:
    """Threat 35: an app with the scope lends it to nobody; another applicant's request is not theirs to read."""
    new_case(house)
    (row,) = house.rows("SELECT id FROM applications")
    stranger = DeskAgent(house, "acc_stranger", scope="applications.read", **claims)
    client = house.app.test_client()
    answer = client.get(f"{API}/applications/{row.id}", headers=stranger._token())
    assert slug(answer) == (403, "staff-only")
    staff = DeskAgent(house, "acc_dana", scope="applications.read")
    assert client.get(f"{API}/applications/{row.id}", headers=staff._token()).status_code == 200


def test_attack_35_no_operation_answers_a_person_who_is_not_staff(house: House) -> None:
    """Threats 35 and 36, ASVS 8.2.1: whatever is added to the API, every scope together opens nothing to an applicant.

    Nobody gets in without a token, and a program not with another scope.
    """
    scopes = "vetting.manage applications.read tins.read"
    applicant = DeskAgent(house, "acc_applicant", scope=scopes, population="provider")._token()
    client, asked = house.app.test_client(), 0
    for rule in house.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}) if rule.rule.startswith(f"{API}/") else ():
            path = re.sub(r"<[^>]+>", "x", rule.rule)
            assert client.open(path, method=method).status_code == 401, path
            weak = client.open(path, method=method, headers=house.street.token("hours.read"), json={})
            assert slug(weak) == (403, "insufficient-scope"), path
            body = {} if method == "POST" else None
            assert client.open(path, method=method, headers=applicant, json=body).status_code == 403, path
            asked += 1
    assert asked >= 19


def test_attack_36_who_proposed_at_one_door_confirms_at_no_other(house: House) -> None:
    """Threat 36: four eyes are two people: the same account is the same person on the page, by an app, by another."""
    house.directory(OFFICE)
    case_id = new_case(house)
    dana = DeskAgent(house, "acc_dana")
    dana.propose(case_id)
    other_app = DeskAgent(house, "acc_dana", name="Somebody Else", sid="another-sign-in")
    assert slug(other_app.confirm(case_id)) == (409, "own-proposal")
    house.sign_in("acc_dana", "Dana Desk", "staff", 2)
    page = house.visitor()
    page.open(f"/desk/cases/{case_id}")
    page.post(f"/desk/cases/{case_id}/proposal/confirm", {"proposal": dana.open_proposal(case_id)})
    assert dana.case(case_id)["state"] == "open"
