"""The inbox: the one door for events, whatever carried them.

One transaction holds the inbox row (an event id is taken once) and everything the handler writes. Several events
share a transaction while all goes well; one that fails gets a transaction of its own, tries up to the delivery limit,
and is parked with its error, so that the queue moves on; those before and after it stay together. What is not an event
of a known contract from its rightful sender is parked at once. While the database is away nothing is judged: the
transport keeps the events.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from shared.contracts import CONTRACTS, ContractError, EventContract
from shared.db import lost_to_a_rival, wait_briefly
from shared.db.floor import inbox as inbox_table
from shared.events import parked
from shared.events.event import MAX_BYTES, Event, NotAnEventError
from shared.events.faults import HandlerFailedError, ListenerAwayError, RefusedError, explain, is_away
from shared.events.meters import RETRIED, TAKEN
from shared.events.transport import Delivery
from shared.service import SYSTEM, Context, Subscription, Work

_log = structlog.get_logger("events.inbox")
_LONGEST_PAUSE = 1.0  # seconds between two tries of one handler
# Two arrays instead of a row of placeholders per event: one short statement, prepared once, whatever the batch.
_REMEMBER = text(
    "INSERT INTO inbox (event_id, type, received_at) "
    "SELECT id, kind, :now FROM unnest(CAST(:ids AS text[]), CAST(:kinds AS text[])) AS events (id, kind) "
    "ON CONFLICT DO NOTHING RETURNING event_id"
)


@dataclass(frozen=True)
class _Failed:
    """Where a batch failed: from `first` up to `after`, nobody between two halves; `tries` that this has used up."""

    first: int
    after: int
    tries: int = 0


class Inbox:
    """Takes events in for one service. Safe from several threads and processes at once."""

    def __init__(
        self,
        context: Context,
        subscriptions: Sequence[Subscription] | None = None,
        contracts: Mapping[str, EventContract] = CONTRACTS,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.context = context
        self._contracts = contracts
        self._limit = context.settings.event_delivery_limit
        self._pause = pause
        self._handlers: dict[tuple[str, str], list[Subscription]] = {}
        for line in context.service.subscriptions if subscriptions is None else subscriptions:
            if line.type not in contracts or contracts[line.type].sender != line.sender:
                raise ValueError(f"{context.service.name}: no contract for {line.type} from {line.sender}")
            self._handlers.setdefault((line.sender, line.type), []).append(line)

    @property
    def service(self) -> str:
        """The name of the listening service."""
        return self.context.service.name

    @property
    def bindings(self) -> frozenset[tuple[str, str]]:
        """Every (sender, type) this service listens to."""
        return frozenset(self._handlers)

    def receive(self, deliveries: Sequence[Delivery]) -> None:
        """Take deliveries in: when this returns, each is handled, known already, or parked, and that is committed.

        Raises ListenerAwayError while the database is away; then deliver all of them again.
        """
        readable: list[Event] = []
        by_id: dict[str, Delivery] = {}
        for delivery in deliveries:
            try:
                event = self.read(delivery)
            except RefusedError as refusal:
                self.park(delivery, fault=refusal.fault, error=str(refusal), attempts=1)
                continue
            readable.append(event)
            by_id.setdefault(event.id, delivery)
        self._take_in(readable, by_id)

    def read(self, delivery: Delivery) -> Event:
        """Return the event of a delivery if all about it is as agreed; raises RefusedError."""
        if len(delivery.body) > MAX_BYTES:
            raise RefusedError("too_large", f"{len(delivery.body)} bytes, {MAX_BYTES} are allowed")
        try:
            event = Event.from_bytes(delivery.body)
        except NotAnEventError as error:
            raise RefusedError("not_an_event", str(error)) from error
        if event.source != delivery.sender or event.type != delivery.type:
            raise RefusedError("wrong_sender", f"came as {delivery.type} from {delivery.sender}, claims otherwise")
        contract = self._contracts.get(event.type)
        if contract is None or (event.source, event.type) not in self._handlers:
            raise RefusedError("unknown_type", f"nobody here listens to {event.type} from {event.source}")
        try:
            contract.check(source=event.source, version=event.version, data=event.data)
        except ContractError as error:
            raise RefusedError("contract", str(error)) from error
        return event

    def take(self, work: Work, events: Sequence[Event]) -> int:
        """Run the handlers of events not taken in before, inside the caller's transaction; return how many."""
        fresh = _remember(work.session, events, work.now)
        taken = len(fresh)
        for event in events:
            if event.id in fresh:
                fresh.discard(event.id)  # the same event can be in one batch twice
                self._run_handlers(work, event)
        return taken

    def park(self, delivery: Delivery, *, fault: str, error: str, attempts: int) -> None:
        """Set a delivery aside, visible and replayable; the same bytes are parked once."""
        try:
            with self.context.database.transaction() as session:
                parked.add(
                    session,
                    delivery,
                    id=self.context.ids.new("prk"),
                    fault=fault,
                    error=error,
                    attempts=attempts,
                    parked_at=self.context.clock.now(),
                )
        except Exception as failure:
            if is_away(failure):
                raise ListenerAwayError from failure
            raise
        TAKEN.labels(self.service, "parked").inc()
        _log.error("event_parked", type=delivery.type, sender=delivery.sender, fault=fault, error=error)

    def _take_in(self, events: Sequence[Event], by_id: Mapping[str, Delivery]) -> None:
        """Handle events in their order, as many in one transaction as can be: only one that fails is alone."""
        if len(events) < 2:
            for event in events:
                self._insist(event, by_id[event.id], 0)
            return
        failed = self._together(events)
        if failed is None:
            return
        self._take_in(events[: failed.first], by_id)
        for event in events[failed.first : failed.after]:
            self._insist(event, by_id[event.id], failed.tries)
        self._take_in(events[failed.after :], by_id)

    def _together(self, events: Sequence[Event]) -> _Failed | None:
        """Handle all events in one transaction and return None; or return where it failed."""
        try:
            self._handle(events)
        except HandlerFailedError as failure:
            place = next(number for number, event in enumerate(events) if event is failure.event)
            return _Failed(place, place + 1, 0 if lost_to_a_rival(failure.error) else 1)
        except Exception as error:
            if is_away(error):
                raise ListenerAwayError from error
            return _Failed(len(events) // 2, len(events) // 2)  # a failing commit has no culprit: halving finds it
        return None

    def _insist(self, event: Event, delivery: Delivery, tries: int) -> None:
        while True:
            try:
                self._handle([event])
                return
            except Exception as raised:  # noqa: BLE001 - whatever a handler raises decides this event's fate only
                error = raised.error if isinstance(raised, HandlerFailedError) else raised
                if is_away(error):
                    raise ListenerAwayError from error
                tries += 1
                if tries >= self._limit:
                    self.park(delivery, fault="handler_failed", error=explain(error), attempts=tries)
                    return
                RETRIED.labels(self.service).inc()
                self._pause(min(_LONGEST_PAUSE, 0.05 * 4 ** (tries - 1)))

    def _handle(self, events: Sequence[Event]) -> None:
        with self.context.transaction(SYSTEM) as work:
            if len(events) > 1:
                # It takes its rows in the order of the events, and holds those of all of them: it waits for nobody
                # long, and lets each event wait by itself instead, which takes its rows in the order everybody does.
                wait_briefly(work.session)
            taken = self.take(work, events)
        TAKEN.labels(self.service, "handled").inc(taken)
        TAKEN.labels(self.service, "duplicate").inc(len(events) - taken)

    def _run_handlers(self, work: Work, event: Event) -> None:
        work.request_id = event.request_id or ""  # one request id from the first request to the last effect
        try:
            for line in self._handlers[event.source, event.type]:
                line.handler(work, event)
        except Exception as error:
            if is_away(error):
                raise
            raise HandlerFailedError(event, error) from error


def _remember(session: Session, events: Sequence[Event], now: datetime) -> set[str]:
    """Insert inbox rows; return the ids that were not there. A rival with the same id makes us wait for its commit."""
    # Sorted, so that two workers with overlapping batches wait for each other instead of deadlocking.
    kinds = dict(sorted((event.id, event.type) for event in events))
    if session.get_bind().dialect.name == "postgresql":
        found = session.execute(_REMEMBER, {"ids": list(kinds), "kinds": list(kinds.values()), "now": now})
        return set(found.scalars())
    rows = [{"event_id": event_id, "type": kind, "received_at": now} for event_id, kind in kinds.items()]
    once = sqlite.insert(inbox_table).on_conflict_do_nothing().returning(inbox_table.c.event_id)
    return set(session.execute(once, rows).scalars())
