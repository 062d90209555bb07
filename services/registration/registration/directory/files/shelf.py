"""Where the national file is put: rows of a generation nobody sees yet, and the one statement that lets them count."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.orm import Session

from registration.directory.models import NpiEntry, NpiSwitch
from shared.db import changed, claimed, table_of

# The order of the file: rows come as they are cut.
_COLUMNS = (
    *("generation", "npi", "kind", "organization", "last", "first", "middle", "street", "second"),
    *("city", "state", "postal", "country", "phone", "taxonomies"),
)
_COPY = f"COPY npi_entries ({', '.join(_COLUMNS)}) FROM STDIN"
_FIRST = 100_000_000  # an NPI without its check digit lies between this and thrice as much
_entries = table_of(NpiEntry)

Put = Callable[[bytes], None]


class Seen:
    """Which NPIs a generation has already: a bit for each number there can be, 25 MB whatever the file."""

    def __init__(self) -> None:
        self._bits = bytearray(2 * _FIRST // 8)

    def add(self, text: bytes) -> list[int]:
        """Note NPIs, ten digits each and nothing between; return the places of those that were noted before."""
        bits, repeated = self._bits, []
        for place in range(len(text) // 10):
            number = int(text[10 * place : 10 * place + 9]) - _FIRST
            bit = 1 << (number & 7)
            if bits[number >> 3] & bit:
                repeated.append(place)
            else:
                bits[number >> 3] |= bit
        return repeated


@contextmanager
def putting(session: Session, generation: int) -> Iterator[Put]:
    """Give what puts rows (never none) into a generation, in the session's transaction.

    PostgreSQL reads them while we go on.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        yield lambda rows: _insert(connection, generation, rows)
        return
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    before, between = b"%d\t" % generation, b"\n%d\t" % generation
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        yield lambda rows: copy.write(before + rows.replace(b"\n", between) + b"\n")


def _insert(connection: Connection, generation: int, rows: bytes) -> None:
    cells = [row.split("\t") for row in rows.decode().replace("\\\\", "\\").split("\n")]
    connection.execute(insert(_entries), [dict(zip(_COLUMNS, (generation, *row), strict=True)) for row in cells])


def held(session: Session, generation: int, after: str, limit: int) -> list[str]:
    """NPIs of a generation in order, some at a time."""
    found = select(_entries.c.npi).where(_entries.c.generation == generation, _entries.c.npi > after)
    return list(session.scalars(found.order_by(_entries.c.npi).limit(limit)))


def current(session: Session) -> int:
    """The generation that counts; 0 for none."""
    return session.scalars(select(NpiSwitch.generation)).one()


def size(session: Session, generation: int) -> int:
    """How many NPIs a generation has."""
    return session.scalars(select(func.count()).where(_entries.c.generation == generation)).one()


def switch(session: Session, generation: int) -> bool:
    """Let a generation count from this transaction's end; False where a later one counts already."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("ANALYZE npi_entries")  # plans should know the rows before they count
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
