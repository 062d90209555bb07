"""What can be wrong with taking an event in: the event, its handler, or only the moment."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.events.event import Event

# SQLSTATE classes: 08 connection, 53 out of resources, 57P shut down or starting, 58 system.
_AWAY = ("08", "53", "57P", "58")
_AWAY_SQLITE = ("locked", "busy", "unable to open", "disk i/o", "readonly", "full")


class RefusedError(Exception):
    """A delivery that no number of tries makes better: `fault` is the short name, the message says what is wrong."""

    def __init__(self, fault: str, why: str) -> None:
        super().__init__(why)
        self.fault = fault


class ListenerAwayError(Exception):
    """The listener's database is away: nothing was judged, deliver again later."""


class HandlerFailedError(Exception):
    """A handler raised `error` for `event`; whatever it had written is rolled back."""

    def __init__(self, event: Event, error: Exception) -> None:
        super().__init__(explain(error))
        self.event = event
        self.error = error


def is_away(error: BaseException) -> bool:
    """Return whether the fault lies with the database being away or overwhelmed, so that a later try may succeed."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    original = error.orig
    if isinstance(original, psycopg.OperationalError | psycopg.InterfaceError):
        return original.sqlstate is None or original.sqlstate.startswith(_AWAY)
    if isinstance(original, sqlite3.OperationalError):
        return any(word in str(original).casefold() for word in _AWAY_SQLITE)
    return False


def explain(error: BaseException) -> str:
    """Return the error in one line. A database error's parameters and details may name people: they are left out."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    first_line = next(iter(str(original).splitlines()), "")
    return f"{type(original).__name__}: {first_line}"[:500]
