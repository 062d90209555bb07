"""JSON lines on standard output; one field order, one line per event, nothing secret.

Values are JSON-encoded, so a line break or an escape sequence in a user agent stays inside its string (threat 43).
"""

import functools
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_NAMES = re.compile(r"password|secret|token|code|cookie|authorization|tin\b", re.IGNORECASE)
_NINE_DIGITS = re.compile(r"(?<!\d)(?:\d{2}-?\d{7}|\d{3}-\d{2}-\d{4})(?!\d)")  # a TIN can be an SSN


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
        logger_factory=lambda *_names: _Lines(),
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


class _Lines:
    """Writes each line to standard output, whatever that is by then, with one call and nothing held back."""

    def msg(self, line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    debug = info = warning = error = critical = exception = fatal = msg


@functools.lru_cache(1024)  # the same few names, a dozen times a request
def _is_secret(name: str) -> bool:
    return _SECRET_NAMES.search(name) is not None


def _redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if _is_secret(name):
            event[name] = "•••"
        elif isinstance(value, str):
            event[name] = _NINE_DIGITS.sub("•••", value)
    return event
