"""Carrying what is owed to receivers: one that hangs holds up nobody but itself.

    look ──▶ a thread for each receiver with something due ──▶ take ──▶ post ──▶ note ─┐
                                                                ▲                     │ until nothing is due,
                                                                └─────────────────────┘ or nobody answered

A receiver's thread begins with one debt. To whoever has taken that, the next go by the batch: debts of one `lane` after
the other, in their order, and the lanes side by side, each over a connection that it keeps. What is taken is claimed by
a guarded UPDATE and noted in a transaction of its own; nothing is open while a receiver thinks. A job that looks every
second is the safety net: what a dead worker left, and what is due again.

A receiver that asks for time (`Retry-After`) is left alone for it by this process, whatever else it is owed meanwhile,
and no longer than we would ever pause by ourselves: a slip of its proxy must not keep a sign-out from it for a year.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.orm import Session

from identity.oidc.outbound.debts import Debts
from identity.oidc.outbound.fetcher import Fetcher, Line, Unreachable
from identity.oidc.outbound.patience import LAST_CALL, Attempt, Outcome
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

    `longest`: the longest pause between two attempts. `receivers`: to whom something is due now. `due`: the ids of what
    is due to one of them, in order, at most so many. `lane`: whose debts are handed on one after the other. `post`:
    make an attempt, or none (no outcome) where it may not go any more; raises Unreachable where nobody answers. `note`:
    write down what it came to.
    """

    name: str
    debts: Debts
    longest: timedelta
    receivers: Callable[[Context], Sequence[str]]
    due: Callable[[Session, str, datetime, int], Sequence[str]]
    lane: Callable[[Row[Any]], str]
    post: Callable[[Context, Line, Row[Any]], Attempt]
    note: Callable[[Work, Row[Any], Attempt], None]


_Tried = tuple[Row[Any], Attempt]  # a debt and what became of it


class Courier:
    """One process's way out for one errand; threads start with the first debt, so also after a fork."""

    def __init__(self, context: Context, fetcher: Fetcher, errand: Errand) -> None:
        self._context, self._fetcher, self._errand = context, fetcher, errand
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[str, Future[int]] = {}
        self._left_alone: dict[str, datetime] = {}  # until when

    def look(self) -> None:
        """Give every receiver with something due a thread, unless it has one or asked for time; returns at once."""
        receivers, now = self._errand.receivers(self._context), self._context.clock.now()
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(_THREADS, self._errand.name)
            self._left_alone = {one: until for one, until in self._left_alone.items() if until > now}
            for receiver in receivers:
                busy = receiver in self._under_way and not self._under_way[receiver].done()
                if not busy and receiver not in self._left_alone:
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
                tried = self._post_all(self._take(receiver, most), lines, threads)
                self._note(receiver, tried)
                taken += sum(made.outcome is Outcome.TAKEN for _, made in tried)
                if not tried or any(made.outcome in _STOP for _, made in tried):
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

    def _post_all(self, debts: list[Row[Any]], lines: list[Line], threads: ThreadPoolExecutor) -> list[_Tried]:
        over = threading.Event()

        def post(line: Line, lane: Sequence[Row[Any]]) -> list[_Tried]:
            return [(debt, self._post(line, debt, over)) for debt in lane]

        if len(debts) <= 1:
            return post(lines[0], debts)
        return [tried for lane in threads.map(post, lines, self._lanes(debts)) for tried in lane]

    def _lanes(self, debts: list[Row[Any]]) -> list[list[Row[Any]]]:
        """Share debts out to a few lanes; those of one word are in the same, in their order."""
        numbers: dict[str, int] = {}
        lanes: dict[int, list[Row[Any]]] = {}
        for debt in debts:
            number = numbers.setdefault(self._errand.lane(debt), len(numbers))
            lanes.setdefault(number % _ABREAST, []).append(debt)
        return list(lanes.values())

    def _post(self, line: Line, debt: Row[Any], over: threading.Event) -> Attempt:
        if over.is_set() or self._context.clock.now() > debt.due_at - LAST_CALL:
            return Attempt(None)
        try:
            made = self._errand.post(self._context, line, debt)
        except Unreachable as unreachable:
            made = Attempt(Outcome.AWAY, str(unreachable))
        except Exception as error:  # noqa: BLE001 - what stopped it is noted, or it would be tried without an end
            made = Attempt(Outcome.AWAY, type(error).__name__)
        if made.outcome in _STOP:
            over.set()
        return made

    def _note(self, receiver: str, tried: list[_Tried]) -> None:
        """What nobody answered is noted last: it may pause all that waits, and what was taken is over before that."""
        if not tried:
            return
        self._leave_alone(receiver, max(made.asked for _, made in tried))
        with self._context.transaction() as work:
            for debt, made in sorted(tried, key=lambda one: one[1].outcome is Outcome.AWAY):
                if made.outcome is None:
                    self._errand.debts.untried(work, debt)
                else:
                    self._errand.note(work, debt, made)
        for debt, made in tried:
            if made.outcome not in (Outcome.TAKEN, None):
                number = self._errand.debts.number(debt)
                _log.warning("not_taken", errand=self._errand.name, receiver=receiver, attempt=number, why=made.why)

    def _leave_alone(self, receiver: str, asked: timedelta) -> None:
        if asked:
            with self._lock:
                self._left_alone[receiver] = self._context.clock.now() + min(asked, self._errand.longest)
