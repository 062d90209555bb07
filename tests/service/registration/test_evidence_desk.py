"""Letters at the desk: who may see them, writing one of the desk's own accord, by program and by command line."""

import json

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from registration.app import SERVICE
from shared.cli import program
from tests.service.registration.house import House
from tests.service.registration.test_evidence import applicant
from tests.service.registration.test_evidence_import import environment
from tests.service.registration.test_evidence_letters import KEY, asked, desk, enter, on_file

__all__ = ["environment"]


@pytest.fixture
def client(house: House) -> FlaskClient:
    """A program that calls the API."""
    return house.app.test_client()


def test_only_staff_with_two_factors_see_letters(house: House) -> None:
    """The desk's doors: a provider gets 403, staff with a password alone are sent to identity."""
    person = house.visitor()
    house.sign_in("acc_x", "Somebody", "provider", 2)
    person.open("/desk/letters")
    assert person.answer.status_code == 403
    person = house.visitor()
    house.sign_in("acc_y", "Dana Desk", "staff", 1)
    assert person._http.get("/desk/letters", follow_redirects=False).status_code == 303


def test_the_desk_writes_a_letter_by_itself(house: House) -> None:
    """Nobody answers the telephone: the agent writes to the office; the applicant's own wish finds that letter."""
    on_file(house)
    person, application_id = applicant(house)
    number = house.rows("SELECT number FROM applications")[0].number
    agent = desk(house)
    agent.press("Write a letter")
    assert "Enter the application number" in agent.text
    agent.fill("Application number", "AAAA-AAAA")
    agent.press("Write a letter")
    assert "No case with a TIN has this application number" in agent.text
    agent.fill("Application number", f" {number.lower()} ")
    agent.press("Write a letter")
    assert "Dana Desk" in agent.text
    agent.press("Make the key and show the letter")
    key = KEY.findall(agent.text)[0]
    house.sign_in(house.street.account_of(application_id), "Casey Coordinator")
    person.open(f"/register/status/{application_id}/evidence/letter")
    assert "You asked for a letter" not in person.text
    person.press("Ask for a letter")
    assert "You asked for a letter" in person.text
    assert "Your organization is proved" in enter(house, person, application_id, key)
    assert [row.prints for row in house.rows("SELECT prints FROM evidence_letters")] == [1]


def test_letters_by_program(house: House, client: FlaskClient) -> None:
    """The API does what the pages do: list, print once, cancel."""
    on_file(house)
    person, application_id = asked(house)
    caller = house.street.token("vetting.manage")
    address = "/api/registration/v1/letters"
    assert client.get(address).status_code == 401
    assert client.get(address, headers=house.street.token("tins.read")).status_code == 403
    (letter,) = client.get(address, headers=caller).get_json()["letters"]
    written = client.post(address, json={"application_number": letter["application_number"]}, headers=caller)
    assert (written.status_code, written.get_json()["id"]) == (201, letter["id"])
    assert client.post(address, json={"application_number": "AAAA-AAAA"}, headers=caller).status_code == 404
    assert (letter["state"], letter["address"][0]) == ("asked", "1 Harbor Way")
    told = client.post(f"{address}/{letter['id']}/print", json={"prints": 0}, headers=caller).get_json()
    assert told["key"] in told["text"]
    again = client.post(f"{address}/{letter['id']}/print", json={"prints": 0}, headers=caller)
    assert (again.status_code, again.get_json()["type"]) == (409, "/problems/printed-meanwhile")
    assert "Your organization is proved" in enter(house, person, application_id, told["key"])
    late = client.post(f"{address}/{letter['id']}/cancel", json={"reason": "doubtful"}, headers=caller)
    assert (late.status_code, late.get_json()["type"]) == (409, "/problems/letter-closed")
    assert client.post(f"{address}/let_0/cancel", json={"reason": "doubtful"}, headers=caller).status_code == 404
    assert client.post(f"{address}/{letter['id']}/cancel", json={"reason": "x"}, headers=caller).status_code == 422


def test_letters_on_the_command_line(house: House, environment: dict[str, str]) -> None:
    """List, print, print again, cancel; JSON for programs."""
    on_file(house)
    asked(house)

    def run(*command: str) -> tuple[int, str]:
        result = CliRunner().invoke(program(SERVICE), ["letters", *command], env=environment)
        return result.exit_code, result.stdout

    letter = json.loads(run("list", "--json")[1])[0]
    assert json.loads(run("write", letter["application_number"], "--json")[1])[0]["id"] == letter["id"]
    code, text = run("print", letter["id"])
    assert code == 0
    assert len(KEY.findall(text)) == 1
    assert run("print", letter["id"])[0] == 1
    first, second = KEY.findall(text), json.loads(run("print", letter["id"], "--again", "--json")[1])[0]["key"]
    assert second not in first
    assert json.loads(run("cancel", letter["id"], "--reason", "came_back", "--json")[1])[0]["state"] == "cancelled"
    assert json.loads(run("list", "--json")[1]) == []
    assert run("print", "let_nothing")[0] == 1
