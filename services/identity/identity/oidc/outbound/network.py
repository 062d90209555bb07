"""Connecting: the name is resolved here, once, and the connection goes to the very addresses that were looked at.

A check before the call would be worth nothing: between check and connect a name may change its mind (DNS rebinding).
So this is the network that httpcore is given, and there is no other resolving behind it. TLS still checks the name.
"""

import ssl
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address

import httpcore
from httpcore import SOCKET_OPTION

from identity.oidc.outbound.addresses import may_connect

Resolve = Callable[[str, int, float], Sequence[str]]  # host, port, seconds left → addresses as text
_TRIES = 3  # of several addresses of one name


class Unreachable(Exception):
    """The call led to nothing; the reason is in our words, nothing of what the other side sent is in it."""


class Deadline:
    """The end of a call, whatever it is doing. `tick` counts seconds and never goes back."""

    def __init__(self, tick: Callable[[], float], seconds: float) -> None:
        self._tick = tick
        self._seconds = seconds
        self.restart()

    def restart(self) -> None:
        """Begin anew, for the next call over the same connection."""
        self._end = self._tick() + self._seconds

    def left(self) -> float:
        """Return the seconds that are left; raises Unreachable where none are."""
        left = self._end - self._tick()
        if left <= 0:
            raise Unreachable("it took too long")
        return left


class GuardedNetwork(httpcore.NetworkBackend):
    """TCP to public addresses only, and never past the deadline."""

    def __init__(self, resolve: Resolve, deadline: Deadline, *, allow_loopback: bool) -> None:
        self._resolve = resolve
        self._deadline = deadline
        self._allow_loopback = allow_loopback
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection; raises Unreachable for an address that may not be called, before anything is sent."""
        found = self._addresses(host, port)
        for number, address in enumerate(found, start=1):
            try:
                stream = self._plain.connect_tcp(address, port, self._deadline.left(), local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(found):
                    raise
        raise Unreachable("the name has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        found = [ip_address(one) for one in self._resolve(host, port, self._deadline.left())]
        # One refused address refuses the name: a name that leads both ways is made to slip through.
        if not all(may_connect(one, allow_loopback=self._allow_loopback) for one in found):
            raise Unreachable("the name leads to an address that is not public")
        return [str(one) for one in found[:_TRIES]]


class _TimedStream(httpcore.NetworkStream):
    """A connection that is given what is left of the time at every step, so that drops of bytes cannot stretch it."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes."""
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes."""
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        """Let go."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on under TLS, with the name checked."""
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        """See httpcore."""
        return self._stream.get_extra_info(info)
