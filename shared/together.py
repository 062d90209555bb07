"""Rows that are written together: one statement for several INSERTs, where the database can do that.

    with together(session):          on PostgreSQL, at the end of the block:
        put(session, SESSIONS, …)      WITH row_0 AS (INSERT INTO sessions …), row_1 AS (INSERT INTO outbox …)
        put(session, outbox, …)        INSERT INTO audit_entries …
        put(session, audit_entries, …)

A statement's way through two libraries, to the server and back costs more than its row. It pays where several rows are
written at every request (docs/decisions/0043); everywhere else `put` is a plain INSERT, as it is on SQLite.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Table, bindparam, insert
from sqlalchemy.orm import Session

_WAITING = "gatehouse_rows_together"

Rows = list[tuple[Table, Mapping[str, Any]]]


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Write what is `put` within the block at its end, in as few statements as possible; nothing if it raises.

    Until then no query finds these rows, and no savepoint takes them back: a block does neither. Rows of one table stay
    in order.
    """
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    rows: Rows = []
    session.info[_WAITING] = rows
    try:
        yield
    finally:
        del session.info[_WAITING]
    for batch in _batches(rows):
        shape = tuple((table, tuple(row)) for table, row in batch)
        values = {_name(number, key): row[key] for number, (_, row) in enumerate(batch) for key in row}
        session.execute(_statement(shape), values)


def put(session: Session, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row now, or with the others of a `together` block; what the database numbers is not asked."""
    rows: Rows | None = session.info.get(_WAITING)
    if rows is None:
        session.execute(_alone(table), dict(row))
    else:
        rows.append((table, row))


def _batches(rows: Rows) -> Iterator[Rows]:
    """Each table once in a statement, as its parts run in no order that anybody promises."""
    batch: Rows = []
    for table, row in rows:
        if any(table is other for other, _ in batch):
            yield batch
            batch = []
        batch.append((table, row))
    if batch:
        yield batch


@lru_cache(maxsize=64)
def _alone(table: Table) -> Insert:
    return insert(table).inline()


@lru_cache(maxsize=64)  # as many as the code has shapes of rows
def _statement(shape: tuple[tuple[Table, tuple[str, ...]], ...]) -> Insert:
    *others, last = (_numbered(number, table, keys) for number, (table, keys) in enumerate(shape))
    return last.add_cte(*(one.cte(f"row_{number}") for number, one in enumerate(others)))


def _numbered(number: int, table: Table, keys: Iterable[str]) -> Insert:
    return insert(table).inline().values({key: bindparam(_name(number, key), type_=table.c[key].type) for key in keys})


def _name(number: int, key: str) -> str:
    return f"row_{number}_{key}"
