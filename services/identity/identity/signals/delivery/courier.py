"""Pushing sets to receivers, several at once: one that hangs holds up nobody but itself (RFC 8935).

In a process each stream has one thread at a time, which stops at the first attempt that nobody answers. The job below
is the safety net: what a dead worker left, and what is due again. Each attempt is claimed by a guarded UPDATE and noted
in a transaction of its own; nothing is open while a receiver thinks.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

import orjson
import structlog
from sqlalchemy.orm import Session

from identity.oidc.outbound.fetcher import Unreachable
from identity.oidc.provider import Provider
from identity.signals.bearer import listens
from identity.signals.delivery import attempts, schedule
from identity.signals.delivery.attempts import Attempt
from identity.signals.delivery.models import ANY_TO_PUSH, STREAMS_WITH_DUE
from identity.signals.delivery.queue import SET_TYPE
from identity.signals.delivery.schedule import Outcome
from identity.signals.models import SignalStream
from shared.service import Context, Job

_THREADS = 16
_AT_A_STRETCH = 50  # sets for one stream before its thread is free for another
_PATIENCE = 0.3  # seconds that the job waits for those on their way
_KIND = f"application/{SET_TYPE}"
_log = structlog.get_logger("signals")


class Courier:
    """One process's way out for sets; threads start with the first of them, so also after a fork."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[str, Future[int]] = {}

    def look(self) -> None:
        """Give every stream with something due a thread, unless it has one; returns at once.

        Nothing is sent to a client that was switched off or may hear no more; what it is owed waits for its end.
        """
        context, clients = self._context, self._context.part(Provider).clients
        with context.database.connection() as connection:
            due = connection.execute(STREAMS_WITH_DUE, {"now": context.clock.now()}).all()
        listening = [row.id for row in due if listens(clients.find(row.client_id))]
        with self._lock:
            for stream_id in listening:
                self._pool = self._pool or ThreadPoolExecutor(_THREADS, "signals")
                if stream_id not in self._under_way or self._under_way[stream_id].done():
                    self._under_way[stream_id] = self._pool.submit(self._carry, stream_id)

    def settled(self, seconds: float) -> int:
        """Wait for those under way, at most so long; return how many sets they have settled meanwhile."""
        with self._lock:
            waited_for = dict(self._under_way)
        done, _ = wait(waited_for.values(), timeout=seconds)
        with self._lock:
            for stream_id, carried in waited_for.items():
                if carried in done and self._under_way.get(stream_id) is carried:
                    del self._under_way[stream_id]
        return sum(carried.result() for carried in done)

    def _carry(self, stream_id: str) -> int:
        over = 0
        for _ in range(_AT_A_STRETCH):
            attempt = self._next(stream_id)
            if attempt is None or self._attempt(attempt) is Outcome.AWAY:
                break
            over += 1
        return over

    def _next(self, stream_id: str) -> Attempt | None:
        with self._context.database.connection() as connection:
            due = attempts.head_due(connection, stream_id, self._context.clock.now())
        if due is None:
            return None
        with self._context.transaction() as work:
            return attempts.take(work, due)

    def _attempt(self, attempt: Attempt) -> Outcome:
        try:
            outcome, why = self._post(attempt)
        except Unreachable as unreachable:
            outcome, why = Outcome.AWAY, str(unreachable)
        except Exception as error:  # noqa: BLE001 - what stopped it is noted, or it would be tried without an end
            outcome, why = Outcome.AWAY, type(error).__name__
        with self._context.transaction() as work:
            attempts.note(work, attempt, outcome, why)
        if outcome is not Outcome.TAKEN:
            _log.warning("set_not_taken", stream=attempt.stream_id, attempt=attempt.number, why=why)
        return outcome

    def _post(self, attempt: Attempt) -> tuple[Outcome, str]:
        provider = self._context.part(Provider)
        with self._context.reading() as session:
            stream = session.get(SignalStream, attempt.stream_id)
        if stream is None or stream.endpoint is None:
            return Outcome.AWAY, "the stream has no address any more"
        header = provider.box.decrypt(stream.authorization) if stream.authorization else None
        status, body = provider.fetcher.post_token(stream.endpoint, attempt.token, _KIND, header)
        code = schedule.named(_error_of(body)) if status == 400 else None
        return schedule.judged(status, code), f"answered {status}{f' {code}' if code else ''}"


def _error_of(body: bytes) -> object:
    try:
        told = orjson.loads(body)
    except ValueError:
        return None
    return told.get("err") if isinstance(told, dict) else None


def _send(context: Context) -> int:
    """Job: hand on what is due, and wait a moment for the answers."""
    courier = context.part(Courier)
    courier.look()
    return courier.settled(_PATIENCE)


def _owed(session: Session) -> bool:
    """Whether a push is owed to anybody: where nobody has such a stream, the job costs one look a second."""
    return session.execute(ANY_TO_PUSH).first() is not None


JOBS = (Job("push-signals", timedelta(0), _send, _owed),)
