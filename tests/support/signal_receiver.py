"""A receiver of shared signals on a real loopback port: it can be slow, cross, or not there (RFC 8935)."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet

_PATIENCE = 20.0
CAEP = "https://schemas.openid.net/secevent/caep/event-type"
RISC = "https://schemas.openid.net/secevent/risc/event-type"
SSF = "https://schemas.openid.net/secevent/ssf/event-type"
ENTITIES = {"admin", "user", "policy", "system"}


@dataclass(frozen=True)
class Pushed:
    """One request as it came."""

    headers: Mapping[str, str]
    token: str


class SignalReceiver:
    """Answers `status` and `body` to every POST and keeps what came; `with receiver:` it is up."""

    def __init__(self, status: int = 202, body: bytes = b"") -> None:
        self.status, self.body = status, body
        self.received: list[Pushed] = []
        self.came = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.up()

    def __enter__(self) -> "SignalReceiver":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.down()

    @property
    def url(self) -> str:
        """Where it listens, also while it does not."""
        return f"http://127.0.0.1:{self._port}/events?tenant=1"

    @property
    def tokens(self) -> list[str]:
        """Every set so far, in the order of arrival."""
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


def _handler_of(receiver: SignalReceiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            receiver.received.append(Pushed(dict(self.headers.items()), body))
            receiver.came.set()
            receiver.may_answer.wait(_PATIENCE)
            self.send_response(receiver.status)
            self.send_header("Location", receiver.url)  # what a redirect would follow
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen of the tests."""

    return Handler


@dataclass(frozen=True)
class Heard:
    """A set that passed every check: its one event by type and content, whom it is about, and all it says."""

    kind: str
    event: Mapping[str, Any]
    subject: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def jti(self) -> str:
        """The identifier of the set."""
        return str(self.claims["jti"])


def validated_set(token: str, keys: Mapping[str, Any], issuer: str, audience: str, now: float) -> Heard:
    """Return a set after each check of RFC 8417, SSF 1.0 §4.1 and the interoperability profile; fails where one does.

    `keys`: the transmitter's public key set. The library is another than the one that signed.
    """
    read = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=["RS256"])  # type: ignore[arg-type]
    claims = read.claims
    assert read.header["typ"] == "secevent+jwt" and read.header["alg"] == "RS256"
    (key,) = [one for one in keys["keys"] if one["kid"] == read.header["kid"]]
    assert len(key["n"]) >= 2048 / 6
    assert (claims["iss"], claims["aud"]) == (issuer, audience)
    assert isinstance(claims["jti"], str) and claims["jti"]
    assert type(claims["iat"]) is int and claims["iat"] <= now
    assert not {"sub", "exp", "nonce", "name", "email", "phone_number", "tin"} & set(claims)
    ((kind, event),) = claims["events"].items()
    _insist_subject(claims["sub_id"], issuer, own=kind.startswith(SSF))
    if kind.startswith(CAEP):
        _insist_caep(event, claims)
    return Heard(kind, event, claims["sub_id"], dict(claims))


def _insist_subject(subject: Mapping[str, Any], issuer: str, *, own: bool) -> None:
    if own:
        assert set(subject) == {"format", "id"} and subject["format"] == "opaque"
        return
    if subject["format"] == "complex":
        assert set(subject) == {"format", "user", "session"}
        assert set(subject["session"]) == {"format", "id"} and subject["session"]["format"] == "opaque"
    person = subject.get("user", subject)
    assert set(person) == {"format", "iss", "sub"}
    assert (person["format"], person["iss"]) == ("iss_sub", issuer)


def _insist_caep(event: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
    """CAEP 1.0 §2: seconds and not milliseconds; known words; reasons by language, never empty."""
    assert type(event["event_timestamp"]) is int and event["event_timestamp"] <= claims["iat"]
    assert event["event_timestamp"] == claims["toe"] and claims["txn"]
    assert event.get("initiating_entity", "system") in ENTITIES
    for name in ("reason_admin", "reason_user"):
        assert set(event[name]) == {"en", "es"} and all(event[name].values())
        assert event[name]["en"] != event[name]["es"]
