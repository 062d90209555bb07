"""The desk as its tests enter it: agents with tokens of their own at the JSON API, and cases of applicants."""

from typing import Any, cast

from flask.testing import FlaskClient
from joserfc import jwt
from werkzeug.test import TestResponse

from registration.directory.imports import Row
from tests.service.registration.house import House, Neighbourhood
from tests.service.registration.street import KEY, ORIGIN

CASES = "/api/registration/v1/cases"
CONFIRMED = {"outcome": "confirmed", "spoke_to": "Pat Owner", "evidence": ["knows_applicant", "agrees_to_manager"]}
NAMED = {"outcome": "confirmed", "spoke_to": "Pat Owner", "evidence": ["named_another"]}
SEAT = {"organization_name": "Harbor", "organization_kind": "practice", "functions": ["claims.status.view"]}
PERSON = {"display_name": "Robin Manager", "email": "robin@harbor.example", "mobile": "202 555 0177"}
OFFICE = Row("123456789", "Harbor Family Practice", "(202) 555-0111", True, True)


class DeskAgent:
    """Somebody of the desk with an app of the desk, or a program: every act as a method, every answer as it came."""

    def __init__(self, house: House, account_id: str, **claims: object) -> None:
        self.house, self.account_id = house, account_id
        self._scope = claims.pop("scope", "vetting.manage")
        self.claims = {"population": "staff", "acr": "urn:gatehouse:acr:2", "name": account_id.title(), **claims}
        self._client: FlaskClient = house.app.test_client()

    def send(self, method: str, path: str, body: object = None) -> TestResponse:
        """One request with a token that is fresh at this instant."""
        return self._client.open(CASES + path, method=method, json=body, headers=self._token())

    def act(self, case_id: str, act: str, body: object = None) -> TestResponse:
        """POST an act."""
        return self.send("POST", f"/{case_id}/{act}", body)

    def case(self, case_id: str) -> dict[str, Any]:
        """The case as it stands."""
        answer = self.send("GET", f"/{case_id}")
        assert answer.status_code == 200, answer.get_json()
        return dict(answer.get_json())

    def listed(self, query: str = "") -> list[str]:
        """The ids of a page of the queue."""
        answer = self.send("GET", query)
        assert answer.status_code == 200, answer.get_json()
        return [each["id"] for each in answer.get_json()["cases"]]

    def propose(self, case_id: str, **more: object) -> TestResponse:
        """Propose a seat."""
        return self.act(case_id, "proposal", {**SEAT, "reason": "The owner wrote to us.", **more})

    def confirm(self, case_id: str, proposal_id: str | None = None) -> TestResponse:
        """Confirm a proposal, by default the one that is open."""
        return self.act(case_id, "proposal/confirm", {"proposal_id": proposal_id or self.open_proposal(case_id)})

    def reject(self, case_id: str, proposal_id: str | None = None, note: str = "Call them first.") -> TestResponse:
        """Turn a proposal down, by default the one that is open."""
        known = proposal_id or self.open_proposal(case_id)
        return self.act(case_id, "proposal/reject", {"proposal_id": known, "note": note})

    def take_back(self, case_id: str, proposal_id: str | None = None) -> TestResponse:
        """Withdraw a proposal, by default the one that is open."""
        return self.act(case_id, "proposal/withdraw", {"proposal_id": proposal_id or self.open_proposal(case_id)})

    def open_proposal(self, case_id: str) -> str:
        """The id of the proposal that waits."""
        shown = self.case(case_id)["proposals"]
        return next((str(each["id"]) for each in shown if each["state"] == "open"), "prop_none")

    def _token(self) -> dict[str, str]:
        now = int(self.house.clock.now().timestamp())
        program = self.account_id == "suite-service"
        claims = {
            **({} if program else self.claims),
            "iss": ORIGIN,
            "aud": f"{ORIGIN}/api/registration",
            "sub": self.account_id,
            "client_id": "suite-service" if program else "desk-app",
            "scope": self._scope,
            "iat": now,
            "exp": now + 300,
        }
        header = {"alg": "ES256", "typ": "at+jwt", "kid": "street"}
        return {"Authorization": "Bearer " + jwt.encode(header, claims, KEY)}


def slug(answer: TestResponse) -> tuple[int, str]:
    """Status and the name of a refusal."""
    body = answer.get_json()
    return answer.status_code, str(body.get("type", "")).rpartition("/")[2]


def new_case(house: House, number: int = 0, **answers: Any) -> str:
    """Somebody applies; return the case of the newest application."""
    cast("Neighbourhood", house.origin).client_address = f"203.0.113.{number + 1}"  # or codes would be held back
    given = {"email": f"casey{number}@practice.example", "mobile": f"202 555 {1000 + number:04d}", **answers}
    application_id = house.submit(house.apply(**given))
    (row,) = house.rows("SELECT id FROM vetting_cases WHERE application_id = :id", id=application_id)
    return str(row.id)
