"""The JSON API: scopes, strict bodies, the desk's acts, the description."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from registration.directory.imports import Row
from tests.service.registration.house import House

CASES = "/api/registration/v1/cases"
ACTS = (
    *("calls", "next-call", "reveal", "seat", "another", "refuse", "answered"),
    *("proposal", "proposal/confirm", "proposal/reject", "proposal/withdraw"),
)
CALL = {"outcome": "confirmed", "spoke_to": "Pat Owner", "evidence": ["knows_applicant", "agrees_to_manager"]}
SEAT = {"organization_name": "Harbor", "organization_kind": "practice", "functions": ["claims.status.view"]}


@pytest.fixture
def client(house: House) -> FlaskClient:
    """A program that calls."""
    return house.app.test_client()


@pytest.fixture
def case_id(house: House) -> str:
    """An open case."""
    house.submit(house.apply())
    return str(house.rows("SELECT id FROM vetting_cases")[0].id)


def desk(house: House) -> dict[str, str]:
    """The header of a caller that may do the desk's work."""
    return house.street.token("vetting.manage")


def test_every_operation_needs_its_scope(house: House, client: FlaskClient, case_id: str) -> None:
    """No token 401, a token with other scopes 403, before anything is parsed."""
    for method, path in (
        ("GET", "/api/registration/v1/applications/app_x"),
        ("GET", CASES),
        ("GET", f"{CASES}/{case_id}"),
        ("GET", f"{CASES}/export"),
        *(("POST", f"{CASES}/{case_id}/{act}") for act in ACTS),
    ):
        assert client.open(path, method=method).status_code == 401, path
        weak = client.open(path, method=method, headers=house.street.token("hours.read"), json={"x": 1})
        assert weak.status_code == 403, path
        assert weak.content_type == "application/problem+json"


def test_an_application_without_contacts_or_tin(house: House, client: FlaskClient, case_id: str) -> None:
    """State, route and due date; the TIN by its last four digits; no e-mail, no mobile."""
    (row,) = house.rows("SELECT id FROM applications")
    answer = client.get(f"/api/registration/v1/applications/{row.id}", headers=house.street.token("applications.read"))
    told: dict[str, Any] = answer.get_json()
    assert told["state"] == "vetting"
    assert told["tin_last4"] == "6789"
    assert told["due_at"] == "2026-12-07T22:00:00Z"
    assert "casey@" not in answer.get_data(as_text=True)
    assert "555" not in answer.get_data(as_text=True)
    missing = client.get("/api/registration/v1/applications/app_x", headers=house.street.token("applications.read"))
    assert missing.status_code == 404


def test_the_desk_by_program(house: House, client: FlaskClient, case_id: str) -> None:
    """Queue, call, seat: the same rules as on the pages, every act audited."""
    house.directory(Row("123456789", "Harbor Family Practice", "(202) 555-0111", True, True))
    (listed,) = client.get(CASES, headers=desk(house)).get_json()["cases"]
    assert listed["id"] == case_id
    assert listed["telephone"] == "(202) 555-0111"
    early = client.post(f"{CASES}/{case_id}/seat", json=SEAT, headers=desk(house))
    assert (early.status_code, early.get_json()["type"]) == (409, "/problems/no-confirmed-call")
    assert client.post(f"{CASES}/{case_id}/calls", json=CALL, headers=desk(house)).status_code == 201
    seated = client.post(f"{CASES}/{case_id}/seat", json=SEAT, headers=desk(house))
    assert (seated.status_code, seated.get_json()["state"]) == (200, "seated")
    late = client.post(f"{CASES}/{case_id}/refuse", json={"reason": "No."}, headers=desk(house))
    assert late.status_code == 409
    assert late.get_json()["type"] == "/problems/already-decided"
    assert late.get_json()["decided_by"] == "suite-service"
    assert {"vetting.call_recorded", "vetting.seated"} <= set(house.audited())


def test_refusing_by_program(house: House, client: FlaskClient, case_id: str) -> None:
    """A reason is all it takes."""
    answer = client.post(f"{CASES}/{case_id}/refuse", json={"reason": "Unknown there."}, headers=desk(house))
    assert answer.get_json()["state"] == "refused"


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("calls", {"outcome": "confirmed", "is_manager": True}, "is_manager"),
        ("calls", {"outcome": "perhaps"}, "outcome"),
        ("calls", {"outcome": "confirmed"}, "spoke_to"),
        ("calls", {"outcome": "confirmed", "spoke_to": "Pat"}, "evidence"),
        ("calls", {"outcome": "no_answer", "note": "12-3456789"}, "note"),
        ("seat", {**SEAT, "tin": "123456789"}, "tin"),
        ("seat", {**SEAT, "functions": []}, "functions"),
        ("seat", {**SEAT, "functions": "claims.submit"}, "functions"),
        ("seat", {**SEAT, "functions": ["demographics.update"]}, "functions"),
        ("seat", {**SEAT, "organization_name": "  "}, "organization_name"),
        ("seat", {**SEAT, "organization_name": "Har\x07bor"}, "organization_name"),
        ("refuse", {}, "reason"),
        ("refuse", {"reason": "No\x07"}, "reason"),
        ("refuse", {"reason": " "}, "reason"),
        ("refuse", {"reason": 5}, "reason"),
        ("refuse", {"reason": "x" * 1001}, "reason"),
    ],
)
def test_bodies_are_strict(
    house: House, client: FlaskClient, case_id: str, act: str, body: dict[str, Any], field: str
) -> None:
    """422 names the field, unknown names are refused, nothing is changed (threat 34)."""
    answer = client.post(f"{CASES}/{case_id}/{act}", json=body, headers=desk(house))
    assert answer.status_code == 422, answer.get_json()
    assert field in answer.get_json()["errors"]
    assert house.rows("SELECT state FROM vetting_cases")[0].state == "open"
    assert house.rows("SELECT id FROM vetting_calls") == []


def test_the_same_call_with_the_same_key_is_recorded_once(house: House, client: FlaskClient, case_id: str) -> None:
    """Idempotency-Key: a retry gets the first answer."""
    headers = {**desk(house), "Idempotency-Key": "retry-1"}
    answers = [client.post(f"{CASES}/{case_id}/calls", json=CALL, headers=headers) for _ in range(2)]
    assert answers[0].get_json() == answers[1].get_json()
    assert len(house.rows("SELECT id FROM vetting_calls")) == 1


def test_the_description(client: FlaskClient) -> None:
    """Every operation is described with its scope."""
    spec = client.get("/api/registration/openapi.json").get_json()
    acts = {each.removeprefix(CASES) for each in spec["paths"] if each.startswith(CASES)}
    assert acts == {"", "/export", "/{case_id}", *(f"/{{case_id}}/{act}" for act in ACTS)}
    others = {"applications/{application_id}", "organizations/{organization_id}/tin"}
    assert {f"/api/registration/v1/{each}" for each in others} <= set(spec["paths"])
    for path, methods in spec["paths"].items():
        for method in set(methods) & {"get", "post"}:
            assert methods[method]["security"], path
