"""Statements of hot paths: written as every other, and executed with as little around them as the database allows.

Query.first(database, …)      PostgreSQL: the driver, prepared, one round trip, each for itself · SQLite: as below
Query.first(session, …)       in the transaction of that session or connection, as every other statement
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shared.db.database import Database

# Where a query is asked: a database that stands for itself, or the transaction that it belongs to.
Source = Database | Connection | Session
_DIALECT = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]


def beside(database: Database, session: Session) -> Source:
    """Return where to ask what needs nothing of a transaction that is on: on SQLite, of one writer, still in there."""
    return database if database.dialect == "postgresql" else session


class Query:
    """One statement with named parameters. Its rows have the columns as attributes."""

    def __init__(self, statement: Select[Any] | ReturningInsert[Any]) -> None:
        self._statement = statement
        self._text = ""  # of PostgreSQL; written at the first use
        self._row: Callable[..., Any] = tuple
        self._fixed: Mapping[str, object] = {}  # values that are written in the statement itself

    def first(self, source: Source, given: Mapping[str, object]) -> Any | None:
        """Return the first row, or None. Errors of the database are psycopg's or SQLAlchemy's."""
        if not isinstance(source, Database):
            return source.execute(self._statement, given).first()
        found = self.all(source, given)
        return found[0] if found else None

    def all(self, source: Source, given: Mapping[str, object]) -> list[Any]:
        """Return all rows."""
        if not isinstance(source, Database):
            return list(source.execute(self._statement, given))
        if source.dialect != "postgresql":
            with source.connection() as connection:
                return list(connection.execute(self._statement, given))
        if not self._text:
            self._compile()
        return [self._row(*row) for row in source.prepared.rows(self._text, {**self._fixed, **given})]

    def _compile(self) -> None:
        self._row = namedtuple("Row", [column.name for column in self._statement.exported_columns])  # type: ignore[misc]
        compiled = self._statement.compile(dialect=_DIALECT)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._text = str(compiled)
