"""A gunicorn worker that answers where it listens: `gthread` for one thread, without a second one to hand work to.

`gthread` passes each request to a pool of threads and is told by a pipe when it is answered. With one thread in the
pool that is two threads that take turns: nothing runs sooner for it, and the passing costs as much as the answer to
what programs ask all the time. A whole request of the plain shape, on a connection that has been heard before, is read
and answered by `deploy.plain`, at a seventh of the price. Kept-alive connections, limits and the way it ends stay those
of `gthread`, and so does the reading of every other request.
"""

import errno
import os
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from socket import IPPROTO_TCP, MSG_DONTWAIT, TCP_CORK
from typing import Any

from gunicorn.http.wsgi import base_environ
from gunicorn.workers.gthread import TConn, ThreadWorker

from deploy.plain.answer import Whole
from deploy.plain.asked import LARGEST, Asked, read

_GONE = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN)


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

    def on_client_socket_readable(self, conn: TConn, client: Any) -> None:
        """Answer a connection that was kept: at once where its request is plain, else as every other."""
        asked = self._plain(conn)
        if asked is None:
            super().on_client_socket_readable(conn, client)
            return
        self.keepalived_conns.remove(conn)
        if self._told(conn, asked):
            conn.set_timeout()
            self.keepalived_conns.append(conn)  # they stand in the order in which they end
        else:
            self.poller.unregister(client)
            self.nr_conns -= 1
            conn.close()  # nothing is left unread, so nothing has to be waited for

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

    def _plain(self, conn: TConn) -> Asked | None:
        """Return the request that has come, or None, with nothing of it lost, where gunicorn has to read it."""
        stays = self.alive and self.nr + 1 < self.max_requests and len(self.keepalived_conns) < self.max_keepalived
        if not stays or not self._may_be_plain(conn):
            return None
        try:
            data = conn.sock.recv(LARGEST + 1, MSG_DONTWAIT)
        except OSError:
            return None
        asked = read(data, conn.environ, conn.schemes)
        if asked is None:
            conn.parser.unreader.unread(data)
        return asked

    def _may_be_plain(self, conn: TConn) -> bool:
        """Whether its requests may be read here; what all of them have in common is put together once."""
        if not hasattr(conn, "environ"):
            usual = not (self.cfg.is_ssl or conn.is_http2 or self.log.access_log_enabled or "SCRIPT_NAME" in os.environ)
            conn.environ = self._environ(conn) if usual and isinstance(conn.server, tuple) else None
            conn.schemes = self._schemes(conn)
        return conn.environ is not None

    def _environ(self, conn: TConn) -> dict[str, Any]:
        (source, from_port), (here, port) = conn.client[:2], conn.server[:2]
        return {
            **base_environ(self.cfg),
            "gunicorn.socket": conn.sock,
            "wsgi.multithread": True,
            "wsgi.url_scheme": "http",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": source,
            "REMOTE_PORT": str(from_port),
            "SERVER_NAME": here,
            "SERVER_PORT": str(port),
            "SCRIPT_NAME": "",
        }

    def _schemes(self, conn: TConn) -> dict[str, str]:
        """Which fields may say that a request came by https: none where the peer is nobody whom gunicorn trusts."""
        told, _ = conn.parser.mesg._peer_trusted_for_forwarded()
        return {"HTTP_" + name.replace("-", "_"): value for name, value in told.items()}

    def _told(self, conn: TConn, asked: Asked) -> bool:
        """Answer a plain request; whether its connection stays."""
        self.nr += 1
        answer = Whole(asked, conn.sock, self.cfg)
        try:
            if conn.sock.gettimeout() == 0:  # the usual way leaves it so; who is slow to take an answer is waited for
                conn.sock.setblocking(True)
            self._write(answer, asked)
        except OSError as error:
            if error.errno not in _GONE:
                self.log.exception("Socket error processing request.")
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the next one is answered
            self._failed(conn, answer, error)
            return False
        return not answer.should_close()

    def _write(self, answer: Whole, asked: Asked) -> None:
        pieces = self.wsgi(asked.environ, answer.start_response)
        try:
            for piece in pieces:
                answer.write(piece)
            answer.close()
        finally:
            if hasattr(pieces, "close"):
                pieces.close()

    def _failed(self, conn: TConn, answer: Whole, error: Exception) -> None:
        if answer.headers_sent:  # a second head in the middle of a body would be part of the body
            self.log.exception("Error handling request")
        else:
            self.handle_error(None, conn.sock, conn.client, error)


def _hold_back(conn: TConn, on: int) -> None:
    with suppress(OSError):  # the other side has gone; whoever writes to it is told
        conn.sock.setsockopt(IPPROTO_TCP, TCP_CORK, on)
