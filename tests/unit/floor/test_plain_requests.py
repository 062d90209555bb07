"""What the worker of one thread reads by itself is read by gunicorn in the same way, to the byte; the rest is left."""

from io import BytesIO
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from gunicorn.http.wsgi import create
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy import gunicorn_conf
from deploy.plain.asked import LARGEST, read

SECURE = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_PROTOCOL": "ssl", "HTTP_X_FORWARDED_SSL": "on"}
HERE, SOMEBODY = ("127.0.0.1", 8000), ("127.0.0.1", 40000)
BASE: dict[str, Any] = {
    "wsgi.url_scheme": "http",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": SOMEBODY[0],
    "REMOTE_PORT": str(SOMEBODY[1]),
    "SERVER_NAME": HERE[0],
    "SERVER_PORT": str(HERE[1]),
    "SCRIPT_NAME": "",
}
# As nginx sends it (deploy/gateway/nginx.conf).
FROM_THE_GATEWAY = (
    b"POST /oauth/introspect HTTP/1.1\r\nHost: id.example\r\nX-Request-ID: 0f3c\r\nX-Forwarded-For: 203.0.113.9\r\n"
    b"X-Forwarded-Proto: https\r\nContent-Length: 9\r\nUser-Agent: curl/8 (x; y)\r\nAccept: */*\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ntoken=abc"
)
LEFT_TO_GUNICORN = {
    "a length and chunks": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0",
    "chunks": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks behind a space": b"POST / HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
    "two lengths in one": b"POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\nx",
    "a length with a sign": b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx",
    "less than it says": b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nx",
    "more than it says": b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nx",
    "another behind it": b"GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "half a head": b"GET / HTTP/1.1\r\nHost: h\r\n",
    "nothing": b"",
    "a bare line feed": b"GET / HTTP/1.1\nHost: h\r\n\r\n",
    "a bare line feed in a field": b"GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n",
    "a folded line": b"GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
    "a nul": b"GET / HTTP/1.1\r\nHost: h\x00\r\n\r\n",
    "an underscore": b"GET / HTTP/1.1\r\nX_Forwarded_For: 10.0.0.1\r\n\r\n",
    "an empty name": b"GET / HTTP/1.1\r\n: h\r\n\r\n",
    "no colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "two schemes": b"GET / HTTP/1.1\r\nX-Forwarded-Proto: https\r\nX-Forwarded-SSL: off\r\n\r\n",
    "another method": b"DELETE / HTTP/1.1\r\nHost: h\r\n\r\n",
    "another version": b"GET / HTTP/1.0\r\nHost: h\r\n\r\n",
    "a whole address": b"GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
    "two slashes": b"GET //evil/ HTTP/1.1\r\nHost: h\r\n\r\n",
    "an encoded path": b"GET /%2e%2e/ HTTP/1.1\r\nHost: h\r\n\r\n",
    "a fragment": b"GET /?a#b HTTP/1.1\r\nHost: h\r\n\r\n",
    "a connection that ends": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "another protocol": b"GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n",
    "an expectation": b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
    "a very long field": b"GET / HTTP/1.1\r\nHost: " + b"h" * 8190 + b"\r\n\r\n",
    "very many fields": b"GET / HTTP/1.1\r\n" + b"".join(b"A%d: b\r\n" % number for number in range(65)) + b"\r\n",
    "a large body": b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % LARGEST + b"x" * LARGEST,
}


def configuration() -> Config:
    """That of every service."""
    found = Config()
    for name in ("limit_request_line", "limit_request_fields", "keepalive"):
        found.set(name, getattr(gunicorn_conf, name))
    return found


def by_gunicorn(data: bytes) -> dict[str, Any]:
    """The environ as gunicorn makes it, and `behind`: what it would take for the next request."""
    unreader = IterUnreader([data])
    request = Request(configuration(), unreader, SOMEBODY, 2)
    assert not request.should_close()
    _, environ = create(request, None, SOMEBODY, HERE, configuration())
    return {**environ, "wsgi.input": environ["wsgi.input"].read(), "behind": unreader.read()}


def told(environ: dict[str, Any]) -> dict[str, Any]:
    """What an environ says of the request: text and bytes."""
    return {name: value for name, value in environ.items() if isinstance(value, str | bytes)}


def insist_alike(data: bytes) -> bool:
    """Whether it is plain; if it is, gunicorn reads the same, and nothing behind it."""
    asked = read(data, BASE, SECURE)
    if asked is None:
        return False
    body: BytesIO = asked.environ["wsgi.input"]
    theirs = by_gunicorn(data)
    fixed = {"SERVER_SOFTWARE": theirs["SERVER_SOFTWARE"], "behind": b""}
    assert told({**asked.environ, **fixed, "wsgi.input": body.read()}) == told(theirs)
    return True


def test_what_the_gateway_sends_is_plain() -> None:
    """Else nothing would be won; its scheme counts where the peer is trusted, and nowhere else."""
    assert insist_alike(FROM_THE_GATEWAY)
    strangers = read(FROM_THE_GATEWAY, BASE, {})
    assert strangers is not None
    assert strangers.environ["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize("query", ["", "?", "?a=b&c=%20d", "?u=https://x.example/y?z", '?[a]="b"&;;'])
@pytest.mark.parametrize("path", ["/", "/a", "/.well-known/x-y_z~", "/a//b/../c/"])
def test_an_address_is_read_as_gunicorn_reads_it(path: str, query: str) -> None:
    """Path and query, decoded nowhere."""
    assert insist_alike(f"GET {path}{query} HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\n\r\n".encode())


@pytest.mark.parametrize("name", LEFT_TO_GUNICORN)
def test_what_could_be_read_in_two_ways_is_left(name: str) -> None:
    """Threat 48 (request smuggling): one place judges what is unusual, and it is not this one."""
    assert read(LEFT_TO_GUNICORN[name], BASE, SECURE) is None


PIECES = st.sampled_from(
    [b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"\x00", b"\x0b", b"\x7f", b"\x80", b"_", b"/", b"//", b"?", b"#",
     b"%41", b"0", b"9", b",", b"Content-Length: 9\r\n", b"Content-Length: 0\r\n", b"Transfer-Encoding: chunked\r\n",
     b"Host: other\r\n", b"X-Forwarded-Proto: http\r\n", b"Connection: close\r\n", b"Connection: keep-alive\r\n",
     b"Expect: 100-continue\r\n", b"Range:bytes=0-\r\n", b"X-Empty:\r\n", b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.0"]
)  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.lists(st.tuples(st.integers(0, len(FROM_THE_GATEWAY)), st.integers(0, 3), PIECES), max_size=3))
def test_whatever_is_changed_in_a_request_it_is_read_alike_or_left(changes: list[tuple[int, int, bytes]]) -> None:
    """Threat 48: pieces are put in and taken out anywhere, and never do the two readers disagree."""
    data = FROM_THE_GATEWAY
    for at, gone, piece in changes:
        data = data[:at] + piece + data[at + gone :]
    insist_alike(data)


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES, max_size=6))
def test_fields_that_are_added_are_read_alike_or_left(fields: list[bytes]) -> None:
    """Threat 48: between the first line and the body."""
    first, rest = FROM_THE_GATEWAY.split(b"\r\n", 1)
    insist_alike(first + b"\r\n" + b"".join(fields) + rest)


def test_names_that_strangers_make_up_fill_no_memory() -> None:
    """A thousand of them, each read as every other."""
    for number in range(1000):
        assert insist_alike(b"GET / HTTP/1.1\r\nX-Made-Up-%d: yes\r\n\r\n" % number)
