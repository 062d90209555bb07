"""The record of acts of access-manager: whole, exported, checked away from here, and it names the row that was touched.

Through the program an administrator runs, on what the console and the API wrote.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from access_manager.app import SERVICE
from shared import audit, cli
from shared.audit import chain
from shared.audit.verify import main as verify
from shared.jobs import run_jobs
from tests.service.access_manager.reviewing import DUE, everybody_decided
from tests.service.access_manager.reviewing import text as as_text
from tests.service.access_manager.world import CLINIC, MEG, SAM, World, clinic, manager, member

BASE = f"/api/access/v1/organizations/{CLINIC}"
MAX, TOM, APP = "acc_max", "acc_tom", "practice-software"
Run = Callable[..., Result]


@pytest.fixture
def office(world: World) -> World:
    """A practice in which somebody was removed by a manager, and somebody by a program on the manager's behalf."""
    tom = member(TOM, "Tom Temp", ("eligibility.view", "claims.status.view"))
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member(), tom))
    everybody_decided(world)
    helped = world.api(subject=MEG, act={"sub": APP, "client_id": APP})
    assert helped.post(f"{BASE}/members/{of(world, SAM)}/removal", json={"reason": "left"}).status_code == 200
    seal(world)
    return world


@pytest.fixture
def run(world: World) -> Run:
    """`run("audit", "verify")` runs the service's program on this database."""
    environ = {
        "GATEHOUSE_DATABASE_URL": f"sqlite:///{world.folder / 'access.db'}",
        "GATEHOUSE_BROKER_URL": "memory:",
        "GATEHOUSE_CACHE_URL": "memory:",
        "GATEHOUSE_SECRET_KEY": "k" * 40,
    }
    return lambda *words: CliRunner(env=environ).invoke(cli.program(SERVICE), words)


def seal(world: World) -> None:
    """The worker seals what waits."""
    audit.seal(world.context.database, world.clock.now())


def of(world: World, account: str) -> str:
    """The membership of somebody."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return next(str(each["membership_id"]) for each in members if each["account_id"] == account)


def exported(run: Run, place: Path) -> Path:
    """The record as an administrator takes it away."""
    answer = run("audit", "export")
    assert answer.exit_code == 0
    file = place / "audit.jsonl"
    file.write_bytes(answer.stdout_bytes)
    return file


def tamper(world: World, *statements: str) -> None:
    """Do what only the owner of the database can: take the guards away first."""
    with world.context.database.transaction() as session:
        for table in ("entries", "seals"):
            for act in ("update", "delete", "replace"):
                session.execute(text(f"DROP TRIGGER IF EXISTS audit_{table}_{act}"))
        for statement in statements:
            session.execute(text(statement))


def test_an_export_is_checked_away_from_here(office: World, run: Run, tmp_path: Path) -> None:
    """N1, M4: the offline verifier needs the file alone, no database and none of our settings."""
    file = exported(run, tmp_path)
    answer = CliRunner().invoke(verify, [str(file)])
    assert answer.exit_code == 0, answer.output
    assert "entries, unbroken" in answer.output
    assert run("audit", "verify").output == "The record is whole.\n"


def test_every_act_says_who_for_whom_what_before_and_after(office: World, run: Run, tmp_path: Path) -> None:
    """N1: actor, on behalf of whom, target, organization, before, after, reason, request id."""
    lines = [json.loads(line) for line in exported(run, tmp_path).read_text().splitlines()]
    entries = [line["entry"] for line in lines if "entry" in line]
    removed = next(each for each in reversed(entries) if each["action"] == "membership.removed")
    assert (removed["actor"], removed["actor_kind"], removed["on_behalf_of"]) == (APP, "client", MEG)
    assert (removed["target"], removed["organization"], removed["reason"]) == (SAM, CLINIC, "left")
    assert (removed["before"]["status"], removed["after"]["status"]) == ("active", "removed")
    assert removed["request_id"]
    decided = next(each for each in entries if each["action"] == "review.decided")
    assert (decided["actor"], decided["on_behalf_of"]) == (MEG, None)


@pytest.mark.parametrize(
    "column", ["on_behalf_of = NULL", "actor = 'acc_eve'", "reason = 'no_need'", "target = 'acc_x'"]
)
def test_an_edited_row_is_named(office: World, run: Run, tmp_path: Path, column: str) -> None:
    """N1, M4, threat 44: whoever edits one row of the database is found here and in the export, with the row's id."""
    with office.context.reading() as session:
        wanted = "SELECT id, number FROM audit_entries WHERE on_behalf_of IS NOT NULL"
        entry = session.execute(text(wanted)).one()
    tamper(office, f"UPDATE audit_entries SET {column} WHERE number = {entry.number}")
    here = run("audit", "verify")
    assert (here.exit_code, entry.id in here.output) == (1, True)
    away = CliRunner().invoke(verify, [str(exported(run, tmp_path))])
    assert (away.exit_code, entry.id in away.output) == (1, True)


def test_a_row_that_was_taken_out_is_named(office: World, run: Run, tmp_path: Path) -> None:
    """M4: deleted or moved, the first place where the chain does not hold is told."""
    file = exported(run, tmp_path)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:4] + lines[5:]))
    gone = CliRunner().invoke(verify, [str(file)])
    assert (gone.exit_code, "position 5" in gone.output) == (1, True)
    file.write_bytes(b"".join([*lines[:4], lines[5], lines[4], *lines[6:]]))
    moved = CliRunner().invoke(verify, [str(file)])
    assert (moved.exit_code, "position 5" in moved.output) == (1, True)


def test_the_head_of_yesterday_still_holds_today(office: World) -> None:
    """M4: a head noted earlier fits the longer chain; one of a chain that was cut and written anew does not."""
    with office.context.reading() as session:
        yesterday = chain.head(session)
    office.clock.advance(timedelta(days=1))
    office.api(subject=MEG).post(f"{BASE}/reviews", json={"due_at": as_text(DUE)})
    seal(office)
    assert audit.check(office.context.database, yesterday) is None
    tamper(office, f"DELETE FROM audit_seals WHERE position >= {yesterday.position}")
    found = audit.check(office.context.database, yesterday)
    assert found is not None


def test_a_row_deleted_or_moved_in_the_database_is_the_first_bad_one(office: World, run: Run, tmp_path: Path) -> None:
    """M4: by whoever owns the database: its place is named here, and in what is exported afterwards."""
    with office.context.reading() as session:
        rows = session.execute(text("SELECT id, number FROM audit_entries ORDER BY number LIMIT 6")).all()
    tamper(office, f"DELETE FROM audit_entries WHERE number = {rows[5].number}")
    here = run("audit", "verify")
    assert (here.exit_code, here.output) == (1, "Entry 6 (None): the entry is missing\n")
    away = CliRunner().invoke(verify, [str(exported(run, tmp_path))])
    assert (away.exit_code, "position 6" in away.output) == (1, True), away.output
    third, fourth = rows[2].number, rows[3].number
    tamper(
        office,
        f"UPDATE audit_entries SET number = -1 WHERE number = {third}",
        f"UPDATE audit_entries SET number = {third} WHERE number = {fourth}",
        f"UPDATE audit_entries SET number = {fourth} WHERE number = -1",
    )
    moved = run("audit", "verify")
    assert moved.exit_code == 1 and (rows[2].id in moved.output or rows[3].id in moved.output), moved.output


def test_the_checkpoint_of_yesterday_still_verifies(office: World, run: Run, tmp_path: Path) -> None:
    """M4: signed by the program yesterday, held against today's record here and, with the public keys, away from here.

    After the record is cut off and goes on, it is whole in itself, and yesterday's checkpoint tells.
    """
    noted, keys = tmp_path / "yesterday", tmp_path / "keys.json"
    noted.write_text(run("audit", "checkpoint").output)
    keys.write_text(run("audit", "keys").output)
    office.clock.advance(timedelta(days=1))
    office.api(subject=MEG).post(f"{BASE}/reviews", json={"due_at": as_text(DUE)})
    seal(office)
    against = ["--checkpoint", str(noted)]
    away = [str(exported(run, tmp_path)), *against, "--keys", str(keys)]
    assert run("audit", "verify", *against).output == "The record is whole.\n"
    assert CliRunner().invoke(verify, away).exit_code == 0
    with office.context.reading() as session:
        last = chain.head(session).position
    tamper(office, f"DELETE FROM audit_seals WHERE position > {last - 4}")
    tamper(office, "DELETE FROM audit_entries WHERE number NOT IN (SELECT entry_number FROM audit_seals)")
    assert run("audit", "verify").exit_code == 0
    cut = run("audit", "verify", *against)
    assert (cut.exit_code, "once reached" in cut.output) == (1, True)
    exported(run, tmp_path)
    assert CliRunner().invoke(verify, away).exit_code == 1


def test_an_organization_reads_its_own_part_only(office: World) -> None:
    """G18, N1: entries of another organization are in nobody else's history."""
    office.seed(clinic(manager("acc_oda", "Oda Other"), id="org_other"))
    mine = office.api(subject=MEG).get(f"{BASE}/history").json()["entries"]
    theirs = office.api(subject="acc_oda").get("/api/access/v1/organizations/org_other/history").json()["entries"]
    assert {SAM, TOM} <= {each["target"] for each in mine}
    assert not {SAM, TOM, MEG} & {each["target"] for each in theirs}
    assert office.api(subject="acc_oda").get(f"{BASE}/history").status_code == 404


def test_the_worker_seals_by_itself(office: World, run: Run) -> None:
    """What nobody asked for is sealed within the worker's round."""
    office.api(subject=MEG).put(f"{BASE}/review-schedule", json={"quarterly": True})
    run_jobs(office.context, "one")
    assert '"review.scheduled"' in run("audit", "export").output
