"""A load on loopback: a closed loop over keep-alive connections, bounded in time, cheap enough to share the cores.

One thread drives all connections through a selector; each sends its next request when the last answer is complete,
so what is measured is the server, not a queue in front of it.
"""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


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


class _Connection:
    def __init__(self, address: tuple[str, int], requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(address, timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._received = b""
        self.began = 0.0

    def send(self) -> None:
        self._received = b""
        self.began = time.perf_counter()
        self.socket.sendall(next(self._requests))

    def receive(self) -> int | None:
        """Read what is there; return the status when the answer is complete."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self._received += piece
        head, separator, body = self._received.partition(b"\r\n\r\n")
        if not separator:
            return None
        status = int(head[9:12])
        return status if len(body) >= _length(head, status) else None


def load(
    address: tuple[str, int], requests: Callable[[int], Iterator[bytes]], *, connections: int, seconds: float
) -> Result:
    """Load `address` for `seconds` over `connections`; `requests(n)` yields the n-th connection's raw requests."""
    result = Result(seconds)
    selector = selectors.DefaultSelector()
    for number in range(connections):
        connection = _Connection(address, requests(number))
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    ends = time.perf_counter() + seconds
    began = time.perf_counter()
    while time.perf_counter() < ends:
        for key, _ in selector.select(timeout=1):
            _step(key.data, result)
    result.seconds = time.perf_counter() - began
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    selector.close()
    return result


def request(method: str, path: str, host: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return a raw HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body or method in {"POST", "PUT"}:
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def _step(connection: _Connection, result: Result) -> None:
    status = connection.receive()
    if status is None:
        return
    result.latencies.append((time.perf_counter() - connection.began) * 1000)
    result.statuses[status] = result.statuses.get(status, 0) + 1
    connection.send()


def _length(head: bytes, status: int) -> int:
    if status in (204, 304):
        return 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    raise ValueError("the answer has no Content-Length; this load generator reads no other kind")
