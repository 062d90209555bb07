"""Answers that need no database: discovery, keys, the gate, each against a bare view; and the pure decision."""

import statistics
import timeit
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx

from availability.calendars.compiled import Timetable
from availability.calendars.decide import decide
from availability.calendars.document import default_document, parse
from tests.performance.contest import Rival, contest
from tests.performance.house import House
from tests.performance.load import request
from tests.performance.table import Row, against

_FUNCTION = "eligibility.view"


def documents(house: House) -> Iterator[Row]:
    """Discovery and keys against a bare view that answers as many bytes."""
    for work, path in (("discovery", "/.well-known/openid-configuration"), ("keys (JWKS)", "/oauth/jwks")):
        host, port = house.programs
        size = len(httpx.get(f"http://{host}:{port}{path}").content)
        same = {"BARE_SIZE": str(size), "WEB_THREADS": "1"}  # the same server as ours
        bare = house.serve(f"bare-{size}", ["tests.performance.peers.bare:app"], same, "/bare")
        ours = Rival("ours", (host, port), request("GET", path, "127.0.0.1"))
        reference = Rival(f"a bare Flask view, {size} bytes", bare, request("GET", "/bare", "127.0.0.1"))
        contest([ours, reference])
        yield against(work, ours.rates, reference.name, reference.rates, "≥ 0.9")


def gate(house: House) -> Iterator[Row]:
    """`/gate/check` against a bare view, whatever hour it is."""
    address, path = house.address("availability"), f"/gate/check?function={_FUNCTION}"
    status = httpx.get(f"http://{address[0]}:{address[1]}{path}").status_code
    bare = house.serve("bare-gate", ["tests.performance.peers.bare:app"], {}, "/empty")
    ours = Rival("ours", address, request("GET", path, "127.0.0.1"), status)
    reference = Rival("a bare Flask view", bare, request("GET", "/empty", "127.0.0.1"), 204)
    contest([ours, reference])
    yield against(f"gate check ({status})", ours.rates, reference.name, reference.rates, "≥ 0.7")


def pure(_house: House) -> Iterator[Row]:
    """`decide` of availability: a compiled schedule and an instant in, a verdict out."""
    timetable = Timetable(parse(default_document(), 1))
    start = datetime(2026, 1, 1, tzinfo=UTC)
    instants = [start + timedelta(minutes=7919 * number % 525600) for number in range(1000)]
    calendar = timetable.schedule.functions[_FUNCTION]
    line = timetable.line(calendar, 2026)

    def every() -> None:
        for instant in instants:
            decide(line, instant)

    micro = statistics.median(timeit.repeat(every, number=1, repeat=30)) * 1e6 / len(instants)
    yield Row("pure decide (schedule, instant)", f"{micro:.2f} µs", goal="≤ 5 µs", measured=micro)
