"""Connections for statements that stand for themselves, prepared once, beside the pool that transactions use.

Of what a query by key costs through SQLAlchemy, nine tenths are the pool, the cursor and the result around it; the
driver alone asks in 15 µs.
"""

import select
import time
from collections import deque
from collections.abc import Mapping
from typing import Any, cast

import orjson
import psycopg
from psycopg.types.json import set_json_loads
from sqlalchemy import Engine

RESTED = 0.5  # seconds after which a connection is asked whether it still lives
Raw = psycopg.Connection[tuple[Any, ...]]


class Prepared:
    """Those of one process: as many as threads ask at the same time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._resting: deque[tuple[Raw, float]] = deque()  # the one used last is on top

    def rows(self, text: str, given: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """Return the rows of a statement; raises psycopg.Error, and a connection that failed is not used again."""
        connection = self._living() or self._opened()
        try:
            found = connection.execute(cast("Any", text), given, prepare=True).fetchall()
        except BaseException:
            connection.close()
            raise
        self._resting.append((connection, time.monotonic()))
        return found

    def close(self) -> None:
        """Close those that rest."""
        while (connection := self._taken()) is not None:
            connection[0].close()

    def _taken(self) -> tuple[Raw, float] | None:
        try:
            return self._resting.pop()
        except IndexError:
            return None

    def _living(self) -> Raw | None:
        while (found := self._taken()) is not None:
            connection, since = found
            if _lives(connection, since):
                return connection
            connection.close()
        return None

    def _opened(self) -> Raw:
        _, parameters = self._engine.dialect.create_connect_args(self._engine.url)
        opened: Raw = psycopg.connect(**{**parameters, "autocommit": True})
        set_json_loads(orjson.loads, opened)
        opened.execute("SET TIME ZONE 'UTC'")
        return opened


def has_something_to_read(connection: Raw) -> bool:
    """Return whether the server has said something unasked, which is how it says that it ends."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _lives(connection: Raw, since: float) -> bool:
    """As in the pool: the server is asked after a rest, and when it has said something; else this machine knows."""
    try:
        if time.monotonic() - since >= RESTED or has_something_to_read(connection):
            connection.execute("")
    except psycopg.Error:
        return False
    return True
