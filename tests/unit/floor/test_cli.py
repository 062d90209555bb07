"""One program per service: what an administrator does, it does by the same rules, and says what came of it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from shared import cli
from shared.alone import alone
from shared.clock import SettableClock
from shared.db.floor import parked_events
from shared.jobs import run_jobs
from tests.support.kiosk import Kiosk, open_kiosk
from tests.support.throwaway import event_bytes

Run = Callable[..., Result]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The kiosk's settings as variables."""
    return {
        "GATEHOUSE_DATABASE_URL": f"sqlite:///{tmp_path}/kiosk.db",
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": "kiosk-test-key-0123456789-abcdefghij",
    }


@pytest.fixture
def run(kiosk: Kiosk, environ: dict[str, str]) -> Run:
    """`run("events", "parked")` runs the kiosk's program on the kiosk's database."""

    def run(*words: str) -> Result:
        return CliRunner(env=environ).invoke(cli.program(kiosk.context.service), words)

    return run


def park(kiosk: Kiosk) -> str:
    """An event that could not be handled; its id in the list."""
    with kiosk.context.transaction() as work:
        row = {"id": "prk_1", "fingerprint": "f", "event_id": "evt_1", "type": "session.ended", "sender": "identity"}
        row |= {"subject": "ses_1", "fault": "handler", "error": "ZeroDivisionError", "state": "parked"}
        work.session.execute(parked_events.insert().values(**row, attempts=5, body=event_bytes(), parked_at=work.now))
    return "prk_1"


def test_migrate_may_be_run_twice(tmp_path: Path, clock: SettableClock, environ: dict[str, str]) -> None:
    """It says what it did."""
    with open_kiosk(tmp_path, clock, migrated=False) as place:
        program = cli.program(place.context.service)
        outputs = [CliRunner(env=environ).invoke(program, ["migrate"]).output for _ in range(2)]
    assert outputs[0].startswith("kiosk: applied ")
    assert outputs[1] == "kiosk: up to date\n"


def test_a_parked_event_is_listed_and_replayed(kiosk: Kiosk, run: Run) -> None:
    """As words and as JSON; a replay says whether it worked."""
    parked_id = park(kiosk)
    assert "type: session.ended" in run("events", "parked").output
    assert [row["id"] for row in json.loads(run("events", "parked", "--json").output)] == [parked_id]
    assert run("events", "replay", parked_id).output == "handled\n"
    assert json.loads(run("events", "parked", "--json").output) == []


def test_a_parked_event_is_discarded_for_a_reason(kiosk: Kiosk, run: Run) -> None:
    """Which is needed, and kept in the audit."""
    parked_id = park(kiosk)
    assert run("events", "discard", parked_id).exit_code == 2
    assert run("events", "discard", parked_id, "--reason", "a test").output == "discarded\n"
    run_jobs(kiosk.context, "one")  # seals the entry
    assert '"a test"' in run("audit", "export").output


def test_the_audit_is_verified(kiosk: Kiosk, run: Run) -> None:
    """Exit 0 for a whole record."""
    answer = run("audit", "verify")
    assert (answer.exit_code, answer.output) == (0, "The record is whole.\n")


@pytest.mark.parametrize(
    ("words", "key", "status", "said"),
    [
        (["migrate"], "short", 2, "GATEHOUSE_SECRET_KEY: "),
        (["events", "replay", "prk_nowhere"], None, 1, "There is no parked event with this id."),
    ],
    ids=["settings", "refusal"],
)
def test_what_is_refused_is_told_in_words(
    kiosk: Kiosk,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    key: str | None,
    status: int,
    said: str,
) -> None:
    """Exit 2 for settings, 1 for a refusal; no traceback."""
    for name, value in {**environ, **({"GATEHOUSE_SECRET_KEY": key} if key else {})}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["kiosk", *words])
    with pytest.raises(SystemExit) as ended:
        cli.run(kiosk.context.service)
    told = capsys.readouterr().err
    assert ended.value.code == status
    assert said in told
    assert "Traceback" not in told


def test_the_doctor_says_what_does_not_answer() -> None:
    """Exit 1, for people and for programs."""
    answer = CliRunner().invoke(cli.gatehouse, ["doctor", "http://127.0.0.1:9", "--json"])
    assert answer.exit_code == 1
    assert json.loads(answer.output) == [
        {"address": "http://127.0.0.1:9", "ready": False, "error": "does not answer (ConnectError)"}
    ]


def test_every_verb_says_what_it_does(kiosk: Kiosk) -> None:
    """`--help` has a sentence for each."""

    def silent(group: click.Group) -> list[str]:
        found = []
        for name, command in group.commands.items():
            found += [name] if not command.help else []
            found += silent(command) if isinstance(command, click.Group) else []
        return found

    assert silent(cli.program(kiosk.context.service)) == []


def test_a_web_process_does_not_load_what_migrates() -> None:
    """It was a tenth of a start, to read one version number (decision 0055)."""
    asked = "import sys, shared.runtime; print(*sorted({'alembic', 'mako'} & sys.modules.keys()))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


def test_a_verb_is_loaded_when_somebody_asks_for_it() -> None:
    """Not where its name is listed; and then once."""
    verbs = cli.Verbs({"doctor": "shared.verbs.doctor:doctor", "nowhere": "shared.verbs.nowhere:nothing"})
    assert list(verbs) == ["doctor", "nowhere"]
    assert verbs["doctor"] is verbs["doctor"]
    with pytest.raises(ModuleNotFoundError):
        verbs["nowhere"]


def test_a_program_of_the_database_alone_asks_nobody_else(kiosk: Kiosk) -> None:
    """It reads and writes; what is not there says so by name, rather than behaving like something that is away."""
    context = alone(kiosk.context.service, kiosk.context.settings)
    with context.transaction() as work:
        work.audit("test.happened", target="nobody")
    for part in (context.cache, context.neighbours, context.verifier, context.bell):
        with pytest.raises(RuntimeError, match="its database alone"):
            part.close()
    context.database.close()
