"""Migrations: the floor's tables first, then the service's own, one at a time across processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from shared.db.database import Database
from shared.db.revisions import histories, is_later

_LOCK = 7_241_990_311  # any fixed number: one migration at a time per database


def migrate(database: Database, service_migrations: Path) -> list[str]:
    """Bring the database to the newest revision of the floor and of the service; return the revisions applied.

    A database that a later release has brought further stays as it is.
    """
    applied = []
    with database.engine.connect() as connection, _alone(connection):
        for folder, table in histories(service_migrations):
            applied += _upgrade(connection, folder, table)
        connection.commit()
    return applied


def _script(folder: Path) -> ScriptDirectory:
    return ScriptDirectory(str(folder), version_locations=[str(folder / "versions")])


def _upgrade(connection: Connection, folder: Path, table: str) -> list[str]:
    script = _script(folder)
    before = MigrationContext.configure(connection, opts={"version_table": table}).get_current_revision()
    head = script.get_current_head()
    if before == head or head is None or is_later(folder, before):
        return []  # where a later release has been there is nothing to add, and nothing is taken away
    config = Config()
    config.set_main_option("script_location", str(folder))

    def steps(revision: object, _context: MigrationContext) -> list[object]:
        return list(script._upgrade_revs(head, revision))  # type: ignore[arg-type]

    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection, version_table=table, render_as_batch=True)
        with environment.begin_transaction():
            environment.run_migrations()
    walked = script.walk_revisions(base=before or "base", head=head)
    return [revision.revision for revision in walked if revision.revision != before][::-1]


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
