"""The relay: from the outbox to the transport, each event at least once, each subject in order.

One relay of a service works at a time; others stand by and take over within a poll. Two relays side by side
(`FOR UPDATE SKIP LOCKED`) would publish two batches at once and could reorder a subject; keeping them apart per
subject costs more than it gains, because one relay already fills a broker connection. On PostgreSQL a transaction-
scoped advisory lock decides whose turn it is, and ends with the process that held it.

A row is deleted only after the broker has confirmed it. A crash in between sends the event again: listeners' inboxes
know it by its id.
"""

import threading
from datetime import timedelta

import structlog
from sqlalchemy import delete, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.db import Database
from shared.db.floor import outbox
from shared.events.bell import Bell
from shared.events.transport import Message, Publisher, TransportAwayError

_log = structlog.get_logger("events.relay")
_LOCK = 7_241_990_313  # any fixed number: one relay at a time per database
_BATCH = 500
_AT_MOST = 10 * _BATCH  # per transaction: what a crash may send twice is bounded, and so is the transaction's length
_POLL = timedelta(seconds=1)
_GATHER = 0.2  # seconds: who follows so soon travels together; an event after a quiet moment leaves at once
_LONGEST_PAUSE = 5.0  # seconds between two tries while the broker or the database is away


class Relay:
    """Moves one service's outbox to its transport. Any thread may call `run_once`; they take turns."""

    def __init__(self, database: Database, publisher: Publisher, bell: Bell) -> None:
        self._database = database
        self._publisher = publisher
        self._bell = bell
        self._turn = threading.Lock()

    def run_once(self) -> int:
        """Send what waits now, up to some thousand events; return how many. 0 also while another relay has the turn.

        Raises TransportAwayError or a database error; then nothing that was not confirmed has left the outbox.
        """
        with self._turn:
            if self._database.dialect == "postgresql":
                return self._send_in_one_transaction()
            return self._send_between_transactions()

    def drain(self) -> int:
        """Send until nothing waits; return how many events were sent."""
        total = 0
        while sent := self.run_once():
            total += sent
        return total

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set; outlives a broker or a database that goes away and comes back."""
        failures = 0
        while not stop.is_set():
            try:
                sent = self.run_once()
                failures = 0
            except (TransportAwayError, SQLAlchemyError) as error:
                failures += 1
                _log.warning("relay_waits", error=type(error).__name__, failures=failures)
                stop.wait(min(_LONGEST_PAUSE, 0.1 * 2 ** min(failures, 10)))
                continue
            if not sent:
                self._publisher.keep_alive()
            if sent % _BATCH == 0 and sent:
                continue  # a full batch: more may wait already
            if sent:
                stop.wait(_GATHER)
            # Whatever was committed since the last look has rung by now or will; looking again at once would cost as
            # much as sending an event did.
            self._bell.wait(_POLL.total_seconds())
        self.close()

    def close(self) -> None:
        """Let go of the transport's connection; the next send connects anew."""
        self._publisher.close()

    def _send_in_one_transaction(self) -> int:
        """Claim by deleting, publish, claim the next batch while the broker works; commit what is confirmed."""
        sent = 0
        with self._database.transaction() as session:
            if not session.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}).scalar():
                return 0
            batch = _take(session)
            while batch:
                self._publisher.publish(batch)
                sent += len(batch)
                batch = _take(session) if sent % _BATCH == 0 and sent < _AT_MOST else []
                # One batch stays under way while the next is read; the commit waits for all.
                self._publisher.confirm(outstanding=_BATCH if batch else 0)
        return sent

    def _send_between_transactions(self) -> int:
        """SQLite has one writer: a listener in this process could not commit while we held the write lock."""
        with self._database.reading() as session:
            columns = (outbox.c.number, outbox.c.event_id, outbox.c.type, outbox.c.body)
            rows = session.execute(select(*columns).order_by(outbox.c.number).limit(_BATCH)).all()
        if not rows:
            return 0
        self._publisher.publish([Message(row.event_id, row.type, row.body) for row in rows])
        self._publisher.confirm()
        with self._database.transaction() as session:
            session.execute(delete(outbox).where(outbox.c.number.in_([row.number for row in rows])))
        return len(rows)


# Made once: the relay asks after every commit that published something.
_OLDEST = select(outbox.c.number).order_by(outbox.c.number).limit(_BATCH)
_TAKEN = delete(outbox).where(outbox.c.number.in_(_OLDEST))
_TAKE = _TAKEN.returning(outbox.c.number, outbox.c.event_id, outbox.c.type, outbox.c.body)


def _take(session: Session) -> list[Message]:
    rows = session.execute(_TAKE).all()
    return [Message(row.event_id, row.type, row.body) for row in sorted(rows, key=lambda row: int(row.number))]
