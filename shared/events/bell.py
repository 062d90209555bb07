"""Waking the relay right after a commit, so that an event does not wait for the next poll.

The commit never waits for the bell: `ring` returns at once, and many rings between two wake-ups count as one. A lost
ring costs one poll interval, nothing else.
"""

import os
import threading
from typing import Any, Protocol, cast

import psycopg
import structlog
from sqlalchemy import Engine

from shared.db import Database

_log = structlog.get_logger("events.bell")
_CHANNEL = "gatehouse_outbox"
_PAUSE = 0.002  # seconds between two notifications: several commits share one


class Bell(Protocol):
    """Connects whoever commits with the relay."""

    def ring(self) -> None:
        """Say that something was committed; never blocks, never raises."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when the bell has rung since the last wait, or after `seconds`; never raises."""
        ...


class LocalBell:
    """Committing threads and the relay share one process."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        """Wake the relay of this process."""
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Sleep until rung or until `seconds` have passed."""
        self._rung.wait(seconds)
        self._rung.clear()


class PostgresBell:
    """Committing processes and the relay share a PostgreSQL database: NOTIFY after the commit, coalesced.

    NOTIFY inside every transaction would serialize commits on PostgreSQL's notification lock; a thread of its own
    sends one NOTIFY for all commits since the last.
    """

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._rung = threading.Event()
        self._ringer: threading.Thread | None = None
        self._ringer_process = 0
        self._lock = threading.Lock()
        self._ear: psycopg.Connection | None = None

    def ring(self) -> None:
        """Let the ringing thread notify; it is started in this process at the first ring, so also after a fork."""
        if self._ringer_process != os.getpid():
            self._start_ringer()
        self._rung.set()

    def wait(self, seconds: float) -> None:
        """Listen for a notification for up to `seconds`."""
        try:
            if self._ear is None:
                # Whatever was committed before we listened is found by the relay's next look, which comes first.
                self._ear = _listen(self._engine)
                return
            for _ in self._ear.notifies(timeout=seconds, stop_after=1):
                break
        except psycopg.Error as error:
            _log.warning("listening_failed", error=type(error).__name__)
            self.close()
            threading.Event().wait(seconds)

    def close(self) -> None:
        """Stop listening."""
        _close(self._ear)
        self._ear = None

    def _start_ringer(self) -> None:
        with self._lock:
            if self._ringer_process == os.getpid():
                return
            self._ringer_process = os.getpid()
            self._rung = threading.Event()
            self._ringer = threading.Thread(target=self._keep_ringing, name="relay-bell", daemon=True)
            self._ringer.start()

    def _keep_ringing(self) -> None:
        mouth: psycopg.Connection | None = None
        pause = threading.Event()
        while True:
            self._rung.wait()
            self._rung.clear()
            try:
                mouth = mouth or _connect(self._engine)
                mouth.execute(f"NOTIFY {_CHANNEL}")
            except psycopg.Error as error:
                _log.warning("notifying_failed", error=type(error).__name__)
                _close(mouth)
                mouth = None
            pause.wait(_PAUSE)


def _connect(engine: Engine) -> psycopg.Connection:
    # Outside the pool: these connections live as long as their thread.
    arguments, options = engine.dialect.create_connect_args(engine.url)
    return psycopg.connect(*arguments, **cast("dict[str, Any]", options), autocommit=True)


def _listen(engine: Engine) -> psycopg.Connection:
    connection = _connect(engine)
    connection.execute(f"LISTEN {_CHANNEL}")
    return connection


def _close(connection: psycopg.Connection | None) -> None:
    if connection is not None:
        connection.close()
