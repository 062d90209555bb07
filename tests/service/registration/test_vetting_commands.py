"""The desk's acts on the command line: `registration vetting …`, the same rules as on the pages."""

import csv
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from registration.app import SERVICE
from shared.cli import program
from shared.errors import Problem
from tests.service.registration.desk_room import OFFICE, DeskAgent, new_case
from tests.service.registration.house import House

SEAT = ("--name", "Harbor", "--kind", "practice", "--function", "claims.status.view")
CONFIRMED = (
    *("--outcome", "confirmed", "--spoke-to", "Pat Owner"),
    *("--evidence", "knows_applicant", "--evidence", "agrees_to_manager"),
)


class Shell:
    """A shell of the operator."""

    def __init__(self, house: House) -> None:
        chosen = house.context.settings
        self._environment = {
            "GATEHOUSE_MODE": "test",
            "GATEHOUSE_DATABASE_URL": chosen.database_url,
            "GATEHOUSE_BROKER_URL": "memory:",
            "GATEHOUSE_CACHE_URL": "memory:",
            "GATEHOUSE_SECRET_KEY": chosen.secret_key.get_secret_value(),
        }

    def type(self, *words: str) -> Result:
        """Run one command."""
        return CliRunner().invoke(program(SERVICE), ["vetting", *words], env=self._environment)

    def json(self, *words: str) -> Any:
        """Run one command that must work; return what it prints for programs."""
        result = self.type(*words, "--json")
        assert result.exit_code == 0, (result.output, result.exception)
        return json.loads(result.stdout)

    def refused(self, *words: str) -> str:
        """Run one command that the rules refuse; return the refusal's name."""
        result = self.type(*words)
        assert isinstance(result.exception, Problem), result.output
        return result.exception.slug


@pytest.fixture
def shell(house: House) -> Shell:
    """The operator's shell."""
    house.directory(OFFICE)
    return Shell(house)


@pytest.fixture
def case_id(house: House, shell: Shell) -> str:
    """An open case."""
    return new_case(house)


def test_call_and_seat(house: House, shell: Shell, case_id: str) -> None:
    """From the list to the seat, each command printing the case as it then stands."""
    (listed,) = shell.json("list")
    assert (listed["id"], listed["telephone"]) == (case_id, OFFICE.phone)
    assert shell.refused("seat", case_id, *SEAT) == "no-confirmed-call"
    assert shell.json("call", case_id, *CONFIRMED)["may_seat"] is True
    assert shell.json("seat", case_id, *SEAT)["state"] == "seated"
    assert shell.json("list") == []
    entries = house.rows("SELECT actor FROM audit_entries WHERE action LIKE 'vetting.%' AND action <> 'vetting.opened'")
    assert {each.actor for each in entries} == {"command-line"}


def test_show_in_words_and_for_programs(shell: Shell, case_id: str) -> None:
    """Without --json as blocks; contacts masked in both, shown one at a time on request."""
    words = shell.type("show", case_id)
    assert words.exit_code == 0
    assert "applicant: Casey Coordinator" in words.output
    assert "casey0@" not in words.output
    assert shell.json("show", case_id)["email_masked"] == "c•••@practice.example"
    assert shell.json("reveal", case_id, "email") == [{"email": "casey0@practice.example"}]
    assert shell.refused("show", "case_unknown") == "not-found"


def test_refuse_with_a_reason(shell: Shell, case_id: str) -> None:
    """The same strictness as the API: a TIN in the reason is wrong usage."""
    assert shell.type("refuse", case_id, "--reason", "12-3456789").exit_code == 2
    assert shell.json("refuse", case_id, "--reason", "Nobody knows them.")["state"] == "refused"
    assert shell.refused("refuse", case_id, "--reason", "Again.") == "already-decided"


def test_propose_here_and_confirm_by_an_agent(house: House, shell: Shell, case_id: str) -> None:
    """The command line never confirms its own proposal; an agent does."""
    proposed = shell.json("propose", case_id, *SEAT, "--reason", "The owner wrote to us.")["proposals"][0]
    assert proposed["proposed_by_name"] == "Command line"
    assert shell.refused("confirm", case_id, proposed["id"]) == "own-proposal"
    assert shell.refused("reject", case_id, proposed["id"], "--note", "No.") == "own-proposal"
    assert DeskAgent(house, "acc_dana").confirm(case_id).get_json()["state"] == "seated"


def test_propose_by_an_agent_and_decide_here(house: House, shell: Shell, case_id: str) -> None:
    """Turned down once, confirmed once, both with the agent's name beside the operator's."""
    dana = DeskAgent(house, "acc_dana")
    first = dana.propose(case_id).get_json()["id"]
    assert shell.json("list", "--second")[0]["id"] == case_id
    assert shell.json("reject", case_id, first, "--note", "Call first.")["proposals"][0]["state"] == "rejected"
    proposal = dana.propose(case_id).get_json()["id"]
    assert shell.json("confirm", case_id, proposal)["state"] == "seated"


def test_plan_a_call_and_take_a_proposal_back(shell: Shell, case_id: str) -> None:
    """An instant needs its offset; a proposal of this command line goes as it came."""
    assert shell.json("schedule", case_id, "2099-11-30T10:00:00-05:00")["next_call_at"] == "2099-11-30T15:00:00Z"
    assert shell.type("schedule", case_id, "tomorrow").exit_code == 2
    proposed = shell.json("propose", case_id, *SEAT, "--reason", "The owner wrote to us.")["proposals"][0]
    assert shell.refused("withdraw", case_id, "prop_another") == "no-proposal"
    assert shell.json("withdraw", case_id, proposed["id"])["proposals"][0]["state"] == "withdrawn"


def test_faults_in_what_was_typed(shell: Shell, case_id: str) -> None:
    """A confirmation without a name is told in words; unknown outcomes and kinds are wrong usage."""
    nobody = shell.type("call", case_id, "--outcome", "confirmed")
    assert (nobody.exit_code, "Enter the name of the person who confirmed" in nobody.output) == (1, True)
    assert shell.type("call", case_id, "--outcome", "perhaps").exit_code == 2
    assert shell.type("seat", case_id, "--name", "X", "--kind", "shop", "--function", "x").exit_code == 2
    assert shell.type("seat", case_id, *SEAT, "--person-name", "Robin", "--person-email", "x").exit_code == 2
    assert shell.refused("seat", case_id, *SEAT[:-1], "no.such.function") == "validation"


def test_export_for_a_spreadsheet(house: House, shell: Shell) -> None:
    """Threat 45: CSV without formulas, or JSON for programs; filters as in `list`."""
    case_id = new_case(house, organization="@SUM(A1)", tin="98-7654321")
    result = shell.type("export")
    (row,) = csv.DictReader(io.StringIO(result.stdout.removeprefix("\ufeff")))
    assert (row["case"], row["organization"]) == (case_id, "'@SUM(A1)")
    assert shell.json("export")[0]["id"] == case_id
    assert shell.json("export", "--ground", "managers_silent") == []
