"""Small throw-away services built from the floor: one that tells, one that listens, on any database."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Column, Integer, MetaData, String, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shared.cache import MemoryCache
from shared.clock import Clock, SystemClock
from shared.config import Settings
from shared.db import claimed, open_database
from shared.db.floor import inbox, outbox, parked_events
from shared.events import Event
from shared.events.bell import LocalBell, PostgresBell
from shared.events.inbox import Inbox
from shared.events.transport import Message
from shared.ids import RandomIds
from shared.service import Context, Service, Subscription, Work
from tests.support.migrated import ready

TOLD = "session.ended"  # a real contract with a small payload: identity tells, registration listens
TELLER, LISTENER = "identity", "registration"
_TABLES = MetaData()
# Every handling leaves a row, so that a test can count; `latest` is a projection with a guarded update.
seen = Table(
    "seen",
    _TABLES,
    Column("number", Integer, primary_key=True),
    Column("event_id", String(64)),
    Column("subject", String(64)),
    Column("sequence", Integer),
    Column("request_id", String(64)),
)
latest = Table("latest", _TABLES, Column("subject", String(64), primary_key=True), Column("sequence", Integer))


class PoisonedError(Exception):
    """What the throw-away handler raises for poisoned subjects."""


@dataclass
class Place:
    """One running throw-away service."""

    context: Context
    inbox: Inbox
    poisoned: set[str] = field(default_factory=set)
    attempts: list[str] = field(default_factory=list)
    before_handling: Callable[[Event], None] = lambda event: None
    pauses: list[float] = field(default_factory=list)

    def tell(self, subject: str, sequence: int = 1, reason: str = "signed_out", request_id: str = "") -> None:
        """Commit one event, as a use case would."""
        self.tell_all([(subject, sequence)], reason, request_id)

    def tell_all(self, facts: Sequence[tuple[str, int]], reason: str = "signed_out", request_id: str = "") -> None:
        """Commit several events in one transaction."""
        with self.context.transaction(request_id=request_id) as work:
            for subject, sequence in facts:
                data = {"session_id": subject, "account_id": "acc_1", "reason": reason}
                work.publish(TOLD, subject=subject, sequence=sequence, data=data)

    def waiting(self) -> list[Message]:
        """What the outbox holds, in order."""
        with self.context.reading() as session:
            rows = session.execute(select(outbox).order_by(outbox.c.number)).all()
        return [Message(row.event_id, row.type, row.body) for row in rows]

    def handled(self) -> list[tuple[str, int]]:
        """Every effect (subject, sequence), in the order of handling."""
        with self.context.reading() as session:
            rows = session.execute(select(seen.c.subject, seen.c.sequence).order_by(seen.c.number)).all()
        return [(row.subject, row.sequence) for row in rows]

    def count(self, table: Table = seen) -> int:
        """How many rows a table has."""
        with self.context.reading() as session:
            return int(session.execute(select(func.count()).select_from(table)).scalar_one())

    def projection(self) -> dict[str, int]:
        """The newest sequence per subject, as the guarded projection holds it."""
        with self.context.reading() as session:
            return {row.subject: row.sequence for row in session.execute(select(latest))}

    def rows(self, table: Table) -> list[Mapping[str, Any]]:
        """Every row of a floor table."""
        with self.context.reading() as session:
            return [dict(row._mapping) for row in session.execute(select(table))]

    def parked(self) -> list[Mapping[str, Any]]:
        """Every row of parked_events."""
        return self.rows(parked_events)

    def taken(self) -> int:
        """How many events the inbox knows."""
        return self.count(inbox)

    def close(self) -> None:
        """Let go of the database."""
        self.context.bell.close()
        self.context.database.close()

    def handle(self, work: Work, event: Event) -> None:
        """The handler: leave a trace, then fail for poisoned subjects, so that a rollback has something to undo."""
        self.attempts.append(event.subject)
        self.before_handling(event)
        row = {"event_id": event.id, "subject": event.subject, "sequence": event.sequence}
        work.session.execute(seen.insert().values(**row, request_id=work.request_id))
        newer = update(latest).where(latest.c.subject == event.subject, latest.c.sequence < event.sequence)
        if not claimed(work.session.execute(newer.values(sequence=event.sequence))):
            insert = postgresql.insert if work.context.database.dialect == "postgresql" else sqlite.insert
            first = insert(latest).values(subject=event.subject, sequence=event.sequence)
            work.session.execute(first.on_conflict_do_nothing())
        if event.subject in self.poisoned:
            raise PoisonedError(f"{event.subject} is poisoned")


def open_place(
    name: str, url: str, *, limit: int = 5, clock: Clock | None = None, prepare: bool = True, **options: Any
) -> Place:
    """Return a service called `name` on the database at `url`, with the floor's tables and two of its own."""
    place = cast("Place", None)
    lines = (Subscription(TOLD, TELLER, lambda work, event: place.handle(work, event)),) if name == LISTENER else ()
    context = _context(name, url, limit, clock or SystemClock(), lines)
    if prepare:
        ready(context.database, no_migrations())
        _TABLES.create_all(context.database.engine)
    pauses: list[float] = []
    place = Place(context, Inbox(context, pause=pauses.append, **options), pauses=pauses)
    return place


def no_migrations() -> Path:
    """A history without revisions: the throw-away services have none of their own."""
    return Path(__file__).parent / "no_migrations"


def event_bytes(**changes: Any) -> bytes:
    """A sound event as bytes, with some attributes changed."""
    fields: dict[str, Any] = {
        "id": "evt_1",
        "type": TOLD,
        "source": TELLER,
        "subject": "ses_1",
        "sequence": 1,
        "time": datetime(2026, 11, 23, 10, tzinfo=UTC),
        "data": {"session_id": "ses_1", "account_id": "acc_1", "reason": "signed_out"},
    }
    return Event(**{**fields, **changes}).to_bytes()


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    """Return when `condition` holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so after {seconds} seconds")
        pause.wait(0.02)


def _context(name: str, url: str, limit: int, clock: Clock, lines: tuple[Subscription, ...]) -> Context:
    settings = Settings(
        mode="test",
        database_url=url,
        broker_url="memory:",
        cache_url="memory:",
        secret_key=cast("Any", "k" * 32),
        event_delivery_limit=limit,
    )
    service = Service(
        name=name,
        api=name,
        package=name,
        folder=Path(__file__).parent,
        settings=Settings,
        prefixes=(),
        build=lambda context: None,
        mount=lambda app, context: None,
        subscriptions=lines,
    )
    database = open_database(url)
    bell = PostgresBell(database) if database.dialect == "postgresql" else LocalBell()
    nobody = cast("Any", None)
    return Context(service, settings, clock, RandomIds(), database, MemoryCache(clock), nobody, nobody, bell)
