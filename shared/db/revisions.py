"""Which revision a database has and which one this program needs, without the machinery that brings it there.

Every web process tells it (`/readyz`). Alembic, and the templates it imports, are for whoever migrates; they were a
tenth of the time that a service takes to start.
"""

import re
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from shared.db.database import Database

FLOOR_MIGRATIONS = Path(__file__).parent / "migrations"
_NAMED = re.compile(r"^(down_)?revision(?:: str)? = (?:\"(\w+)\"|None)$", re.MULTILINE)


def histories(service_migrations: Path) -> list[tuple[Path, str]]:
    """The two histories of a service's database: folder and the table that holds the revision."""
    return [(FLOOR_MIGRATIONS, "alembic_floor"), (service_migrations, "alembic_version")]


def behind(database: Database, service_migrations: Path) -> list[str]:
    """Return the tables that hold a revision from before what this program needs; a later one serves it too."""
    folders = {table: folder for folder, table in histories(service_migrations)}
    held = current(database, service_migrations)
    return [table for table, (has, needs) in held.items() if has != needs and not is_later(folders[table], has)]


def current(database: Database, service_migrations: Path) -> dict[str, tuple[str | None, str | None]]:
    """Return for each history its (revision in the database, revision this program needs)."""
    with database.engine.connect() as connection:
        return {table: (_held(connection, table), newest(folder)) for folder, table in histories(service_migrations)}


def newest(folder: Path) -> str | None:
    """The last revision of a history: the one that no other comes after. None for an empty one.

    Read off the files' own words `revision = "…"` and `down_revision = "…"`; a history is one line, which tests hold.
    """
    revisions, followed = _named(folder)
    return max(revisions - followed, default=None)


def is_later(folder: Path, revision: str | None) -> bool:
    """Whether a database's revision is of a later release than this program: none of its files makes it.

    Migrations only add within a minor version, so this program works there: that is how an operator goes back, and how
    programs of two releases stand side by side while one takes the other's place.
    """
    return revision is not None and revision not in _named(folder)[0]


def _named(folder: Path) -> tuple[set[str], set[str]]:
    """The revisions that the files of a history make, and those that they follow."""
    words = [_NAMED.findall(path.read_text(encoding="utf-8")) for path in (folder / "versions").glob("*.py")]
    revisions = {name for found in words for down, name in found if not down}
    return revisions, {name for found in words for down, name in found if down}


def _held(connection: Connection, table: str) -> str | None:
    if not inspect(connection).has_table(table):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {table}")).scalar()  # noqa: S608 - our name
    return found
