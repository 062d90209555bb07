"""The release that knows cases without an application: what the desk had recorded survives its migration."""

import shutil
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from registration.app import SERVICE
from shared.db import Database, open_database
from shared.db.migrate import migrate

NOW = "2026-11-22 15:00:00.000000"
OLD = {
    "applications": {"id": "app_1", "number": "AAAA-0001", "state": "vetting", "version": 3, "language": "en"},
    "vetting_cases": {"id": "case_1", "application_id": "app_1", "state": "open", "version": 1},
    "vetting_calls": {"id": "call_1", "case_id": "case_1", "agent_id": "acc_dana", "agent_name": "Dana"},
    "vetting_proposals": {"id": "prop_1", "case_id": "case_1", "open_case": "case_1", "state": "open"},
}
MORE: dict[str, dict[str, object]] = {
    "applications": {"created_at": NOW, "touched_at": NOW},
    "vetting_cases": {"opened_at": NOW, "due_at": NOW},
    "vetting_calls": {
        "called_at": NOW,
        "number_called": "(202) 555-0111",
        "outcome": "no_answer",
        "spoke_to": "",
        "evidence": "[]",
        "note": "They were at lunch.",
    },
    "vetting_proposals": {
        "why": "[]",
        "reason": "The owner wrote.",
        "organization_name": "Harbor",
        "organization_kind": "practice",
        "functions": "[]",
        "proposed_at": NOW,
        "proposed_by": "acc_dana",
        "proposed_by_name": "Dana",
    },
}


@pytest.fixture
def old(tmp_path: Path) -> Database:
    """A database of the release before, with a case, its call and its proposal."""
    folder = tmp_path / "migrations"
    shutil.copytree(SERVICE.migrations, folder, ignore=shutil.ignore_patterns("0009_*", "001*", "__pycache__"))
    database = open_database(f"sqlite:///{tmp_path}/old.db")
    migrate(database, folder)
    with database.engine.begin() as connection:
        for table, facts in OLD.items():
            _insert(connection, table, {**facts, **MORE[table]})
    return database


def _insert(connection: Connection, table: str, row: dict[str, object]) -> None:
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values})"), row)


def _kept(connection: Connection) -> list[tuple[str, ...]]:
    query = (
        "SELECT c.id, c.application_id, l.note, p.reason, p.open_case FROM vetting_cases c "
        "JOIN vetting_calls l ON l.case_id = c.id JOIN vetting_proposals p ON p.case_id = c.id"
    )
    return [tuple(row) for row in connection.execute(text(query))]


KEPT = [("case_1", "app_1", "They were at lunch.", "The owner wrote.", "case_1")]


def test_a_case_keeps_its_calls_and_proposals(old: Database) -> None:
    """Up: everything is there and still refers to its case; a case without an application is possible now."""
    assert migrate(old, SERVICE.migrations)[:1] == ["0009"]
    with old.engine.begin() as connection:
        assert _kept(connection) == KEPT
        _insert(connection, "vetting_cases", {**_case(2), "open_for": "org_1"})
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    old.close()


def test_the_way_back_loses_only_what_the_older_release_does_not_know(old: Database) -> None:
    """Down: the case about a manager goes with its calls, the others stay; up again, nothing is missing."""
    migrate(old, SERVICE.migrations)
    folder = str(SERVICE.migrations)
    step = ScriptDirectory(folder, version_locations=[f"{folder}/versions"]).get_revision("0009").module
    with old.engine.begin() as connection:
        _insert(connection, "vetting_cases", {**_case(2), "open_for": "org_1"})
        call = {**OLD["vetting_calls"], **MORE["vetting_calls"], "id": "call_2", "case_id": "case_2"}
        _insert(connection, "vetting_calls", call)
        with Operations.context(MigrationContext.configure(connection, opts={"render_as_batch": True})):
            step.downgrade()
            assert _kept(connection) == KEPT
            assert connection.execute(text("SELECT count(*) FROM vetting_cases")).scalar() == 1
            step.upgrade()
        assert _kept(connection) == KEPT
    old.close()


def _case(number: int) -> dict[str, object]:
    return {"id": f"case_{number}", "state": "open", "version": 1, "opened_at": NOW, "due_at": NOW}
