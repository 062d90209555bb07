"""Databases with every table and no row: SQLite's are migrated once per test process and then copied."""

import tempfile
from functools import cache
from pathlib import Path

from shared.db import open_database
from shared.db.database import Database
from shared.db.migrate import migrate


def ready(database: Database, migrations: Path) -> None:
    """Bring a database to the newest revision, as `migrate` does; an SQLite file that is not there yet is a copy."""
    address = database.engine.url
    file = Path(address.database or ":memory:")
    if address.get_backend_name() != "sqlite" or file.exists() or not file.is_absolute():
        migrate(database, migrations)
        return
    file.write_bytes(_empty(migrations))


@cache
def _empty(migrations: Path) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gatehouse-empty-") as folder:
        file = Path(folder) / "empty.db"
        database = open_database(f"sqlite:///{file}")
        migrate(database, migrations)
        database.close()
        return file.read_bytes()
