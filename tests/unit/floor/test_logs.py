"""Logs are JSON lines that an operator can trust: one line each, no secret, no TIN, whoever wrote the words."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from shared.observability import configure_logs
from shared.observability.requests import record


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The logging set-up of the run is put back afterwards."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()


def logged(act: Callable[[], object]) -> list[dict[str, Any]]:
    """The lines that a service writes while `act` runs, each parsed."""
    out = io.StringIO()
    with redirect_stdout(out):
        configure_logs("kiosk", "info")
        act()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_says_when_who_and_how_bad() -> None:
    """The same for our loggers and the standard library's; what is below the level is not there."""

    def act() -> None:
        structlog.get_logger("a").info("worked", items=3)
        logging.getLogger("b").warning("from %s", "elsewhere")
        logging.getLogger("b").debug("nobody asked")
        logging.getLogger("authlib").info("a live token")

    first, second = logged(act)
    assert (first["event"], first["items"], first["level"], first["service"]) == ("worked", 3, "info", "kiosk")
    assert first["at"].endswith("Z")
    assert (second["event"], second["level"]) == ("from elsewhere", "warning")


@pytest.mark.parametrize(
    "name", ["password", "client_secret", "access_token", "code", "Authorization", "tin", "cookie"]
)
def test_a_value_hides_when_its_name_gives_it_away(name: str) -> None:
    """Whatever the value."""
    line = logged(lambda: structlog.get_logger("a").info("told", **{name: "hunter2"}))[0]
    assert line[name] == "•••"


@pytest.mark.parametrize("text", ["TIN 123456789 unknown", "12-3456789", "SSN 123-45-6789", "no entry for 123456789."])
def test_what_looks_like_a_tin_hides(text: str) -> None:
    """In any value and in the sentence itself."""
    line = logged(lambda: structlog.get_logger("a").info(text, detail=text))[0]
    assert "6789" not in line["event"] + line["detail"]


def test_an_event_stays_one_line() -> None:
    """A line break in a user agent forges no second line (threat 43)."""
    agent = 'x\n{"event": "forged"}\r\n\x1b[2J'
    assert [line["agent"] for line in logged(lambda: structlog.get_logger("a").info("seen", agent=agent))] == [agent]


def test_an_error_carries_its_trace() -> None:
    """Inside the same line."""

    def act() -> None:
        try:
            raise ZeroDivisionError("by hand")
        except ZeroDivisionError as error:
            structlog.get_logger("a").error("unexpected", exc_info=error)

    (line,) = logged(act)
    assert "ZeroDivisionError: by hand" in line["exception"]


def test_the_line_of_a_request_is_as_the_pipeline_writes_it() -> None:
    """It is put together by hand, as it is written a thousand times a second: the same fields, the same values."""
    words = {"method": "POST", "route": '/odd/"<path:x>"', "status": 409, "ms": 0.3}

    def act() -> None:
        with structlog.contextvars.bound_contextvars(request_id="req_1", service="kiosk"):
            structlog.get_logger("a").info("answered", **words)
        record("kiosk", "POST", '/odd/"<path:x>"', 409, 0.0003, "req_1")

    usual, quick = logged(act)
    assert {**quick, "at": usual["at"]} == usual
    assert datetime.fromisoformat(quick["at"]) - datetime.fromisoformat(usual["at"]) < timedelta(seconds=5)


@pytest.mark.parametrize("given", ["123456789", "12-3456789", "trace:123-45-6789"])
def test_a_caller_s_request_id_that_looks_like_a_tin_hides(given: str) -> None:
    """The id is the caller's to choose (threat 43)."""
    (line,) = logged(lambda: record("kiosk", "GET", "/", 200, 0.0, given))
    assert line["request_id"] == ("trace:•••" if given.startswith("trace") else "•••")


def test_where_only_warnings_are_wanted_requests_leave_no_line() -> None:
    """The level is the operator's."""
    out = io.StringIO()
    with redirect_stdout(out):
        configure_logs("kiosk", "warning")
        record("kiosk", "GET", "/", 200, 0.0, "req_1")
    assert out.getvalue() == ""
