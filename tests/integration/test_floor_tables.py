"""The floor's history makes exactly the floor's tables, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from shared.db import open_database
from shared.db.floor import FLOOR
from shared.db.migrate import migrate
from shared.db.revisions import current
from tests.support.throwaway import no_migrations


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of one kind, then of the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/floor.db"
    return str(request.getfixturevalue("postgres")())


def test_the_migrations_make_the_tables_that_the_program_knows(url: str) -> None:
    """Nothing is missing, nothing is left over, and a second run does nothing."""
    database = open_database(url)
    assert migrate(database, no_migrations())[0] == "0001"
    assert migrate(database, no_migrations()) == []
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "alembic_floor"})
        assert compare_metadata(context, FLOOR) == []
    here, needed = current(database, no_migrations())["alembic_floor"]
    assert here == needed is not None
    database.close()


def test_several_processes_may_migrate_at_once(postgres: Callable[..., str]) -> None:
    """Every replica runs the migrate command at start: one does it, the others wait and find it done."""
    url = postgres()

    def replica(_number: int) -> int:
        database = open_database(url)
        applied = migrate(database, no_migrations())
        database.close()
        return len(applied)

    with ThreadPoolExecutor(6) as replicas:
        counts = sorted(replicas.map(replica, range(6)))
    assert counts[:-1] == [0] * 5
    assert counts[-1] > 0
