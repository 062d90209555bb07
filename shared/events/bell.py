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
_PAUSE = 0.1  # seconds between two notifications of one process: commits in between share one


class Bell(Protocol):
    """Connects whoever commits with the relay."""

    def ring(self) -> None:
        """Say that something was committed; never blocks, never raises."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when the bell has rung since the last wait, or after `seconds`; never raises."""
        ...

    def close(self) -> None:
        """Let go of connections and threads; a later ring or wait takes them up again."""
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

    def close(self) -> None:
        """There is nothing to let go of."""


class PostgresBell:
    """Committing processes and the relay share a PostgreSQL database: NOTIFY after the commit, coalesced.

    NOTIFY inside every transaction would serialize commits on PostgreSQL's notification lock; a thread of its own
    sends one NOTIFY for all commits since the last.
    """

    def __init__(self, database: Database) -> None:
        self._engine = database.engine
        self._ringer: _Ringer | None = None
        self._lock = threading.Lock()
        self._ear: psycopg.Connection | None = None

    def ring(self) -> None:
        """Let the ringing thread notify; it is started in this process at the first ring, so also after a fork."""
        ringer = self._ringer
        if ringer is None or ringer.process != os.getpid():
            with self._lock:
                if self._ringer is None or self._ringer.process != os.getpid():
                    self._ringer = _Ringer(self._engine)
                ringer = self._ringer
        ringer.rung.set()

    def wait(self, seconds: float) -> None:
        """Listen for a notification for up to `seconds`."""
        try:
            if self._ear is None:
                # Whatever was committed before we listened is found by the relay's next look, which comes first.
                self._ear = _connect(self._engine)
                self._ear.execute(f"LISTEN {_CHANNEL}")
                return
            for _ in self._ear.notifies(timeout=seconds, stop_after=1):
                break
        except psycopg.Error as error:
            _log.warning("listening_failed", error=type(error).__name__)
            self._hush()
            threading.Event().wait(seconds)

    def close(self) -> None:
        """Stop listening and ringing."""
        self._hush()
        with self._lock:
            ringer, self._ringer = self._ringer, None
        if ringer is not None and ringer.process == os.getpid():
            ringer.end()

    def _hush(self) -> None:
        if self._ear is not None:
            self._ear.close()
            self._ear = None


class _Ringer:
    """One thread of one process that turns any number of rings into one NOTIFY at a time."""

    def __init__(self, engine: Engine) -> None:
        self.process = os.getpid()
        self.rung = threading.Event()
        self._engine = engine
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay-bell", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Ring what was asked for, then end the thread."""
        self._ended.set()
        self.rung.set()
        self._thread.join(5)

    def _run(self) -> None:
        connection: psycopg.Connection | None = None
        while not self._ended.is_set():
            self.rung.wait()
            self.rung.clear()
            try:
                connection = connection or _connect(self._engine)
                connection.execute(f"NOTIFY {_CHANNEL}")
            except psycopg.Error as error:
                _log.warning("notifying_failed", error=type(error).__name__)
                if connection is not None:
                    connection.close()
                connection = None
            self._ended.wait(_PAUSE)
        if connection is not None:
            connection.close()


def _connect(engine: Engine) -> psycopg.Connection:
    # Outside the pool: these connections live as long as their thread.
    arguments, options = engine.dialect.create_connect_args(engine.url)
    return psycopg.connect(*arguments, **cast("dict[str, Any]", options), autocommit=True)
