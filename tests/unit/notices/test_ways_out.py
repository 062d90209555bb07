"""The ways out: SMTP and HTTP, spoken with servers that listen on this machine."""

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.notices.rows import Notice
from shared.notices.sms import HttpSms
from shared.notices.smtp import SmtpTransport
from shared.notices.transport import NeverError, NotNowError

MAIL = Notice("ntc_1", "email", "ana@example.com", "Señal", "Your code is 123456", 1)
SMS = Notice("ntc_2", "sms", "+15550100", "", "Your code is 123456", 1)
FROM = "Gatehouse <no-reply@gatehouse.example>"


class MailServer(socketserver.ThreadingTCPServer):
    """Enough of RFC 5321 to take one mail or refuse it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, refusals: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.refusals = refusals
        self.lines: list[str] = []


class _MailHandler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        in_data = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            self.server.lines.append(line)
            verb = line.split(" ")[0].upper()
            if in_data:
                in_data = line != "."
                if not in_data:
                    self._say("250 taken")
            elif verb in self.server.refusals:
                self._say(self.server.refusals[verb])
            elif verb == "DATA":
                in_data = True
                self._say("354 go on")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 fine")
            if verb == "QUIT" and not in_data:
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[int]:
    """A server for the length of the block; its port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[index, misc]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send_mail(refusals: dict[str, str], notice: Notice = MAIL, query: str = "") -> list[str]:
    """Send one mail to a server with the given manners; what the server heard."""
    server = MailServer(refusals)
    with serving(server) as port:
        SmtpTransport(f"smtp://127.0.0.1:{port}{query}", FROM).send(notice)
    return server.lines


def test_a_mail_leaves_with_an_id_that_survives_retries() -> None:
    """The receiver can tell a repetition; auto-replies are not asked for."""
    lines = send_mail({})
    assert "rcpt TO:<ana@example.com>" in lines
    assert "Message-ID: <ntc_1@gatehouse.example>" in lines
    assert "Auto-Submitted: auto-generated" in lines
    assert "Your code is 123456" in lines


@pytest.mark.parametrize(
    ("refusals", "kind"),
    [
        ({"RCPT": "550 no such person"}, NeverError),
        ({"RCPT": "451 try later"}, NotNowError),
        ({"MAIL": "552 never"}, NeverError),
        ({"DATA": "421 closing"}, NotNowError),
        ({"DATA": "554 spam"}, NeverError),
    ],
)
def test_a_refusal_is_for_now_or_for_good_as_its_code_says(refusals: dict[str, str], kind: type[Exception]) -> None:
    """RFC 5321 §4.2.1; the reason names neither the receiver nor the text."""
    with pytest.raises(kind) as refusal:
        send_mail(refusals)
    assert "ana" not in str(refusal.value)
    assert "123456" not in str(refusal.value)


def test_no_server_is_for_now() -> None:
    """A closed port is no reason to give a message up."""
    with pytest.raises(NotNowError):
        SmtpTransport("smtp://127.0.0.1:1", FROM).send(MAIL)


def test_required_encryption_is_not_done_without() -> None:
    """A server without STARTTLS gets nothing."""
    with pytest.raises(NotNowError, match="STARTTLS"):
        send_mail({}, query="?starttls=required")


@pytest.mark.parametrize("to", ["ana@example.com\nBcc: eve@example.com", "ana@example.com\r\nSubject: x"])
def test_nobody_adds_headers(to: str) -> None:
    """A line break in an address ends the message for good."""
    with pytest.raises(NeverError):
        send_mail({}, Notice("ntc_1", "email", to, "Subject", "text", 1))


@pytest.mark.parametrize("url", ["mail.example.com", "http://mail.example.com", "smtp://"])
def test_an_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    """Not at the first mail."""
    with pytest.raises(ValueError, match="smtp://host:25"):
        SmtpTransport(url, FROM)


class _Gateway(http.server.BaseHTTPRequestHandler):
    status = 200
    heard: list[tuple[str, dict[str, str]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        _Gateway.heard.append((self.headers["Idempotency-Key"], body))
        self.send_response(_Gateway.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.mark.parametrize(
    ("status", "raised"),
    [(200, None), (202, None), (400, NeverError), (404, NeverError), (302, NotNowError)]
    + [(status, NotNowError) for status in (401, 408, 429, 500, 503)],
)
def test_a_text_message_is_posted_and_judged_by_the_answer(status: int, raised: type[Exception] | None) -> None:
    """Our own faults and the gateway's wait; a refused number does not."""
    _Gateway.status, _Gateway.heard = status, []
    with serving(http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)) as port:
        way_out = HttpSms(f"http://127.0.0.1:{port}/send")
        if raised is None:
            way_out.send(SMS)
        else:
            with pytest.raises(raised) as refusal:
                way_out.send(SMS)
            assert "15550100" not in str(refusal.value)
        way_out.close()
    assert _Gateway.heard == [("ntc_2", {"to": "+15550100", "text": "Your code is 123456", "id": "ntc_2"})]


def test_no_gateway_is_for_now() -> None:
    """A closed port is no reason to give a message up."""
    way_out = HttpSms("http://127.0.0.1:1/")
    with pytest.raises(NotNowError):
        way_out.send(SMS)
    way_out.close()
