"""The one way out for a whole TIN: to a program with its own scope, written down each time."""

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from werkzeug.test import TestResponse

from registration.demo import DemoPractice, seed
from registration.directory.imports import Row
from registration.directory.vault import TinVault
from tests.service.registration.house import House
from tests.service.registration.street import KEY, ORIGIN

TIN, SCOPE = "123456789", "tins.read"
HARBOR = Row(TIN, "Harbor Family Practice", "+1 202 555 0100", True, True, None, "org_harbor")
READER = {"client_id": "portal", "account_id": "acc_pat"}


@pytest.fixture
def client(house: House) -> FlaskClient:
    """A program that calls; the directory knows one organization with a TIN and one without."""
    house.directory(HARBOR)
    with house.context.transaction() as work:
        seed(
            work,
            [DemoPractice("No Number", None, "", contracted=False, claim_submitted=False, organization_id="org_none")],
        )
    return house.app.test_client()


def read(house: House, client: FlaskClient, organization: str = "org_harbor", **query: str) -> TestResponse:
    """Ask for a TIN as a program that may."""
    path = f"/api/registration/v1/organizations/{organization}/tin"
    return client.get(path, query_string=query, headers=house.street.token(SCOPE))


def entries(house: House) -> list[Any]:
    """What the trail says about reading TINs."""
    query = "SELECT actor, actor_kind, target, organization, after FROM audit_entries WHERE action = :action"
    return house.rows(query, action="organization.tin_read")


def test_a_program_reads_a_tin_that_nobody_keeps(house: House, client: FlaskClient) -> None:
    """Nine digits, `no-store`, and who read it for whom is written down, without the number (N4)."""
    answer = read(house, client, **READER)
    assert (answer.status_code, answer.get_json()) == (200, {"tin": TIN})
    assert answer.headers["Cache-Control"] == "no-store"
    (entry,) = entries(house)
    assert (entry.actor, entry.actor_kind, entry.target) == ("suite-service", "client", "org_harbor")
    assert json.loads(entry.after) == {"for_client": "portal", "for_account": "acc_pat"}
    assert entry.organization == "org_harbor"
    assert TIN not in str(house.rows("SELECT * FROM audit_entries")) + str(house.rows("SELECT * FROM outbox"))


def test_each_reading_is_an_entry_of_its_own(house: House, client: FlaskClient) -> None:
    """Also where the program reads for itself and names nobody."""
    for _ in range(3):
        assert read(house, client).status_code == 200
    assert [json.loads(entry.after) for entry in entries(house)] == [{"for_client": None, "for_account": None}] * 3


def test_an_organization_without_a_tin(house: House, client: FlaskClient) -> None:
    """null, which is no fault; an organization that nobody knows is 404 and leaves no entry."""
    assert read(house, client, "org_none").get_json() == {"tin": None}
    assert read(house, client, "org_nobody").status_code == 404
    assert [entry.target for entry in entries(house)] == ["org_none"]


def test_attack_35_a_person_s_token_reads_no_tin(house: House, client: FlaskClient) -> None:
    """Programs only: with the scope in a person's token it is 403, with another scope 403, without any 401."""
    path = "/api/registration/v1/organizations/org_harbor/tin"
    claims = jwt.decode(house.street.token(SCOPE)["Authorization"].split()[1], KEY).claims | {"sub": "acc_pat"}
    person = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "street"}, claims, KEY)
    assert claims["iss"] == ORIGIN
    assert client.get(path, headers={"Authorization": f"Bearer {person}"}).status_code == 403
    assert client.get(path, headers=house.street.token("applications.read", "vetting.manage")).status_code == 403
    assert client.get(path).status_code == 401
    assert entries(house) == []


@pytest.mark.parametrize("query", [{"client_id": ""}, {"client_id": "x" * 65}, {"account_id": TIN}])
def test_what_is_not_asked_for_is_refused(house: House, client: FlaskClient, query: dict[str, str]) -> None:
    """What is written down is an id: empty, overlong and TIN-like ones are 422, and the answer repeats no TIN."""
    answer = read(house, client, **query)
    assert answer.status_code == 422
    assert TIN not in answer.get_data(as_text=True)
    assert entries(house) == []


def test_the_tin_of_a_practice_that_the_desk_seated(house: House, client: FlaskClient) -> None:
    """Unknown to the directory: the organization takes the sealed number from the application."""
    tin, desk = "98-7654321", house.street.token("vetting.manage")
    house.submit(house.apply(tin=tin))
    case = f"/api/registration/v1/cases/{house.rows('SELECT id FROM vetting_cases')[0].id}"
    call = {"outcome": "confirmed", "spoke_to": "Pat", "evidence": ["knows_applicant", "agrees_to_manager"]}
    seat = {"organization_name": "Harbor", "organization_kind": "practice", "functions": ["claims.status.view"]}
    assert client.post(f"{case}/calls", json=call, headers=desk).status_code == 201
    made = client.post(f"{case}/seat", json=seat, headers=desk).get_json()["organization_id"]
    assert read(house, client, made).get_json() == {"tin": tin.replace("-", "")}


def test_an_organization_that_came_by_event_gets_its_tin_by_the_import(house: House, client: FlaskClient) -> None:
    """And keeps the one that it has: a second number for it changes nothing."""
    late = replace(HARBOR, tin="222334444", organization_id="org_late")
    facts = {"id": "org_late", "name": "Late", "kind": "practice", "contracted": True, "tin_last4": None}
    changed = {"organization": facts, "manager_count": 1, "functions": []}
    house.hear("access-manager", "organization.changed", "org_late", 1, **changed)
    assert read(house, client, "org_late").get_json() == {"tin": None}
    house.directory(late)
    house.directory(replace(late, tin="222335555"))
    assert read(house, client, "org_late").get_json() == {"tin": "222334444"}


def test_a_dump_without_the_key_says_nothing(house: House, client: FlaskClient) -> None:
    """M18: beside the index there is only a sealed box, and only the vault opens it."""
    (row,) = house.rows("SELECT * FROM organizations WHERE id = 'org_harbor'")
    assert TIN not in str(row)
    assert house.context.part(TinVault).open(row.tin_box) == TIN
