"""Every act of an operator on the command line, with the same rules as on the pages."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from availability.app import SERVICE
from shared.cli import program

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The program on a fresh database."""
    environment = {
        "GATEHOUSE_MODE": "test",
        "GATEHOUSE_DATABASE_URL": f"sqlite:///{tmp_path}/availability.sqlite",
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": "k-for-tests-only-0123456789-abcdefghij",
    }

    def call(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(program(SERVICE), words, env=environment)
        assert result.exit_code == code, result.output
        return result

    call("migrate")
    return call


def told(result: Result) -> Any:
    """What the program printed as JSON; the log stands on other lines."""
    return json.loads(result.stdout)


def test_decide(run: Run) -> None:
    """The same answer as the gate's, for any instant."""
    answer = told(run("decide", "precert.submit", "--at", "2026-11-22T21:30:00-05:00", "--json"))
    assert (answer["open"], answer["next_open"]) == (False, "2026-11-23T10:00:00Z")
    assert "add the offset" in run("decide", "precert.submit", "--at", "2026-11-22T21:30:00", code=2).output
    assert "no function" in run("decide", "nothing", code=1).output


def test_maintenance_from_start_to_end(run: Run) -> None:
    """An emergency starts at once; a second end is refused in words."""
    why = ("--reason", "Disk full", "--json")
    begun = told(run("maintenance", "plan", "website", "--emergency", "--message-en", "Back soon.", *why))
    assert (begun["state"], begun["message"]) == ("in_effect", {"en": "Back soon."})
    assert told(run("decide", "precert.submit", "--json"))["reason"] == "maintenance"
    assert told(run("maintenance", "end", begun["id"], *why))["state"] == "ended"
    assert "is ended" in run("maintenance", "end", begun["id"], *why, code=1).output
    assert [one["id"] for one in told(run("maintenance", "list", "--json"))] == [begun["id"]]
    assert "no calendar portal" in run("maintenance", "plan", "portal", "--emergency", *why, code=1).output


def test_maintenance_for_some_that_repeats(run: Run) -> None:
    """J2: functions, clients, who passes and how often, as on the pages; the rest of a series in one act."""
    times = ("--starts", "2199-12-01T02:00:00-05:00", "--ends", "2199-12-01T04:00:00-05:00", "--emergency")
    reach = ("--function", "edi.exchange", "--client", "portal-east", "--allow", "staff", "--allow-client", "synthetic")
    why = ("--reason", "Weekly", "--json")
    first = told(run("maintenance", "plan", *times, *reach, "--every-days", "7", "--times", "3", *why))
    assert (first["functions"], first["clients"], first["allowed"]) == (["edi.exchange"], ["portal-east"], ["staff"])
    assert first["allowed_clients"] == ["synthetic"]
    assert told(run("maintenance", "cancel", first["id"], "--rest", *why))["state"] == "cancelled"
    assert [one["state"] for one in told(run("maintenance", "list", "--json"))] == ["cancelled"] * 3
    until = ("--every-days", "7", "--until", "2199-12-08")
    assert told(run("maintenance", "plan", "website", *times, *until, *why))["series_id"]
    assert "Choose a calendar" in run("maintenance", "plan", *times, *why, code=1).output


def test_decide_for_a_client(run: Run) -> None:
    """What holds for one app may differ from what holds for the others."""
    run("maintenance", "plan", "--client", "portal-east", "--emergency", "--reason", "Line change", "--json")
    assert told(run("decide", "edi.exchange", "--json"))["open"]
    assert not told(run("decide", "edi.exchange", "--client", "portal-east", "--json"))["open"]


def test_the_schedule_is_edited_as_a_file(run: Run, tmp_path: Path) -> None:
    """Show, change, publish: refused with every fault, or the next version."""
    document = told(run("schedule", "show"))
    document["functions"]["clinical.view"] = "precertification"
    file = tmp_path / "schedule.json"
    file.write_text(json.dumps(document))
    assert told(run("schedule", "publish", str(file), "--reason", "Quiet nights", "--json")) == {"version": 2}
    assert not told(run("decide", "clinical.view", "--at", "2026-11-22T21:30:00-05:00", "--json"))["open"]
    document["functions"]["clinical.view"] = "nights"
    file.write_text(json.dumps(document))
    assert "which is not there" in run("schedule", "publish", str(file), "--reason", "A slip", code=1).output


def test_close_on_a_date(run: Run) -> None:
    """A dated closure is the next version."""
    words = ("schedule", "except", "edi", "closure", "2026-12-25T00:00", "2026-12-26T00:00")
    assert told(run(*words, "--reason", "Christmas", "--json")) == {"version": 2}
    assert not told(run("decide", "edi.exchange", "--at", "2026-12-25T12:00:00-05:00", "--json"))["open"]


def test_a_schedule_is_previewed_published_and_taken_back(run: Run, tmp_path: Path) -> None:
    """The document out, a change in a file, what it flips, the next version, and back again; all in the history."""
    document = json.loads(run("schedule", "show").stdout)
    document["functions"]["claims.submit"] = "precertification"
    draft = tmp_path / "draft.json"
    draft.write_text(json.dumps(document))
    found = told(run("schedule", "preview", str(draft), "--json"))
    assert {name for flip in found["flips"] for name in flip["functions"]} == {"claims.submit"}
    assert "claims.submit" in run("schedule", "preview", str(draft)).output
    assert told(run("schedule", "publish", str(draft), "--reason", "A trial", "--json")) == {"version": 2}
    assert told(run("schedule", "rollback", "1", "--reason", "Over", "--json")) == {"version": 3}
    history = told(run("schedule", "history", "--json"))
    assert [(one["version"], one["reason"]) for one in history[:2]] == [(3, "Over"), (2, "A trial")]
    assert "no version 9" in run("schedule", "rollback", "9", "--reason", "Over", code=1).output


@pytest.mark.parametrize(("text", "why"), [("{", "is not JSON"), ("[]", "holds no schedule"), ("{}", "at least one")])
def test_a_file_that_is_no_schedule_is_named(run: Run, tmp_path: Path, text: str, why: str) -> None:
    """Preview and publish say what is wrong with the file."""
    draft = tmp_path / "draft.json"
    draft.write_text(text)
    assert why in run("schedule", "preview", str(draft), code=1).output
    assert why in run("schedule", "publish", str(draft), "--reason", "A trial", code=1).output


def test_the_end_of_a_maintenance_is_moved(run: Run) -> None:
    """An emergency may last until somebody ends it; one that is over stays over."""
    why = ("--reason", "Disk full", "--json")
    begun = told(run("maintenance", "plan", "website", "--emergency", "--ends", "2999-01-01T00:00:00Z", *why))
    assert told(run("maintenance", "extend", begun["id"], *why))["ends_at"] is None
    run("maintenance", "end", begun["id"], *why)
    assert "is over" in run("maintenance", "extend", begun["id"], *why, code=1).output
