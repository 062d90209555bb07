"""One id, one log line and one histogram sample per request."""

import re
import time
from functools import lru_cache

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Histogram

from shared.ids import Ids
from shared.observability.logs import lines
from shared.service import Context

_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_SECONDS = Histogram(
    "gatehouse_http_request_duration_seconds",
    "Time to answer, by route; no people, no clients.",
    ["service", "route", "method", "status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
# Every label makes a series that is kept for ever: what a stranger makes up must not become one.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = structlog.get_logger("request")


def request_id_from(given: str, ids: Ids) -> str:
    """Return the caller's own id where it is well-formed, else a new one."""
    return given if _ID.fullmatch(given) else ids.new("req")


def record(service: str, method: str, route: str, status: int, seconds: float, request_id: str) -> None:
    """Write the line and the sample of an answered request; `request_id` as `request_id_from` gave it.

    `route` is never the path as it was sent, nor a query: both can carry codes and one-time links.
    """
    shown = method if method in _METHODS else "other"
    _series(service, route, shown, status).observe(seconds)
    ours, ms = lines(), round(seconds * 1000, 1)
    if ours is not None:
        ours.answered(service, method, route, status, ms, request_id)
    else:
        _log.info("answered", method=method, route=route, status=status, ms=ms)


@lru_cache(None)  # one for each series that is kept anyway
def _series(service: str, route: str, method: str, status: int) -> Histogram:
    return _SECONDS.labels(service, route, method, status)


def install_requests(app: Flask, context: Context) -> None:
    """Give every request an id (the caller's where it is well-formed), a log line and a sample."""
    service = context.service.name

    @app.before_request
    def _begin() -> None:
        g.gatehouse_request_id = request_id_from(request.headers.get("X-Request-ID", ""), context.ids)
        g.gatehouse_began = time.perf_counter()
        # Kept to be put back: in one process a service's request can run inside another's.
        g.gatehouse_log_before = structlog.contextvars.bind_contextvars(
            request_id=g.gatehouse_request_id, service=service
        )

    @app.after_request
    def _end(answer: Response) -> Response:
        seconds = time.perf_counter() - g.get("gatehouse_began", time.perf_counter())
        route = request.url_rule.rule if request.url_rule else "(none)"
        answer.headers["X-Request-ID"] = request_id = g.get("gatehouse_request_id", "")
        record(service, request.method, route, answer.status_code, seconds, request_id)
        return answer

    @app.teardown_request
    def _forget(_error: BaseException | None) -> None:
        before = g.pop("gatehouse_log_before", None)
        if before:
            structlog.contextvars.reset_contextvars(**before)
