"""One database of one service: transactions for doors, and the guarded-statement check."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Result, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

_READING = "gatehouse_reading"


class Database:
    """An engine with the two ways of using it: `transaction` to write, `reading` to look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading_engine = engine.execution_options(**{_READING: True})

    @property
    def dialect(self) -> str:
        """`postgresql` or `sqlite`."""
        return self.engine.dialect.name

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that commits when the block ends and rolls back when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for queries; whatever it would change is rolled back."""
        with Session(self._reading_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a Core connection for queries on a hot path."""
        with self._reading_engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def open_database(url: str, pool_size: int = 5) -> Database:
    """Open `postgresql+psycopg://…` or `sqlite:///…`; nothing connects before the first use."""
    if make_url(url).get_backend_name() == "sqlite":
        return Database(_sqlite(url))
    engine = create_engine(url, pool_pre_ping=True, pool_size=pool_size, max_overflow=pool_size, pool_timeout=10)
    return Database(engine)


def claimed(result: Result[Any]) -> bool:
    """Return whether a guarded UPDATE or DELETE won: exactly one row was changed."""
    return changed(result) == 1


def changed(result: Result[Any]) -> int:
    """Return how many rows an UPDATE or DELETE changed."""
    if not isinstance(result, CursorResult):
        raise TypeError("only statements that change rows can be counted")
    return int(result.rowcount)


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 15, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver must not begin transactions by itself: writers begin IMMEDIATE, or two of them could both read
    # first and then deadlock on the upgrade of their locks.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
