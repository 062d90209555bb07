"""An answer that leaves in one piece: head and body in one packet, where the body is there as a whole."""

import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from gunicorn import SERVER
from gunicorn.http.errors import InvalidResponseHeaderName
from gunicorn.http.message import TOKEN_RE
from gunicorn.http.wsgi import Response
from gunicorn.util import http_date, is_hoppish

# What a value may hold (RFC 9110 §5.5): everything else could end the field, and begin another (response splitting).
_ALLOWED = bytes((0x09, *range(0x20, 0x7F)))
_names: dict[str, str] = {}  # a field's name as the application writes it → lower case, empty for one that is ours


class Whole(Response):  # type: ignore[misc]
    """gunicorn's answer, checked at once and not field by field; what comes in pieces is written as gunicorn does."""

    headers_sent: bool

    def process_headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Take over the fields; raises gunicorn's errors for what could be read as more than one."""
        kept: list[tuple[str, str]] = []
        for name, value in headers:
            lower = _names.get(name)
            if lower is None:
                lower = _name(name)
            if lower == "content-length":
                self.response_length = int(value)
            if lower:
                kept.append((name, value))
        values = "".join([value for _, value in kept])
        if values.isascii() and not values.encode().translate(None, _ALLOWED):
            self.headers = kept
        else:
            super().process_headers(headers)  # field by field: it says which one, or that all is well

    def write(self, arg: bytes) -> None:
        """Send a piece of the body; with the head, where it is the whole."""
        if self.headers_sent or self._omits_body or type(arg) is not bytes or len(arg) != self.response_length:
            super().write(arg)
            return
        self.headers_sent = True
        self.sent = len(arg)
        ours = ("Server", SERVER), ("Date", _date(int(time.monotonic()))), ("Connection", "keep-alive")
        lines = [f"{name}: {value}\r\n" for name, value in (*ours, *self.headers)]
        self.sock.sendall((f"HTTP/1.1 {self.status}\r\n" + "".join(lines) + "\r\n").encode("latin-1") + arg)


def _name(name: Any) -> str:
    """Names are the application's own, a handful: each is looked at once."""
    if not isinstance(name, str) or not TOKEN_RE.fullmatch(name):
        raise InvalidResponseHeaderName(repr(name))
    _names[name] = "" if is_hoppish(name) else name.lower()
    return _names[name]


@lru_cache(1)
def _date(_second: int) -> str:
    """The field `Date`, written once in a second of the clock that nobody sets."""
    return str(http_date())
