"""Somebody else's address on a real loopback port, to which we send: it can be slow, cross, or not there."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_PATIENCE = 20.0


class Listener(ABC):
    """Answers `status` and `body` to every POST; `with listener:` it is up, afterwards nobody listens.

    Whoever inherits says in `take` what is kept of a request.
    """

    def __init__(self, path: str, status: int, body: bytes = b"") -> None:
        self.status, self.body = status, body
        self.retry_after: str | None = None
        self.came = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._path = path
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    @property
    def url(self) -> str:
        """Where it listens, also while it does not."""
        return f"http://127.0.0.1:{self._port}{self._path}"

    @abstractmethod
    def take(self, path: str, headers: Mapping[str, str], body: str) -> None:
        """Keep what came, before it is answered."""

    def up(self) -> None:
        """Listen, on the same port as before."""
        made = ThreadingHTTPServer(("127.0.0.1", self._port), _handler_of(self))
        made.daemon_threads = True
        self._server, self._port = made, made.server_address[1]
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def down(self) -> None:
        """Stop listening: whoever calls is refused."""
        self.may_answer.set()
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()


def _handler_of(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            listener.take(self.path, dict(self.headers.items()), body)
            listener.came.set()
            listener.may_answer.wait(_PATIENCE)
            self.send_response(listener.status)
            self.send_header("Location", listener.url)  # what a redirect would follow
            if listener.retry_after is not None:
                self.send_header("Retry-After", listener.retry_after)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(listener.body)))
            self.end_headers()
            self.wfile.write(listener.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen of the tests."""

    return Handler
