"""The one guarded fetcher: GET some JSON, POST a form or a token, to an address that a client gave us (threat 12).

No redirects are followed, no proxy of the environment is used, no cookie is kept, at most 64 KiB are read, and after
five seconds in all a call is over. Whoever has several things for one address keeps the connection while that takes.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import httpcore
import orjson

from identity.oidc.outbound.addresses import Place, place_of
from identity.oidc.outbound.network import Deadline, GuardedNetwork, Resolve, Unreachable

__all__ = ["Fetcher", "Line", "Said", "Unreachable"]

LARGEST = 64 * 1024  # bytes of an answer
_READ = (200, 400)  # a 400 may say what was wrong
LONGEST = 5.0  # seconds from resolving to the last byte
_AGENT = "Gatehouse"


@dataclass(frozen=True)
class Said:
    """What the other side said: `body` of a 200 or a 400, `retry_after` as it came (RFC 9110 §10.2.3)."""

    status: int
    body: bytes
    retry_after: str | None


class Fetcher:
    """Shared by all threads of a process; keeps no connection between calls."""

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
        seconds: float = LONGEST,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        """`allow_loopback` is for the local run, where apps live on this machine; `tls` for other authorities."""
        self.allow_loopback = allow_loopback
        self._resolve = resolve or _Resolver()
        self._given_tls = tls
        self._seconds = seconds
        self._tick = tick

    def get_json(self, url: str) -> Any:
        """Return the JSON behind an address; raises Unreachable where it answers anything but 200 with JSON."""
        with self.line() as line:
            said = line.call("GET", url, {"Accept": "application/json", "Connection": "close"}, None)
        if said.status != 200:
            raise Unreachable(f"it answers {said.status}")
        try:
            return orjson.loads(said.body)
        except ValueError as error:
            raise Unreachable("its answer is not JSON") from error

    @contextmanager
    def line(self) -> Iterator["Line"]:
        """Give a line for the calls of one thread; what it keeps open is closed with it."""
        made = Line(self)
        try:
            yield made
        finally:
            made.close()

    def pool(self, scheme: str, deadline: Deadline) -> httpcore.ConnectionPool:
        """Return a way out for one connection at a time, which observes whatever end `deadline` has then."""
        return httpcore.ConnectionPool(
            ssl_context=self._tls if scheme == "https" else None,
            max_connections=1,
            network_backend=GuardedNetwork(self._resolve, deadline, allow_loopback=self.allow_loopback),
        )

    def deadline(self) -> Deadline:
        """Return the end of a call that begins now."""
        return Deadline(self._tick, self._seconds)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Reading the authorities takes a tenth of a second, and most processes never call anybody.
        return self._given_tls or httpcore.default_ssl_context()


class Line:
    """Calls one after the other, over one connection where they go to one place: `Fetcher.line` makes it.

    The address that a name led to was looked at when the connection was made; a kept one leads to no other.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._deadline = fetcher.deadline()
        self._pools: dict[str, httpcore.ConnectionPool] = {}

    def post_form(self, url: str, fields: Mapping[str, str]) -> Said:
        """Send a form; raises Unreachable where no answer comes."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.call("POST", url, headers, urlencode(fields).encode())

    def post_token(self, url: str, token: str, content_type: str, authorization: str | None) -> Said:
        """Send a token by itself (RFC 8935 §2.1); the body of a 400 says why.

        `authorization` is the header that the receiver wants to see. Raises Unreachable where no answer comes.
        """
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        headers |= {"Authorization": authorization} if authorization else {}
        return self.call("POST", url, headers, token.encode("ascii"))

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Said:
        """Return what is said within five seconds; raises Unreachable with the reason in our words."""
        self._deadline.restart()
        try:
            place = place_of(url, allow_loopback=self._fetcher.allow_loopback)
            if place.scheme not in self._pools:
                self._pools[place.scheme] = self._fetcher.pool(place.scheme, self._deadline)
            return _exchange(self._pools[place.scheme], method, place, headers, body)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise Unreachable("it took too long") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unreachable(_in_words(error)) from error
        except ValueError as error:
            raise Unreachable(str(error)) from error

    def close(self) -> None:
        """Let go of what is still open."""
        for pool in self._pools.values():
            pool.close()


def _exchange(
    pool: httpcore.ConnectionPool, method: str, place: Place, headers: Mapping[str, str], body: bytes | None
) -> Said:
    url = httpcore.URL(
        scheme=place.scheme.encode(), host=place.host.encode(), port=place.port, target=place.target.encode()
    )
    sent = [("User-Agent", _AGENT), ("Accept-Encoding", "identity"), *headers.items()]
    with pool.stream(method, url, headers=sent, content=body) as response:
        # A connection can be kept where the whole answer was read; an answer that says it is empty costs no time.
        wanted = response.status in _READ or _says_nothing(response)
        return Said(response.status, _limited(response) if wanted else b"", _header(response, b"retry-after"))


def _says_nothing(response: httpcore.Response) -> bool:
    return response.status == 204 or _header(response, b"content-length") == "0"


def _header(response: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), None)


def _limited(response: httpcore.Response) -> bytes:
    received = bytearray()
    for part in response.iter_stream():
        received += part
        if len(received) > LARGEST:
            raise Unreachable(f"its answer is larger than {LARGEST} bytes")
    return bytes(received)


def _in_words(error: Exception) -> str:
    if isinstance(error.__context__, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return "its certificate is not good for this name"
    return "it does not answer as HTTP should" if isinstance(error, httpcore.ProtocolError) else "it does not answer"


class _Resolver:
    """The machine's own resolving, in threads of its own: it takes as long as it likes, and we do not."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(4, "resolve")

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        asked = self._threads.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            return list(dict.fromkeys(str(found[4][0]) for found in asked.result(seconds)))
        except TooLate as error:
            asked.cancel()
            raise Unreachable("its name is not resolved in time") from error
        except OSError as error:
            raise Unreachable("its name is not known") from error
