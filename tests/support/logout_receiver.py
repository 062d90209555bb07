"""An app of somebody else's that takes logout tokens, on a real loopback port: it can be slow, cross, or not there."""

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

EVENT = "http://schemas.openid.net/event/backchannel-logout"
_PATIENCE = 20.0


@dataclass(frozen=True)
class Received:
    """One request as it came."""

    path: str
    content_type: str
    form: dict[str, list[str]]

    @property
    def token(self) -> str:
        """The logout token, which comes alone."""
        assert list(self.form) == ["logout_token"] and len(self.form["logout_token"]) == 1, self.form
        return self.form["logout_token"][0]


class LogoutReceiver:
    """Answers `status` to every POST and keeps what came; `with receiver:` it is up, afterwards nobody listens."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.received: list[Received] = []
        self.came = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.up()

    def __enter__(self) -> "LogoutReceiver":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    @property
    def url(self) -> str:
        """Where it listens, also while it does not."""
        return f"http://127.0.0.1:{self._port}/signed-out?tenant=1"

    @property
    def tokens(self) -> list[str]:
        """Every logout token so far, in the order of arrival."""
        return [one.token for one in self.received]

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


def _handler_of(receiver: LogoutReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            kind = self.headers.get("Content-Type", "")
            receiver.received.append(Received(self.path, kind, parse_qs(body, strict_parsing=True)))
            receiver.came.set()
            receiver.may_answer.wait(_PATIENCE)
            self.send_response(receiver.status)
            self.send_header("Location", receiver.url)  # what a redirect would follow
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen of the tests."""

    return Handler


def validated(token: str, keys: dict[str, Any], issuer: str, client_id: str, now: float) -> dict[str, Any]:
    """Return the claims of a logout token after every step of Back-Channel Logout 1.0 §2.6; fails where one fails."""
    read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES256", "RS256"])  # type: ignore[arg-type]
    claims = read.claims
    assert read.header["typ"] == "logout+jwt"
    assert (claims["iss"], claims["aud"]) == (issuer, client_id)
    assert claims["iat"] <= now < claims["exp"] <= claims["iat"] + 120
    assert claims["sub"] and claims["sid"] and claims["jti"]
    assert claims["events"] == {EVENT: {}}
    assert "nonce" not in claims
    return dict(claims)


def keys_of(http: httpx.Client, origin: str = "") -> dict[str, Any]:
    """Return the provider's public keys, found as an app finds them."""
    found = http.get(f"{origin}/.well-known/openid-configuration").json()
    return dict(http.get(found["jwks_uri"]).json())
