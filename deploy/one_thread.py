"""A gunicorn worker that answers where it listens: `gthread` for one thread, without a second one to hand work to.

`gthread` passes each request to a pool of threads and is told by a pipe when it is answered. With one thread in the
pool that is two threads that take turns: nothing runs sooner for it, and the passing costs as much as the answer to
what programs ask all the time. Kept-alive connections, limits and the way it ends stay those of `gthread`.
"""

import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from socket import IPPROTO_TCP, TCP_CORK
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker


class OneThreadWorker(ThreadWorker):  # type: ignore[misc]
    """One request after the other. Whoever asks it must send whole requests, as the gateway does."""

    _answering = False

    def enqueue_req(self, conn: TConn) -> None:
        """Answer what a connection asks, as soon as it has begun to ask."""
        if not conn.initialized and not conn.data_ready:
            self._await(conn)
        elif self._answering:  # what was read behind a request is another request: later, or they would pile up
            self.method_queue.defer(self.enqueue_req, conn)
        else:
            self._answer(conn)

    def _await(self, conn: TConn) -> None:
        """A new connection may stay silent: it waits among those that are watched, and nobody waits for it."""
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _answer(self, conn: TConn) -> None:
        self._answering = True
        try:
            answered: Future[Any] = Future()
            _hold_back(conn, 1)  # head and body are written one after the other, and leave together
            answered.set_result(self.handle(conn))
            _hold_back(conn, 0)
            self.finish_request(conn, answered)
        finally:
            self._answering = False


def _hold_back(conn: TConn, on: int) -> None:
    with suppress(OSError):  # the other side has gone; whoever writes to it is told
        conn.sock.setsockopt(IPPROTO_TCP, TCP_CORK, on)
