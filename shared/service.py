"""One object per service, one context per process, one unit of work per transaction.

`Service` says what a service is made of; `Context` holds what one running process of it owns; `Work` is what use
cases receive: a transaction with a fixed instant, an actor, and the four ways of leaving a trace (rows, events,
audit entries, messages). Use cases never commit; the door that opened the work does.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar, cast

from sqlalchemy.orm import Session

from shared import audit, notices
from shared.clock import Clock
from shared.config import Settings
from shared.db import Database
from shared.events import outbox
from shared.events.event import Event
from shared.ids import Ids

if TYPE_CHECKING:  # a command that asks its database alone starts without what these import
    import click
    from flask import Flask

    from shared.auth.verifier import TokenVerifier
    from shared.cache import Cache
    from shared.events.bell import Bell
    from shared.neighbours import Neighbours

T = TypeVar("T")
S = TypeVar("S", bound=Settings)


@dataclass(frozen=True)
class Actor:
    """Who acts: a person (account id), a client (client id) or the system itself.

    `acted_by`: who acts for this person by an exchanged token (RFC 8693). What may be done is decided by the person,
    so nobody gains rights of their own by acting for somebody; the audit names both.
    """

    id: str
    kind: Literal["person", "client", "system"]
    population: str | None = None
    on_behalf_of: str | None = None
    acted_by: "Actor | None" = None


SYSTEM = Actor("system", "system")
COMMAND_LINE = Actor("command-line", "system")  # whoever has a shell where the suite runs


@dataclass(frozen=True)
class Subscription:
    """One line of a service's table of what it listens to.

    The handler runs inside the inbox transaction. The inbox stops duplicates; order across redeliveries is not
    promised, so handlers compare `event.sequence` with what they know.
    """

    type: str
    sender: str
    handler: Callable[["Work", Event], None]


@dataclass(frozen=True)
class Job:
    """Something a worker does every so often; one process at a time, by lease. Returns how many items it moved.

    `every` of nought: a person waits for it, so it is due whenever somebody looks. `anything`: whether there is
    something to do, asked before the lease is taken: a lease costs two commits, each second where nothing happens.
    """

    name: str
    every: timedelta
    run: Callable[["Context"], int]
    anything: Callable[[Session], bool] | None = None


def _no_doors(_app: "Flask", _context: "Context") -> None:
    """How a service is mounted that answers nobody: what its own commands run with."""


@dataclass(frozen=True)
class Service:
    """What a service is made of; the only thing that the runtime, the tests and the all-in-one know of it.

    `whole`: where the same service is with its doors, listeners and jobs (`registration.app:SERVICE`), if this is what
    its command line begins with and they are not here.
    """

    name: str
    api: str
    package: str
    folder: Path
    settings: type[Settings]
    prefixes: tuple[str, ...]
    build: Callable[["Context"], None]
    mount: Callable[["Flask", "Context"], None] = _no_doors
    subscriptions: tuple[Subscription, ...] = ()
    jobs: tuple[Job, ...] = ()
    commands: "click.Group | None" = None
    whole: str = ""

    @property
    def migrations(self) -> Path:
        """The folder of the service's Alembic history."""
        return self.folder / "migrations"


@dataclass
class Context:
    """What one running process of a service owns; made by the runtime, passed inward, never global.

    `actor`: who acts where a transaction names nobody.
    """

    service: Service
    settings: Settings
    clock: Clock
    ids: Ids
    database: Database
    cache: "Cache"
    neighbours: "Neighbours"
    verifier: "TokenVerifier"
    bell: "Bell"
    actor: Actor = SYSTEM
    _parts: dict[type, object] = field(default_factory=dict)

    def add_part(self, part: object) -> None:
        """Register a long-lived object of the service under its own type."""
        self._parts[type(part)] = part

    def part(self, kind: type[T]) -> T:
        """Return the object registered under `kind`; raises KeyError naming the type."""
        return cast("T", self._parts[kind])

    def settings_as(self, kind: type[S]) -> S:
        """Return the settings as the service's own type."""
        if not isinstance(self.settings, kind):
            raise TypeError(f"{self.service.name} does not run with {kind.__name__}")
        return self.settings

    @contextmanager
    def transaction(self, actor: Actor | None = None, request_id: str = "") -> Iterator["Work"]:
        """Give a unit of work; commit when the block ends, roll back when it raises, then wake the relay."""
        with self.database.transaction() as session:
            work = Work(session, self.clock.now(), actor or self.actor, request_id, self)
            yield work
        if work.published:
            self.bell.ring()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session for queries only."""
        with self.database.reading() as session:
            yield session


@dataclass
class Work:
    """One transaction, as use cases see it."""

    session: Session
    now: datetime
    actor: Actor
    request_id: str
    context: Context
    published: int = 0

    @property
    def ids(self) -> Ids:
        """Where ids, secrets and codes come from."""
        return self.context.ids

    def publish(self, type: str, *, subject: str, sequence: int, data: Mapping[str, object]) -> None:
        """Send an event with this transaction: `data` is checked against the contract of `type`.

        `subject` is the aggregate's id, `sequence` its version. Raises ValueError for what no contract allows.
        """
        event = Event(
            id=self.ids.new("evt"),
            type=type,
            source=self.context.service.name,
            subject=subject,
            sequence=sequence,
            time=self.now,
            data=dict(data),
            request_id=self.request_id or None,
        )
        outbox.add(self.session, event)
        self.published += 1

    def audit(
        self,
        action: str,
        *,
        target: str,
        organization: str | None = None,
        before: object = None,
        after: object = None,
        reason: str | None = None,
    ) -> None:
        """Record who did what to whom with this transaction; `before` and `after` must be JSON-ready, no secrets."""
        who = self.actor.acted_by or self.actor
        audit.append(
            self.session,
            id=self.ids.new("aud"),
            at=self.now,
            actor=who.id,
            actor_kind=who.kind,
            on_behalf_of=self.actor.id if self.actor.acted_by else self.actor.on_behalf_of,
            action=action,
            target=target,
            organization=organization,
            before=before,
            after=after,
            reason=reason,
            request_id=self.request_id or None,
        )

    def mail(self, to: str, subject: str, text: str, *, key: str | None = None) -> None:
        """Queue a mail with this transaction; the same `key` is queued once."""
        self._notice("email", to, subject, text, key)

    def sms(self, to: str, text: str, *, key: str | None = None) -> None:
        """Queue a text message with this transaction; the same `key` is queued once."""
        self._notice("sms", to, "", text, key)

    def _notice(self, channel: Literal["email", "sms"], to: str, subject: str, text: str, key: str | None) -> None:
        notices.add(
            self.session,
            id=self.ids.new("ntc"),
            channel=channel,
            to=to,
            subject=subject,
            text=text,
            key=key,
            at=self.now,
        )
