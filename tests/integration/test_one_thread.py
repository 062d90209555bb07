"""The worker that answers where it listens: connections are kept, nobody who is silent holds up who asks.

Whole plain requests are read by `deploy.plain`, all others by gunicorn (decision 0044).
"""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from deploy.servers.debian import free_port
from deploy.servers.process import Process
from deploy.stack.environment import runnable
from deploy.stack.gateway import gateway
from deploy.stack.place import Place
from deploy.stack.table import POOL
from tests.support.throwaway import wait_for

ROOT = Path(__file__).parents[2]
APP = """
def app(environ, start_response):
    body = environ["wsgi.input"].read() if environ["PATH_INFO"] == "/echo" else environ["PATH_INFO"].encode()
    if environ["PATH_INFO"] == "/fails":
        raise RuntimeError("as it happens")
    if environ["PATH_INFO"] in ("/reader", "/oauth/token"):  # gunicorn's own reading offers early hints
        body = b"gunicorn" if "wsgi.early_hints" in environ else b"plain"
    if environ["PATH_INFO"] == "/long":
        body = bytes(5_000_000)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """One process of one thread, under the configuration of every service."""
    with served(free_port()) as found:
        yield found


@contextmanager
def served(port: int) -> Iterator[int]:
    """The echoes, in a worker of one thread."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "echoes.py").write_text(APP)
        words = ["gunicorn", "--config", "python:deploy.gunicorn_conf", "--bind", f"127.0.0.1:{port}", "echoes:app"]
        variables = {"WEB_THREADS": "1", "WEB_CONCURRENCY": "1", "PYTHONPATH": f"{ROOT}:{folder}"}
        process = Process("one-thread", runnable(words), folder, variables)
        process.start()
        wait_for(lambda: process.fail_if_ended() or answers(port), 10)
        yield port
        process.stop()
        assert "deploy.one_thread" in process.log.read_text()


def answers(port: int, path: str = "/") -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 200
    except httpx.ConnectError:
        return False


def test_a_connection_is_kept_for_many_requests(port: int) -> None:
    """As the gateway keeps its connections; bodies come back whole, however long."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    local = set()
    for size in (0, 1, 70_000, 3):
        connection.request("POST", "/echo", b"x" * size)
        assert connection.getresponse().read() == b"x" * size
        local.add(connection.sock.getsockname())
    connection.close()
    assert len(local) == 1


def test_who_connects_and_says_nothing_holds_up_nobody(port: int) -> None:
    """Twenty silent connections, and one that asks."""
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    assert httpx.get(f"http://127.0.0.1:{port}/asked", timeout=2).text == "/asked"
    silent[7].sendall(b"GET /late HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    silent[7].settimeout(2)
    assert whole(silent[7]).endswith(b"/late")
    for one in silent:
        one.close()


def test_requests_behind_one_another_are_answered_in_order(port: int) -> None:
    """A hundred in one packet: none is lost, and they do not pile up inside each other."""
    asked = b"".join(b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n" % number for number in range(100))
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(asked + b"GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        told = whole(connection)
    bodies = [part.split(b"\r\n\r\n", 1)[1] for part in told.split(b"HTTP/1.1 200 OK")[1:]]
    assert bodies == [*(b"/%d" % number for number in range(100)), b"/last"]


def test_after_a_fault_and_after_one_who_left_the_next_is_answered(port: int) -> None:
    """A view that raises, a head that is no HTTP, a connection reset while it is answered."""
    assert httpx.get(f"http://127.0.0.1:{port}/fails").status_code == 500
    for nonsense in (b"\x00\x01\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET / HT"):
        left = socket.create_connection(("127.0.0.1", port))
        left.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        left.sendall(nonsense)
        left.close()
        assert httpx.get(f"http://127.0.0.1:{port}/next", timeout=2).text == "/next"


READER = b"GET /reader HTTP/1.1\r\nHost: h\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"


@pytest.fixture
def kept(port: int) -> Iterator[socket.socket]:
    """A connection that has been heard before."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        assert asked(connection, READER + b"\r\n") == b"gunicorn"
        yield connection


def asked(connection: socket.socket, *pieces: bytes) -> bytes:
    """The body that comes back; the pieces are sent one after the other, each as a packet of its own."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for piece in pieces:
        connection.sendall(piece)
    head, _, body = connection.recv(65536).partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return body


def test_plain_requests_and_all_others_take_turns_on_one_connection(kept: socket.socket) -> None:
    """Each is read by whom it is for, and nothing is lost between the two."""
    unusual = READER + b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(3):
        assert asked(kept, READER + b"\r\n") == b"plain"
        assert asked(kept, READER + b"X_Odd: 1\r\n\r\n") == b"gunicorn"
        assert asked(kept, b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody") == b"body"
    kept.sendall(unusual + b"0\r\n\r\n")
    assert kept.recv(65536).startswith(b"HTTP/1.1 100 Continue")


def test_a_request_in_two_packets_is_whole(kept: socket.socket) -> None:
    """Its head without its body, its body in halves: gunicorn waits for the rest."""
    head = b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n"
    assert asked(kept, head, b"in t", b"wo 1") == b"in two 1"
    assert asked(kept, head[:30], head[30:] + b"in two 2") == b"in two 2"
    assert asked(kept, READER + b"\r\n") == b"plain"


def test_what_stands_behind_a_plain_request_is_answered_after_it(kept: socket.socket) -> None:
    """A request behind another, and the last one ends the connection."""
    kept.sendall(READER + b"\r\n" + READER + b"\r\n" + LAST)
    assert [part.split(b"\r\n\r\n")[1] for part in whole(kept).split(b"HTTP/1.1 200 OK")[1:]][2] == b"/last"


def test_a_long_answer_reaches_a_slow_reader(kept: socket.socket) -> None:
    """Five megabytes, more than any buffer holds."""
    assert asked(kept, b"GET /long HTTP/1.1\r\nHost: h\r\n\r\n") == bytes(5_000_000)
    assert asked(kept, READER + b"\r\n") == b"plain"


def test_a_fault_is_told_and_ends_the_connection(kept: socket.socket, port: int) -> None:
    """As gunicorn does, for a plain request too; the worker goes on."""
    kept.sendall(b"GET /fails HTTP/1.1\r\nHost: h\r\n\r\n")
    told = whole(kept)
    assert told.startswith(b"HTTP/1.1 500") and b"as it happens" not in told
    assert answers(port)


def test_who_left_is_forgotten(port: int) -> None:
    """More connections than a worker keeps, one after the other, each ended by its owner after it was answered."""
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            assert asked(connection, READER + b"\r\n") == b"gunicorn"
            assert asked(connection, READER + b"\r\n") == b"plain"
    assert answers(port)


@pytest.mark.stack
def test_what_comes_through_the_gateway_is_plain() -> None:
    """With the fields that nginx adds, and with a body: else the quick way would be there for the bench alone."""
    with tempfile.TemporaryDirectory(prefix="gatehouse-plain-") as name:
        place = Place.at(Path(name), "127.0.0.1", free_port())
        place.folder.chmod(0o711)
        process = gateway(place)
        process.start()
        with served(place.ports[POOL]):
            wait_for(lambda: process.fail_if_ended() or answers(place.port, "/oauth/jwks"), 10)
            address = f"http://127.0.0.1:{place.port}/oauth/token"
            readers = [httpx.post(address, data={"grant_type": "none"}).text for _ in range(3)]
            process.stop()  # first: a worker that ends waits a moment for connections that are kept
    assert readers[1:] == ["plain", "plain"]


def whole(connection: socket.socket) -> bytes:
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found
