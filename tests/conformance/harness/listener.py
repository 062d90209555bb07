"""The app of the suite: a loopback listener that notes every request, whatever its address."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_PAGE = b'<!doctype html><html lang="en"><title>App</title><main><h1>Back at the app</h1></main></html>'


@dataclass(frozen=True)
class Arrival:
    """One request that reached the app. `query` and `form` are lists of pairs: repetitions must be seen."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    form: tuple[tuple[str, str], ...]
    headers: dict[str, str]

    @property
    def answer(self) -> dict[str, str]:
        """The parameters, from wherever they came; fails where one stands twice."""
        pairs = [*self.query, *self.form]
        found = dict(pairs)
        assert len(found) == len(pairs), f"a parameter stands twice: {pairs}"
        return found


class Listener:
    """Listens until it is closed."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        arrivals = self.arrivals

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._note("")

            def do_POST(self) -> None:
                self._note(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

            def _note(self, body: str) -> None:
                parts = urlsplit(self.path)
                query, form = (tuple(parse_qsl(text, keep_blank_values=True)) for text in (parts.query, body))
                headers = {name.lower(): value for name, value in self.headers.items()}
                arrivals.append(Arrival(self.command, parts.path, query, form, headers))
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(_PAGE)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(_PAGE)

            def log_message(self, format: str, *args: Any) -> None:
                """Tests read `arrivals`."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    def at(self, address: str) -> list[Arrival]:
        """Return the requests that reached an address of ours, oldest first."""
        return [one for one in list(self.arrivals) if one.path == urlsplit(address).path]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
