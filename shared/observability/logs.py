"""JSON lines on standard output; one field order, one line per event, nothing secret.

Values are JSON-encoded, so a line break or an escape sequence in a user agent stays inside its string (threat 43).
"""

import functools
import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_NAMES = re.compile(r"password|secret|token|code|cookie|authorization|tin\b", re.IGNORECASE)
_NINE_DIGITS = re.compile(r"(?<!\d)(?:\d{2}-?\d{7}|\d{3}-\d{2}-\d{4})(?!\d)")  # a TIN can be an SSN
_HIDDEN = "•••"
_HIDDEN_IN_JSON = json.dumps(_HIDDEN)[1:-1].replace("\\", "\\\\")  # as the replacement of a pattern


def configure_logs(service: str, level: str) -> None:
    """Send everything, the standard library's loggers included, through one pipeline at `level`."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        _redact,
    ]
    # Our own loggers write their line themselves: through the standard library's records, handlers and formatters the
    # line of a request cost as much as the view of a hot path.
    structlog.configure(
        processors=[*chain, structlog.processors.JSONRenderer()],
        logger_factory=Lines(level),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # These print live tokens, statements or every frame below INFO.
    for noisy in ("authlib", "pika", "httpx", "httpcore", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


class Lines:
    """Writes each line to standard output, whatever that is by then, with one call and nothing held back."""

    def __init__(self, level: str) -> None:
        self._wants_answers = logging.getLevelNamesMapping()[level.upper()] <= logging.INFO
        self._stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")

    def __call__(self, *_names: object) -> "Lines":
        """Be the logger of whoever asks structlog for one."""
        return self

    def msg(self, line: str) -> None:
        """Write a line."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    debug = info = warning = error = critical = exception = fatal = msg

    def answered(self, service: str, method: str, route: str, status: int, ms: float, request_id: str) -> None:
        """Write the line of a request: what the pipeline would make of the same words, at a sixth of its price.

        `request_id` is well-formed (`requests.request_id_from`); it is the caller's, so it may still look like a TIN.
        """
        if not self._wants_answers:
            return
        begins, ends = _around(service, method, route)
        shown = _NINE_DIGITS.sub(_HIDDEN_IN_JSON, request_id)
        at = self._stamp(None, "info", {})["at"]
        self.msg(f'{begins}{status}, "ms": {ms}, "event": "answered", "request_id": "{shown}{ends}{at}"}}')


def lines() -> Lines | None:
    """Return what writes the lines of this process, or None where somebody else does: a test, the local run."""
    factory = structlog.get_config()["logger_factory"]
    return factory if isinstance(factory, Lines) else None


@functools.lru_cache(1024)  # every route, method and service there is
def _around(service: str, method: str, route: str) -> tuple[str, str]:
    """What stands before the status and after the id, the same each time."""
    told = _redact(None, "info", {"method": method, "route": route, "service": service, "level": "info"})
    begins, ends = ({name: told[name] for name in names} for names in (("method", "route"), ("service", "level")))
    return f'{json.dumps(begins)[:-1]}, "status": ', f'", {json.dumps(ends)[1:-1]}, "at": "'


@functools.lru_cache(1024)  # the same few names, a dozen times a request
def _is_secret(name: str) -> bool:
    return _SECRET_NAMES.search(name) is not None


def _redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if _is_secret(name):
            event[name] = _HIDDEN
        elif isinstance(value, str):
            event[name] = _NINE_DIGITS.sub(_HIDDEN, value)
    return event
