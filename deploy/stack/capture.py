"""A mail server and a gateway for text messages that keep what they are given: for trials of the stack and for tests.

Speaks enough SMTP (RFC 5321) for `shared.notices.smtp` and takes the POST of `shared.notices.sms`. Loopback only.
`GET /messages.json?to=` answers as `/dev/messages.json` of the local run does.
"""

import json
import threading
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

_CAPACITY = 2000
_LONGEST_LINE = 65536


class Captured:
    """Both servers, listening; `ways_out` is what the programs of a stack are told."""

    def __init__(self, http_port: int = 0) -> None:
        self._messages: deque[dict[str, Any]] = deque(maxlen=_CAPACITY)
        self._lock = threading.Lock()
        self._smtp = _Smtp(("127.0.0.1", 0), _SmtpTalk)
        self._http = _Http(("127.0.0.1", http_port), _HttpTalk)
        self._smtp.captured = self._http.captured = self
        for server in (self._smtp, self._http):
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()

    @property
    def ways_out(self) -> dict[str, str]:
        """The contents of the secret files `smtp_url` and `sms_url`."""
        return {"smtp_url": f"smtp://127.0.0.1:{self._smtp.server_address[1]}", "sms_url": f"{self.url}/sms"}

    @property
    def url(self) -> str:
        """Where the messages can be read: `/messages.json` below it."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def keep(self, message: Mapping[str, Any]) -> None:
        """Keep one message."""
        with self._lock:
            self._messages.append({**message, "sent_at": datetime.now(UTC).isoformat().replace("+00:00", "Z")})

    def to(self, address: str | None = None) -> list[dict[str, Any]]:
        """The messages to an address (all without it), newest first."""
        with self._lock:
            kept = list(self._messages)
        return [message for message in reversed(kept) if address is None or message["to"] == address]

    def close(self) -> None:
        """Stop listening."""
        for server in (self._smtp, self._http):
            server.shutdown()
            server.server_close()


class _Smtp(ThreadingTCPServer):
    daemon_threads = True
    captured: Captured


class _Http(ThreadingHTTPServer):
    captured: Captured


class _SmtpTalk(StreamRequestHandler):
    """One connection of a mail client."""

    def handle(self) -> None:
        self._say("220 captured")
        recipients: list[str] = []
        while line := self.rfile.readline(_LONGEST_LINE).decode("utf-8", "replace").strip():
            verb = line[:4].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
            if verb == "DATA":
                self._say("354 go on")
                self._keep(recipients, self._body())
            if verb in {"DATA", "RSET"}:
                recipients = []
            self._say("250 ok")

    def _body(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(_LONGEST_LINE)) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))  # RFC 5321 §4.5.2: a dot at the start was doubled
        return b"".join(lines)

    def _keep(self, recipients: list[str], body: bytes) -> None:
        mail = message_from_bytes(body, policy=policy.default)
        text = mail.get_body(("plain",))
        message = {
            "id": str(mail["Message-ID"]).strip("<>").partition("@")[0],
            "channel": "email",
            "subject": str(mail["Subject"]),
            "text": text.get_content() if text else "",
        }
        for recipient in recipients:
            cast("_Smtp", self.server).captured.keep({**message, "to": recipient})

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _HttpTalk(BaseHTTPRequestHandler):
    """The gateway for text messages, and the window through which both kinds are read."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        message = {"id": given.get("id", ""), "channel": "sms", "to": given["to"], "subject": "", "text": given["text"]}
        cast("_Http", self.server).captured.keep(message)
        self._answer(202, {})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path not in {"/", "/messages.json"}:
            self._answer(404, {})
            return
        wanted = parse_qs(parts.query).get("to")
        self._answer(200, cast("_Http", self.server).captured.to(wanted[0] if wanted else None))

    def log_message(self, format: str, *args: object) -> None:
        """Messages carry codes: nothing is logged."""

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body, indent=1).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
