"""The tables that migrations make are the tables that the code means, and each history is one line."""

from importlib import import_module
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from deploy.docs.house import service
from shared import cli
from shared.db import Database, open_database
from shared.db.floor import FLOOR
from shared.db.migrate import migrate
from shared.db.revisions import FLOOR_MIGRATIONS, newest


def history(folder: Path) -> ScriptDirectory:
    """An Alembic history."""
    return ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])


def differences(database: Database, package: str) -> list[object]:
    """What Alembic would change to make the database fit the models of a service and of the floor."""
    assert all(cli.program(service(package)).commands.values())  # some tables are known to a verb alone, now loaded
    meant: list[MetaData] = [FLOOR, import_module(f"{package}.tables").Base.metadata]
    bookkeeping = {"alembic_floor", "alembic_version"}

    def ours(_thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return not (kind == "table" and name in bookkeeping)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_object": ours}
        )
        return list(compare_metadata(context, meant))  # type: ignore[arg-type]


def test_one_head(package: str) -> None:
    """Nobody's migration forks from another's: one beginning, one end, no merges; `/readyz` reads the same end."""
    folder = service(package).migrations
    assert is_one_line(history(folder))
    assert newest(folder) == history(folder).get_current_head()


def test_the_floor_has_one_head() -> None:
    """The same for the tables that every service has."""
    assert is_one_line(history(FLOOR_MIGRATIONS))
    assert newest(FLOOR_MIGRATIONS) == history(FLOOR_MIGRATIONS).get_current_head()


def test_models_and_migrations_agree(package: str, tmp_path: Path) -> None:
    """A migrated database has every table, column, type, index and constraint of the models, and none beside."""
    database = open_database(f"sqlite:///{tmp_path}/migrated.db")
    migrate(database, service(package).migrations)
    assert differences(database, package) == []
    assert migrate(database, service(package).migrations) == []
    database.close()


def is_one_line(script: ScriptDirectory) -> bool:
    """One base, one head, and every revision with at most one parent and one child."""
    revisions = list(script.walk_revisions())
    return len(script.get_heads()) == len(script.get_bases()) == 1 and not any(
        one.is_merge_point or one.is_branch_point for one in revisions
    )
