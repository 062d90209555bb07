"""What leaves in one piece is, byte for byte, what gunicorn would have sent in several."""

import re
import socket
from collections.abc import Iterable

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidResponseHeader, InvalidResponseHeaderName
from gunicorn.http.wsgi import Response

from deploy.plain.answer import Whole
from deploy.plain.asked import Asked, read

Fields = list[tuple[str, str]]
TEXT = [("Content-Type", "text/plain"), ("Content-Length", "5")]
ANSWERS: dict[str, tuple[str, Fields, list[bytes]]] = {
    "whole": ("200 OK", [*TEXT, ("X-Request-ID", "req_1"), ("Set-Cookie", "a=b"), ("Set-Cookie", "c=d")], [b"whole"]),
    "in pieces": ("200 OK", TEXT, [b"in ", b"", b"two"]),
    "longer than it says": ("200 OK", TEXT, [b"longer"]),
    "of no known length": ("200 OK", [("Content-Type", "text/plain")], [b"one", b"two"]),
    "empty": ("200 OK", [("Content-Length", "0")], [b""]),
    "nothing at all": ("200 OK", [("Content-Length", "0")], []),
    "no content": ("204 No Content", [("X-Word", "a")], []),
    "not modified": ("304 Not Modified", [("ETag", '"a"')], [b""]),
    "refused": ("401 Unauthorized", [*TEXT, ("WWW-Authenticate", 'Basic realm="a"')], [b"no :("]),
    "beyond ASCII": ("200 OK", [*TEXT, ("X-Word", "ma\xf1ana")], [b"whole"]),
    "of hops": ("200 OK", [*TEXT, ("Connection", "close"), ("Keep-Alive", "x")], [b"whole"]),
}


def sent(kind: type[Response], status: str, fields: Fields, pieces: Iterable[bytes]) -> bytes:
    """What goes over the wire, with the same date."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        answer = kind(plain(), ours, Config())
        answer.start_response(status, fields)
        for piece in pieces:
            answer.write(piece)
        answer.close()
        ours.shutdown(socket.SHUT_WR)
        found = b"".join(iter(lambda: theirs.recv(65536), b""))
    return re.sub(rb"\r\nDate: [^\r]+ GMT\r\n", b"\r\nDate: now\r\n", found)


def plain() -> Asked:
    """A plain request."""
    asked = read(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", {}, {})
    assert asked is not None
    return asked


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_the_same_to_the_byte(name: str) -> None:
    """Whatever its status, its fields and the number of its pieces."""
    assert sent(Whole, *ANSWERS[name]) == sent(Response, *ANSWERS[name])
    assert b"Date: now" in sent(Whole, *ANSWERS[name])


def test_a_whole_answer_is_one_write() -> None:
    """Head and body in one packet: a reader that has seen one has seen all."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # keeps the writes apart
    with ours, theirs:
        answer = Whole(plain(), ours, Config())
        answer.start_response("200 OK", TEXT)
        answer.write(b"whole")
        assert theirs.recv(65536).endswith(b"\r\n\r\nwhole")


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b=c", "a\nb", "a\rb", "a\x00", "a\x7f", "snow\u2603"])
def test_a_value_that_would_end_its_field_is_not_sent(value: str) -> None:
    """Response splitting (ASVS 1.2.1): nothing leaves at all."""
    with pytest.raises(InvalidResponseHeader):
        sent(Whole, "200 OK", [*TEXT, ("Location", value)], [b"whole"])


@pytest.mark.parametrize("name", ["", "X Word", "X\r\nY", "X:"])
def test_a_name_that_is_none_is_not_sent(name: str) -> None:
    """The same for names, though nobody else chooses them."""
    with pytest.raises(InvalidResponseHeaderName):
        sent(Whole, "200 OK", [(name, "a")], [b""])
