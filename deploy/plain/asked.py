"""Reading a request that is whole, small, and can be read in one way only; pure, and never a guess.

    POST /oauth/introspect HTTP/1.1     GET or POST, an address of plain characters, HTTP/1.1
    Host: id.example                    printable ASCII, every name once, none that frames or upgrades
    Content-Length: 42                  exactly what follows
                                        nothing behind the body

gunicorn's parser asks of every request whether it is one of the hundred others (chunks, folded lines, proxies that
disagree): 40 µs. Whatever is not of this shape is None here and goes to that parser, so there is one place that
refuses, and nothing that is read here could be read otherwise there: tests hold both alike (threat 48).
"""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

Environ = dict[str, Any]
LARGEST = 16 * 1024  # bytes of head and body; whoever sends more is read by gunicorn
_LONGEST_HEAD = 8190  # so no line and no field can be longer than gunicorn allows
_MOST_FIELDS = 64
_LINE = re.compile(r"(GET|POST) ((/(?:[\w.~-][\w.~/-]*)?)(?:\?([!\"$-~]*))?) HTTP/1\.1", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_PRINTABLE = bytes(range(0x20, 0x7F))
_BREAKS = b"\r\n" * (_MOST_FIELDS + 1)
# Fields that say how a message is framed, or ask for another protocol.
_UNPLAIN = frozenset(
    ("TRANSFER-ENCODING", "TRAILER", "TE", "EXPECT", "UPGRADE", "HTTP2-SETTINGS", "KEEP-ALIVE", "PROXY-CONNECTION")
)
_MOST_NAMES = 256  # remembered; names that strangers make up must not fill the memory
_keys: dict[str, str] = {}  # a field's name as it is sent → its key in the environ, empty for an unplain one


class Asked:
    """A plain request: its WSGI environ, and what gunicorn's answer wants to know of it."""

    __slots__ = ("environ", "method", "uri")
    version = (1, 1)

    def __init__(self, method: str, uri: str, environ: Environ) -> None:
        self.method = method
        self.uri = uri
        self.environ = environ

    def should_close(self) -> bool:
        """Whether it asked for its connection to end: a plain one does not."""
        return False


def read(data: bytes, base: Environ, schemes: Mapping[str, str]) -> Asked | None:
    """Return the request that `data` is, or None where it is not plain, not whole or not alone.

    `base` is what the environ holds for every request of a connection; `schemes` names the keys of fields that this
    peer may tell its scheme in, with the value that means https.
    """
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if len(data) > LARGEST or len(head) > _LONGEST_HEAD or len(lines) > _MOST_FIELDS + 1:
        return None
    # What is left without printable characters is the ends of the lines, or something that has no place here.
    if head.translate(None, _PRINTABLE) != _BREAKS[: 2 * len(lines) - 2]:
        return None
    first = _LINE.fullmatch(lines[0])
    if first is None or lines[0].startswith("//", first.start(2)):
        return None
    method, uri, path, query = first.groups()
    environ = {**base, "REQUEST_METHOD": method, "RAW_URI": uri, "PATH_INFO": path, "QUERY_STRING": query or ""}
    environ["wsgi.input"] = BytesIO(body)
    if _fields(environ, lines) and _is_framed(environ, body) and _scheme(environ, schemes):
        return Asked(method, uri, environ)
    return None


def _fields(environ: Environ, lines: list[str]) -> bool:
    """Add every field to the environ; whether each is plain and there once."""
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        key = _keys.get(name)
        if key is None:
            key = _key(name)
        if not key or not colon or key in environ:
            return False
        environ[key] = value.strip(" ")
    return True


def _key(name: str) -> str:
    upper = name.upper()
    if _NAME.fullmatch(name) is None or upper in _UNPLAIN:
        key = ""
    elif upper in ("CONTENT-TYPE", "CONTENT-LENGTH"):
        key = upper.replace("-", "_")
    else:
        key = "HTTP_" + upper.replace("-", "_")
    if len(_keys) < _MOST_NAMES:
        _keys[name] = key
    return key


def _is_framed(environ: Environ, body: bytes) -> bool:
    """Whether the body is as long as it says, and the connection stays: to the byte, or it is not ours to read."""
    length = environ.get("CONTENT_LENGTH", "0")
    alone = len(length) < 6 and length.isdigit() and int(length) == len(body)
    return alone and environ.get("HTTP_CONNECTION", "keep-alive") == "keep-alive"


def _scheme(environ: Environ, schemes: Mapping[str, str]) -> bool:
    """Put the scheme that a trusted peer tells; whether it tells one only."""
    told = [(environ[key], secure) for key, secure in schemes.items() if key in environ]
    for value, secure in told:
        environ["wsgi.url_scheme"] = "https" if value == secure else "http"
    return len(told) < 2
