"""Carrying what is owed to receivers: one that hangs holds up nobody but itself.

    look ──▶ a thread for each receiver with something due ──▶ take ──▶ post ──▶ note ─┐
                                                                ▲                     │ until nothing is due,
                                                                └─────────────────────┘ or nobody answered

A receiver's thread begins with one debt. To whoever has taken that, the next go by the batch: debts of one `lane` after
the other, in their order, and the lanes side by side, each over a connection that it keeps. What is taken is claimed by
a guarded UPDATE and noted in a transaction of its own; nothing is open while a receiver thinks. A job that looks every
second is the safety net: what a dead worker left, and what is due again.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.orm import Session

from identity.oidc.outbound.debts import Debts
from identity.oidc.outbound.fetcher import Fetcher, Line, Unreachable
from identity.oidc.outbound.patience import LAST_CALL, Outcome
from shared.service import Context, Work

_THREADS = 64  # receivers at a time; a thread that waits for an answer costs nothing else
_ABREAST = 8  # requests at a time to one receiver that answers
_BATCH = 50
_BATCHES = 10  # for one receiver before its thread is free for another
_PATIENCE = 0.3  # seconds that the job waits for those on their way
_STOP = (Outcome.AWAY, None)
_log = structlog.get_logger("outbound")


@dataclass(frozen=True)
class Errand:
    """What is owed by one table of debts, and how it is paid.

    `receivers`: to whom something is due now. `due`: the ids of what is due to one of them, in order, at most so many.
    `lane`: whose debts are handed on one after the other. `post`: make an attempt, or none (no outcome) where it may
    not go any more; raises Unreachable where nobody answers. `note`: write down what it came to.
    """

    name: str
    debts: Debts
    receivers: Callable[[Context], Sequence[str]]
    due: Callable[[Session, str, datetime, int], Sequence[str]]
    lane: Callable[[Row[Any]], str]
    post: Callable[[Context, Line, Row[Any]], tuple[Outcome | None, str]]
    note: Callable[[Work, Row[Any], Outcome, str], None]


@dataclass(frozen=True)
class _Attempt:
    """A debt and what became of it; no outcome where it was not tried, as there was no time or nobody to answer."""

    debt: Row[Any]
    outcome: Outcome | None
    why: str = ""


class Courier:
    """One process's way out for one errand; threads start with the first debt, so also after a fork."""

    def __init__(self, context: Context, fetcher: Fetcher, errand: Errand) -> None:
        self._context, self._fetcher, self._errand = context, fetcher, errand
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[str, Future[int]] = {}

    def look(self) -> None:
        """Give every receiver with something due a thread, unless it has one; returns at once."""
        receivers = self._errand.receivers(self._context)
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(_THREADS, self._errand.name)
            for receiver in receivers:
                if receiver not in self._under_way or self._under_way[receiver].done():
                    self._under_way[receiver] = self._pool.submit(self._carry, receiver)

    def settled(self, seconds: float) -> int:
        """Wait for those under way, at most so long; return how many debts receivers have taken meanwhile."""
        with self._lock:
            waited_for = dict(self._under_way)
        done, _ = wait(waited_for.values(), timeout=seconds)
        with self._lock:
            for receiver, carried in waited_for.items():
                if carried in done and self._under_way.get(receiver) is carried:
                    del self._under_way[receiver]
        return sum(carried.result() for carried in done)

    def run(self) -> int:
        """Do what the job does: hand on what is due, and wait a moment for the answers."""
        self.look()
        return self.settled(_PATIENCE)

    def _carry(self, receiver: str) -> int:
        taken, most = 0, 1
        with ExitStack() as kept:
            lines = [kept.enter_context(self._fetcher.line()) for _ in range(_ABREAST)]
            threads = kept.enter_context(ThreadPoolExecutor(_ABREAST, self._errand.name))
            for _ in range(_BATCHES):
                attempts = self._post_all(self._take(receiver, most), lines, threads)
                self._note(receiver, attempts)
                taken += sum(one.outcome is Outcome.TAKEN for one in attempts)
                if not attempts or any(one.outcome in _STOP for one in attempts):
                    break
                most = _BATCH
        return taken

    def _take(self, receiver: str, most: int) -> list[Row[Any]]:
        with self._context.reading() as session:
            due = self._errand.due(session, receiver, self._context.clock.now(), most)
        if not due:
            return []
        with self._context.transaction() as work:
            return self._errand.debts.claim(work, due)

    def _post_all(self, debts: list[Row[Any]], lines: list[Line], threads: ThreadPoolExecutor) -> list[_Attempt]:
        over = threading.Event()

        def post(line: Line, lane: Sequence[Row[Any]]) -> list[_Attempt]:
            return [self._post(line, debt, over) for debt in lane]

        if len(debts) <= 1:
            return post(lines[0], debts)
        return [attempt for lane in threads.map(post, lines, self._lanes(debts)) for attempt in lane]

    def _lanes(self, debts: list[Row[Any]]) -> list[list[Row[Any]]]:
        """Share debts out to a few lanes; those of one word are in the same, in their order."""
        numbers: dict[str, int] = {}
        lanes: dict[int, list[Row[Any]]] = {}
        for debt in debts:
            number = numbers.setdefault(self._errand.lane(debt), len(numbers))
            lanes.setdefault(number % _ABREAST, []).append(debt)
        return list(lanes.values())

    def _post(self, line: Line, debt: Row[Any], over: threading.Event) -> _Attempt:
        if over.is_set() or self._context.clock.now() > debt.due_at - LAST_CALL:
            return _Attempt(debt, None)
        try:
            outcome, why = self._errand.post(self._context, line, debt)
        except Unreachable as unreachable:
            outcome, why = Outcome.AWAY, str(unreachable)
        except Exception as error:  # noqa: BLE001 - what stopped it is noted, or it would be tried without an end
            outcome, why = Outcome.AWAY, type(error).__name__
        if outcome in _STOP:
            over.set()
        return _Attempt(debt, outcome, why)

    def _note(self, receiver: str, attempts: list[_Attempt]) -> None:
        """What nobody answered is noted last: it may pause all that waits, and what was taken is over before that."""
        if not attempts:
            return
        with self._context.transaction() as work:
            for one in sorted(attempts, key=lambda one: one.outcome is Outcome.AWAY):
                if one.outcome is None:
                    self._errand.debts.untried(work, one.debt)
                else:
                    self._errand.note(work, one.debt, one.outcome, one.why)
        for one in attempts:
            if one.outcome not in (Outcome.TAKEN, None):
                number = self._errand.debts.number(one.debt)
                _log.warning("not_taken", errand=self._errand.name, receiver=receiver, attempt=number, why=one.why)
