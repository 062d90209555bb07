"""The payer's end of the directory's look-up: a real HTTP server that keeps to docs/guides/directory.md, or not."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, bytes]


class Payer:
    """What it knows by TIN, what it was asked, and how a test makes it misbehave."""

    def __init__(self) -> None:
        self.url = ""
        self.entries: dict[str, Mapping[str, object]] = {}
        self.asked: list[tuple[str, dict[str, str], object]] = []
        self.answers: Callable[[], Answer] | None = None
        self.drips = 0.0

    def answer(self, tins: list[str]) -> Answer:
        """What the contract says, or what the test wants."""
        if self.answers:
            return self.answers()
        found = [{"tin": tin, **self.entries[tin]} for tin in tins if tin in self.entries]
        return 200, json.dumps({"entries": found}).encode()


@contextmanager
def payer() -> Iterator[Payer]:
    """A payer at an address of this machine."""
    known = Payer()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, content = known.answer(body["tins"])
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status in (301, 302, 307, 308):
                self.send_header("Location", known.url + "/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self._send(content)

        def _send(self, content: bytes) -> None:
            try:
                for start in range(0, len(content), 1 if known.drips else len(content) or 1):
                    self.wfile.write(content[start:] if not known.drips else content[start : start + 1])
                    self.wfile.flush()
                    time.sleep(known.drips)
            except OSError:
                return

        def log_message(self, *_words: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    known.url = f"http://127.0.0.1:{server.server_port}/directory"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
