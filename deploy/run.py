"""`make run`: the suite in one process with the demo in it, the portal beside it, and a list of where to go."""

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import waitress

from deploy import demo
from deploy.allinone import Suite, build
from shared.observability import configure_logs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def main() -> None:
    """Run the suite until interrupted."""
    began = time.monotonic()
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
    public_url = os.environ.get("PUBLIC_URL") or f"http://localhost:{port}"
    if not _is_free(host, port):
        raise SystemExit(f"Port {port} is taken. Choose another: PORT={port + 100} make run")
    portal_port = port + 1 if _is_free(host, port + 1) else _any_port(host)
    portal_url = f"http://localhost:{portal_port}"
    folder = Path("var")
    configure_logs("gatehouse", os.environ.get("LOG_LEVEL", "warning"))
    suite = build(folder, public_url, portal_url)
    demo.seed(suite)
    (folder / "demo.json").write_text(json.dumps(suite.facts, indent=1))
    stop = threading.Event()
    suite.start(stop)
    _serve(suite.portal, host, portal_port)
    server = waitress.create_server(
        _Canonical(suite.wsgi, public_url),
        host=host,
        port=port,
        threads=8,
        ident="gatehouse",
        clear_untrusted_proxy_headers=True,
    )
    _tell(suite, time.monotonic() - began)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        stop.set()


class _Canonical:
    """Sends a browser that came by another name (127.0.0.1, say) to the public origin, where cookies and issuer fit."""

    def __init__(self, app: "WSGIApplication", public_url: str) -> None:
        self._app = app
        self._public_url = public_url
        self._host = public_url.split("://", 1)[1]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        wants_page = "text/html" in str(environ.get("HTTP_ACCEPT", "")) and environ["REQUEST_METHOD"] == "GET"
        if wants_page and environ.get("HTTP_HOST") != self._host:
            query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
            # Quoted again: a line break that came as %0A must not become one of this answer's header.
            path = quote(str(environ["PATH_INFO"]), encoding="latin-1")
            headers = [("Location", f"{self._public_url}{path}{query}"), ("Cache-Control", "no-store")]
            start_response("307 Temporary Redirect", headers)
            return [b""]
        return self._app(environ, start_response)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _is_free(host: str, port: int) -> bool:
    """Whether somebody could listen there; asked the way the server will, or a port left a moment ago looks taken."""
    with socket.socket(_family(host)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


def _any_port(host: str) -> int:
    with socket.socket(_family(host)) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _serve(app: "WSGIApplication", host: str, port: int) -> None:
    server = waitress.create_server(app, host=host, port=port, threads=4, ident="portal")
    threading.Thread(target=server.run, name="portal", daemon=True).start()


def _tell(suite: Suite, seconds: float) -> None:
    say = sys.stdout.write
    say(f"\nGatehouse is ready after {seconds:.1f} s (data in {suite.folder}/, `make reset` clears it)\n\n")
    pages = {
        "Everything": f"{suite.public_url}/dev",
        "Register": f"{suite.public_url}/register",
        "Sample portal": suite.portal_url,
        "Access manager": f"{suite.public_url}/manage",
        "Support desk": f"{suite.public_url}/desk",
        "Operators": f"{suite.public_url}/admin",
        "Opening hours": f"{suite.public_url}/status",
        "Mail and texts": f"{suite.public_url}/dev/messages",
    }
    for name, address in pages.items():
        say(f"  {name:<16} {address}\n")
    say("\n  user ID            password                   role             one-time code\n")
    for person in (*suite.facts["people"], *suite.facts["auditors"]):
        code = "see /dev" if person["totp_secret"] else "-"
        say(f"  {person['user_id']:<18} {person['password']:<26} {person['role']:<16} {code}\n")
    say("\nCtrl-C ends it.\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
