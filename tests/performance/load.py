"""A load on loopback: a closed loop over keep-alive connections, bounded in time, cheap enough to share the cores.

One thread drives all connections through a selector; each sends its next request when the last answer is complete,
so what is measured is the server, not a queue in front of it. A talk is a generator: it yields raw requests and is
sent the raw answers, so that it can follow a page flow.
"""

import re
import selectors
import socket
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

Address = tuple[str, int]
Talk = Generator[bytes, bytes, None]
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


@dataclass
class Result:
    """What came back: answers per second, latencies in milliseconds, statuses."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency in milliseconds that `share` of the answers did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0

    def note(self, status: int, milliseconds: float) -> None:
        """Count an answer."""
        self.latencies.append(milliseconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def demand(self, *allowed: int) -> "Result":
        """Return itself; raises RuntimeError where the server answered anything else: errors are no throughput."""
        if not self.latencies or not set(self.statuses) <= set(allowed):
            raise RuntimeError(f"expected only {allowed}, the server answered {self.statuses}")
        return self


class _Connection:
    def __init__(self, address: Address, talk: Talk) -> None:
        self._address = address
        self._talk = talk
        self._next = next(talk)
        self._received = b""
        self.began = 0.0
        self.socket = self._opened()

    def send(self) -> None:
        self._received = b""
        self.began = time.perf_counter()
        self.socket.sendall(self._next)

    def receive(self) -> int | None:
        """Read what is there; return the status when the answer is complete."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self._received += piece
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return None
        status = int(self._received[9:12])
        if len(self._received) - end - 4 < _length(self._received[:end], status):
            return None
        self._next = self._talk.send(self._received)
        return status

    def renew(self) -> bool:
        """Open another connection where the answer ended this one; return whether it did."""
        if not _CLOSES.search(self._received, 0, self._received.find(b"\r\n\r\n")):
            return False
        self.socket.close()
        self.socket = self._opened()
        return True

    def _opened(self) -> socket.socket:
        opened = socket.create_connection(self._address, timeout=10)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened


def load(address: Address, talk: Callable[[int], Talk], *, connections: int, seconds: float) -> Result:
    """Load `address` for `seconds` over `connections`; `talk(n)` is what the n-th connection says."""
    result = Result(seconds)
    selector = selectors.DefaultSelector()
    for number in range(connections):
        connection = _Connection(address, talk(number))
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    began = time.perf_counter()
    ends = began + seconds
    while time.perf_counter() < ends:
        for key, _ in selector.select(timeout=1):
            _step(selector, key.data, result)
    result.seconds = time.perf_counter() - began
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    selector.close()
    return result


def paced(address: Address, raw: bytes, *, connections: int, per_second: float, seconds: float) -> Result:
    """Send one request at a time, `per_second`, over `connections` in turn: what a patient caller sees of a server."""
    result = Result(seconds)
    lines = [_Connection(address, repeated(raw)) for _ in range(connections)]
    began = time.perf_counter()
    for number in range(int(per_second * seconds)):
        time.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        line = lines[number % connections]
        line.send()
        while (status := line.receive()) is None:
            pass
        result.note(status, (time.perf_counter() - line.began) * 1000)
        line.renew()
    result.seconds = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    return result


def repeated(raw: bytes) -> Talk:
    """The talk that always asks the same."""
    while True:
        yield raw


def request(method: str, path: str, host: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return a raw HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method in {"POST", "PUT"}:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _step(selector: selectors.BaseSelector, connection: _Connection, result: Result) -> None:
    status = connection.receive()
    if status is None:
        return
    result.note(status, (time.perf_counter() - connection.began) * 1000)
    ended = connection.socket
    if connection.renew():
        selector.unregister(ended)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    connection.send()


def _length(head: bytes, status: int) -> int:
    if status in (204, 304):
        return 0
    found = _LENGTH.search(head)
    if found is None:
        raise ValueError("the answer has no Content-Length; this load generator reads no other kind")
    return int(found[1])
