"""The worker that answers where it listens: connections are kept, nobody who is silent holds up who asks."""

import socket
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from deploy.servers.debian import free_port
from deploy.servers.process import Process
from deploy.stack.environment import runnable
from tests.support.throwaway import wait_for

ROOT = Path(__file__).parents[2]
APP = """
def app(environ, start_response):
    body = environ["wsgi.input"].read() if environ["PATH_INFO"] == "/echo" else environ["PATH_INFO"].encode()
    if environ["PATH_INFO"] == "/fails":
        raise RuntimeError("as it happens")
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """One process of one thread, under the configuration of every service."""
    found = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "echoes.py").write_text(APP)
        words = ["gunicorn", "--config", "python:deploy.gunicorn_conf", "--bind", f"127.0.0.1:{found}", "echoes:app"]
        variables = {"WEB_THREADS": "1", "WEB_CONCURRENCY": "1", "PYTHONPATH": f"{ROOT}:{folder}"}
        process = Process("one-thread", runnable(words), folder, variables)
        process.start()
        wait_for(lambda: process.fail_if_ended() or answers(found), 10)
        yield found
        process.stop()
        assert "deploy.one_thread" in process.log.read_text()


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
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


def whole(connection: socket.socket) -> bytes:
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found
