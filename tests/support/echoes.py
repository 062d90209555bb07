"""Stand-ins for whatever stands behind a proxy: each answers with what has arrived."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast


class Echo(BaseHTTPRequestHandler):
    """Answers with what has arrived."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Tell it as JSON."""
        length = int(self.headers.get("Content-Length") or 0)
        got = {"service": cast("Echoes", self.server).name, "path": self.path, "size": len(self.rfile.read(length))}
        body = json.dumps({**got, "headers": {name.lower(): value for name, value in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test says what matters."""


class Echoes(ThreadingHTTPServer):
    """The echo that stands in a service's place."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), Echo)
        self.name = name
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def end(self) -> None:
        """Stop answering."""
        self.shutdown()
        self.server_close()
