"""Where the national file is put: rows of a generation nobody sees yet, and the one statement that lets them count."""

from collections.abc import Collection, Iterable
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registration.directory.models import NpiEntry, NpiSwitch
from shared.db import changed, claimed, table_of

# The order of the file: rows come as they are cut.
_COLUMNS = (
    *("generation", "npi", "kind", "organization", "last", "first", "middle", "street", "second"),
    *("city", "state", "postal", "country", "phone", "taxonomies"),
)
_COPY = f"COPY npi_entries ({', '.join(_COLUMNS)}) FROM STDIN"
_entries = table_of(NpiEntry)


class Repeated(ValueError):
    """An NPI stands in its generation already; nothing was put."""


def put(session: Session, generation: int, blocks: Iterable[bytes]) -> None:
    """Put blocks of rows (none of them empty) into a generation, in the session's transaction; raises Repeated.

    On PostgreSQL the commit does not wait for its disk: a crash of the server may take the last batches away, each with
    its place in the file, and whoever goes on begins there. The switch waits, for all of them.
    """
    connection = session.connection()
    way = _copy if connection.dialect.name == "postgresql" else _insert
    try:
        with connection.begin_nested():
            way(connection, generation, blocks)
    except (psycopg.errors.UniqueViolation, IntegrityError) as error:
        raise Repeated from error


def _copy(connection: Connection, generation: int, blocks: Iterable[bytes]) -> None:
    connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    before, between = b"%d\t" % generation, b"\n%d\t" % generation
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for rows in blocks:
            copy.write(before + rows.replace(b"\n", between) + b"\n")


def _insert(connection: Connection, generation: int, blocks: Iterable[bytes]) -> None:
    for rows in blocks:
        cells = [row.split("\t") for row in rows.decode().replace("\\\\", "\\").split("\n")]
        connection.execute(insert(_entries), [dict(zip(_COLUMNS, (generation, *row), strict=True)) for row in cells])


def held(session: Session, generation: int, after: str, limit: int) -> list[str]:
    """NPIs of a generation in order, some at a time."""
    found = select(_entries.c.npi).where(_entries.c.generation == generation, _entries.c.npi > after)
    return list(session.scalars(found.order_by(_entries.c.npi).limit(limit)))


def known(session: Session, generation: int, npis: Collection[str]) -> set[str]:
    """Which of some NPIs a generation has."""
    found = select(_entries.c.npi).where(_entries.c.generation == generation, _entries.c.npi.in_(npis))
    return set(session.scalars(found))


def current(session: Session) -> int:
    """The generation that counts; 0 for none."""
    return session.scalars(select(NpiSwitch.generation)).one()


def size(session: Session, generation: int) -> int:
    """How many NPIs a generation has."""
    return session.scalars(select(func.count()).where(_entries.c.generation == generation)).one()


def switch(session: Session, generation: int) -> bool:
    """Let a generation count from this transaction's end; False where a later one counts already."""
    if session.get_bind().dialect.name == "postgresql":
        # Plans should know the rows before they count; no look-up asks for more of them than these two.
        session.connection().exec_driver_sql("ANALYZE npi_entries (generation, npi)")
    return claimed(
        session.execute(update(NpiSwitch).where(NpiSwitch.generation < generation).values(generation=generation))
    )


def take_down(session: Session, generation: int, limit: int) -> int:
    """Delete some rows of a generation; return how many. In small bites, nobody waits for long."""
    bite = held(session, generation, "", limit)
    if not bite:
        return 0
    within = _entries.c.generation == generation, _entries.c.npi <= bite[-1]
    return changed(session.execute(delete(_entries).where(*within)))
