"""One database of one service: transactions for doors, and the guarded-statement check."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, CursorResult, Engine, Result, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from shared.db.prepared import RESTED, Prepared, Raw, has_something_to_read

_READING = "gatehouse_reading"
# Errors end up in logs; what was to be stored (a code in a mail, a hash, a name) must not.
_HIDE_PARAMETERS = True
_RESTS_SINCE = "gatehouse_rests_since"


class Database:
    """An engine with the two ways of using it: `transaction` to write, `reading` to look.

    `prepared` is for `Query` alone, on PostgreSQL.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.prepared = Prepared(engine)
        self._done = threading.local()
        # One round trip for a query instead of three: under PostgreSQL's read committed each statement sees its own
        # snapshot with or without a transaction around it. SQLite keeps its BEGIN, which costs nothing there.
        alone = {"isolation_level": "AUTOCOMMIT"} if self.dialect == "postgresql" else {}
        self._reading_engine = engine.execution_options(**{_READING: True}, **alone)
        event.listen(self._reading_engine, "before_cursor_execute", _refuse_to_write)

    @property
    def dialect(self) -> str:
        """`postgresql` or `sqlite`."""
        return self.engine.dialect.name

    @property
    def commits(self) -> int:
        """How many transactions this thread has committed here, for whoever must know whether something was done."""
        return int(getattr(self._done, "count", 0))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session that commits when the block ends and rolls back when it raises.

        It begins with its first statement or object: a block that asks beside it alone takes no connection.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            if session.in_transaction():
                session.commit()
                self._done.count = self.commits + 1

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for queries, each for itself on PostgreSQL. Raises RuntimeError for what would write."""
        with Session(self._reading_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a Core connection for queries on a hot path; on PostgreSQL each statement stands for itself."""
        with self._reading_engine.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.prepared.close()
        self.engine.dispose()


def open_database(url: str, pool_size: int = 5) -> Database:
    """Open `postgresql+psycopg://…` or `sqlite:///…`; nothing connects before the first use."""
    if make_url(url).get_backend_name() == "sqlite":
        return Database(_sqlite(url))
    engine = create_engine(
        url, pool_size=pool_size, max_overflow=pool_size, pool_timeout=10, hide_parameters=_HIDE_PARAMETERS
    )
    _ask_after_a_rest(engine)
    return Database(engine)


def _refuse_to_write(
    _connection: Connection, _cursor: object, _statement: str, _parameters: object, context: Any, _many: bool
) -> None:
    """Without a transaction around it a change would stay, whatever happens afterwards."""
    if context is not None and (context.isinsert or context.isupdate or context.isdelete):
        raise RuntimeError("a reading session changes nothing: use a transaction")


def _ask_after_a_rest(engine: Engine) -> None:
    """Let the pool replace connections that ended while they rested.

    `pool_pre_ping` does that too, but asks the server before every single use: a round trip on each request. A server
    that ends closes its connections, and a closed connection has something to read: that much this machine knows by
    itself. The server is asked only then, and after a rest, as a network that fails closes nothing.
    """

    def rest(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_RESTS_SINCE] = time.monotonic()

    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        since = record.info.get(_RESTS_SINCE)
        if since is None:
            return  # just opened
        try:
            if time.monotonic() - since >= RESTED or has_something_to_read(cast("Raw", connection)):
                engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error  # the others ended with it

    event.listen(engine, "checkin", rest)
    event.listen(engine, "checkout", ask)


def insert_into(session: Session, table: Any) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT into a table or a mapped class that knows `on_conflict_do_…`, as the session's database does."""
    return postgresql.insert(table) if session.get_bind().dialect.name == "postgresql" else sqlite.insert(table)


def table_of(mapped: type[DeclarativeBase]) -> Table:
    """Return the table behind a mapped class, for statements of hot paths.

    A statement of plain columns costs half of what the same one costs through the mapped class, and its rows a tenth.
    """
    return cast("Table", mapped.__table__)


def claimed(result: Result[Any]) -> bool:
    """Return whether a guarded UPDATE or DELETE won: exactly one row was changed."""
    return changed(result) == 1


def changed(result: Result[Any]) -> int:
    """Return how many rows an UPDATE or DELETE changed."""
    if not isinstance(result, CursorResult):
        raise TypeError("only statements that change rows can be counted")
    return int(result.rowcount)


def _sqlite(url: str) -> Engine:
    connect_args = {"timeout": 15, "check_same_thread": False}
    engine = create_engine(url, connect_args=connect_args, hide_parameters=_HIDE_PARAMETERS)
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
