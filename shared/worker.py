"""The worker of a service: relay, consumer, notices and jobs, each in a thread of its own.

Every piece survives its neighbours' faults: it waits and tries again, and what it moves is claimed by guarded
statements, so that two workers at once do everything once.
"""

import os
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from shared.events.relay import Relay
from shared.events.transport import Publisher
from shared.jobs import run_jobs, run_what_people_wait_for
from shared.notices.sender import Sender
from shared.notices.transport import NoticeTransport
from shared.service import Context

_SEND_EVERY = 0.3  # seconds; a person waits for the code on the next page
_JOBS_EVERY = 1.0
_LONGEST_PAUSE = 10.0
_log = structlog.get_logger("worker")


class Consumer(Protocol):
    """What feeds the inbox from outside the process."""

    def run(self, stop: threading.Event) -> None:
        """Consume until told to stop."""
        ...


class Worker:
    """Everything that a service does besides answering requests."""

    def __init__(
        self,
        context: Context,
        publisher: Publisher,
        consumer: Consumer | None,
        ways_out: Mapping[str, NoticeTransport],
    ) -> None:
        """`consumer` is None where the transport delivers by itself (in one process)."""
        self._context = context
        self._owner = f"{socket.gethostname()}:{os.getpid()}"
        self._consumer = consumer
        self._threads: list[threading.Thread] = []
        self.relay = Relay(context.database, publisher, context.bell)
        self.sender = Sender(context.database, context.clock, ways_out, self._owner)

    def jobs(self) -> int:
        """Run the jobs that are due; return how many items they moved."""
        return run_jobs(self._context, self._owner)

    def start(self, stop: threading.Event) -> None:
        """Start the threads; they end soon after `stop` is set."""
        self._start("relay", lambda: self.relay.run(stop))
        self._start("notices", lambda: _repeat(self.sender.run_once, _SEND_EVERY, stop))
        self._start("jobs", lambda: _repeat(self.jobs, _JOBS_EVERY, stop))
        if self._consumer is not None:
            consumer = self._consumer
            self._start("consumer", lambda: consumer.run(stop))

    @property
    def alive(self) -> bool:
        """True while every thread works; one ends early only by a fault that nobody foresaw."""
        return all(thread.is_alive() for thread in self._threads)

    def join(self, seconds: float = 20) -> None:
        """Wait for the threads to end."""
        for thread in self._threads:
            thread.join(seconds)

    def settle(self) -> int:
        """Do everything that waits right now, once: for tests and the start of the local run."""
        answered = run_what_people_wait_for(self._context, self._owner)
        return answered + self.relay.drain() + self.sender.run_once()

    def _start(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=f"{self._context.service.name}-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()


def _repeat(step: Callable[[], int], every: float, stop: threading.Event) -> None:
    failures = 0
    while not stop.is_set():
        try:
            moved = step()
            failures = 0
        except Exception as error:  # noqa: BLE001 - a database away, say: the next round tries again
            _log.warning("worker waits", error=type(error).__name__, failures=failures)
            moved, failures = 0, failures + 1
        if not moved:
            stop.wait(min(_LONGEST_PAUSE, every * 2 ** min(failures, 8)))
