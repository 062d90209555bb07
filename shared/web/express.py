"""The express lane: answers that programs ask for thousands of times a second, given before the framework wakes up.

A view of Flask costs as much as signing a token. What is asked all the time (keys, tokens, decisions, the gate) is
therefore written as a function of the plain WSGI request, and answered here:

    gunicorn ─▶ lane ─▶ answer(context, asked) ─▶ Reply ─▶ same headers, id, log line and sample as everywhere
                 │               │
                 └── no such address, or the answer is None ──▶ Flask, as for every other request

The view stays registered and declared as all views are, and gives the same answer, so there is one list of addresses.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson
import structlog
from flask import Flask, Response, request

from shared.cache import CacheAway
from shared.errors import Problem, bad_request, unavailable
from shared.observability.requests import record, request_id_from
from shared.service import Context
from shared.web.door import context as present_context
from shared.web.door import request_id
from shared.web.security import fixed_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ATTRIBUTE = "gatehouse_express"
_LARGEST_BODY = 64 * 1024  # what is larger goes the usual way, which has its own limit
_MOST_FIELDS = 200
_WORDS = {200: "OK", 204: "No Content", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden"}
_log = structlog.get_logger("express")

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: `headers` beside those that every answer carries."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Asked:
    """A request, read from its WSGI environment as far as somebody looks. `id` ties together what it causes.

    `brought` are headers for whatever answers it, a refusal too.
    """

    __slots__ = ("_body", "_environ", "_form", "_read_body", "brought", "id")

    def __init__(
        self, environ: "WSGIEnvironment", request_id: str, read_body: Callable[[], bytes] | None = None
    ) -> None:
        self._environ = environ
        self._read_body = read_body
        self._body: bytes | None = None
        self._form: Pairs | None = None
        self.brought: Pairs = []
        self.id = request_id

    @property
    def method(self) -> str:
        """GET, POST, …"""
        return str(self._environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        """The path, decoded."""
        return str(self._environ["PATH_INFO"])

    @property
    def query(self) -> Pairs:
        """Name and value pairs of the address, in order, empty ones included; raises the 400 Problem."""
        return _pairs(self._environ.get("QUERY_STRING", ""))

    @property
    def has_query(self) -> bool:
        """True where the address carries a query string."""
        return bool(self._environ.get("QUERY_STRING"))

    @property
    def source(self) -> str:
        """The address of the caller, as the proxies that are trusted tell it."""
        return str(self._environ.get("REMOTE_ADDR", ""))

    @property
    def media_type(self) -> str:
        """The kind of the body, without parameters, lower case."""
        return str(self._environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case, or None."""
        found = self._environ.get("HTTP_" + name.upper().replace("-", "_"))
        return None if found is None else str(found)

    def body(self) -> bytes:
        """Return the whole body; whoever comes after finds it again."""
        if self._body is None:
            self._body = self._read_body() if self._read_body else self._from_environ()
        return self._body

    def _from_environ(self) -> bytes:
        body = bytes(self._environ["wsgi.input"].read(int(self._environ.get("CONTENT_LENGTH") or 0)))
        self._environ["wsgi.input"] = BytesIO(body)
        return body

    def form(self) -> Pairs:
        """Name and value pairs of a form body; raises the 400 Problem for one that is none."""
        if self._form is None:
            try:
                self._form = _pairs(self.body().decode("ascii"))
            except UnicodeDecodeError as error:
                raise _unreadable() from error
        return self._form

    def bring(self, name: str, value: str) -> None:
        """Put a header on whatever answers this request."""
        self.brought.append((name, value))


Answer = Callable[[Context, Asked], Reply | None]


def express(otherwise: Callable[[], Any] | None = None) -> Callable[[Answer], Callable[[], Any]]:
    """Make a view of an answer; what the answer leaves to others (None) is for the view `otherwise`.

    The address has no path parameters. Called through Flask the view answers in the same way.
    """

    def made(answer: Answer) -> Callable[[], Any]:
        @wraps(answer)
        def view() -> Any:
            asked = present_asked()
            reply = answer(present_context(), asked)
            if reply is not None:
                return as_response(reply, asked)
            if otherwise is None:
                raise TypeError("an answer that leaves something to others says to whom (`otherwise`)")
            return otherwise()

        setattr(view, _ATTRIBUTE, answer)
        return view

    return made


def present_asked() -> Asked:
    """Return the request that Flask is answering, for who is written for the lane."""
    return Asked(request.environ, request_id(), request.get_data)


def as_response(reply: Reply, asked: Asked) -> Response:
    """Return Flask's form of a reply, for who is called through Flask."""
    answer = Response(reply.body, reply.status, content_type=reply.content_type)
    answer.headers.extend([*reply.headers, *asked.brought])
    return answer


def install_express(app: Flask, context: Context) -> None:
    """Put the lane before the app; to be called when every view is there."""
    app.wsgi_app = _Lane(app.wsgi_app, _table(app), context)  # type: ignore[method-assign]


def _table(app: Flask) -> dict[tuple[str, str], Answer]:
    found: dict[tuple[str, str], Answer] = {}
    for rule in app.url_map.iter_rules():
        answer = getattr(app.view_functions[rule.endpoint], _ATTRIBUTE, None)
        if answer is not None:
            # HEAD and OPTIONS are rare and Flask knows them.
            found |= {(method, rule.rule): answer for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return found


class _Lane:
    """The WSGI application in front of the app."""

    def __init__(self, inner: "WSGIApplication", table: dict[tuple[str, str], Answer], context: Context) -> None:
        self._inner = inner
        self._table = table
        self._context = context
        self._name = context.service.name
        self._fixed = tuple(fixed_headers(context.settings.public_url).items())
        self._names = {name.lower() for name, _ in self._fixed}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = self._table.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if answer is None or not _is_plain(environ):
            return self._inner(environ, start_response)
        began = time.perf_counter()
        asked = Asked(environ, request_id_from(environ.get("HTTP_X_REQUEST_ID", ""), self._context.ids))
        # Put back as they were: in one process a service's request can run inside another's.
        before = structlog.contextvars.bind_contextvars(request_id=asked.id, service=self._name)
        try:
            reply = self._reply(answer, asked)
            if reply is None:
                return self._inner(environ, start_response)
            start_response(_status(reply.status), self._headers(reply, asked))
            record(self._name, asked.method, asked.path, reply.status, time.perf_counter() - began, asked.id)
        finally:
            structlog.contextvars.reset_contextvars(**before)
        return [reply.body]

    def _reply(self, answer: Answer, asked: Asked) -> Reply | None:
        try:
            return answer(self._context, asked)
        except Problem as problem:
            return _of_problem(problem, asked)
        except CacheAway:
            return _of_problem(unavailable("cache-away", "Try again in a moment."), asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller hears that it is ours
            _log.error("unexpected", exc_info=error)
            return _of_problem(_OURS, asked)

    def _headers(self, reply: Reply, asked: Asked) -> list[tuple[str, str]]:
        own = {name.lower() for name, _ in reply.headers}
        kept = self._fixed if own.isdisjoint(self._names) else [one for one in self._fixed if one[0].lower() not in own]
        found = [*reply.headers, *asked.brought, ("X-Request-ID", asked.id), *kept]
        if reply.status in {204, 304}:
            return found
        return [("Content-Type", reply.content_type), ("Content-Length", str(len(reply.body))), *found]


_OURS = Problem(500, "unexpected", "Something went wrong on our side.", "It has been recorded. Try again in a moment.")


def _of_problem(problem: Problem, asked: Asked) -> Reply:
    body = orjson.dumps(problem.body(instance=asked.path, request_id=asked.id))
    headers = {"Cache-Control": "no-store", **problem.headers}
    return Reply(body, problem.status, "application/problem+json", tuple(headers.items()))


def _is_plain(environ: "WSGIEnvironment") -> bool:
    """Whether the lane can read it; what is unusual goes the usual way, where every refusal has its place."""
    length = environ.get("CONTENT_LENGTH") or "0"
    small = length.isdigit() and int(length) <= _LARGEST_BODY and "HTTP_TRANSFER_ENCODING" not in environ
    return small and "%00" not in environ.get("QUERY_STRING", "")


def _status(status: int) -> str:
    return f"{status} {_WORDS.get(status, 'See body')}"


def _pairs(text: str) -> Pairs:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:  # half a character, or too many fields
        raise _unreadable() from error


def _unreadable() -> Problem:
    return bad_request("unreadable", "Send text in UTF-8, percent-encoded once, in at most 200 fields.")
