"""How several processes share the tests (`pytest -n`), a plugin of tests/conftest.py. With one process it does nothing.

What needs one thing stays together: a module, for what its fixtures hold; all modules that ask for the stack; the
visits of the pages, in both languages. What takes long begins first, so that all processes end at about one time;
the visits come half-way.
"""

import signal
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from xdist import is_xdist_worker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import NodeManager

PAGES = "tests/browser/test_pages.py"
STACK = "tests.support.stack_fixture"
_ROOT = Path(__file__).parents[2]
# A test in these folders takes about as long as this many of the others.
_LONG = {"browser": 20, "conformance": 20, "journeys": 40, "integration": 15}
_UNITS_OF_STACK = 100_000  # the stack takes long to start: it is the first of all
_TO_END_SERVERS = 30  # seconds from the end of the first process to that of the others (execnet: 15)


class Shares(LoadScopeScheduling):
    """Hands out units, in the order in which the processes found the tests (see `in_order`)."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(test: str) -> str:
    """The unit that a test (by its id) belongs to."""
    file = test.split("::", 1)[0]
    return "stack" if _asks_for_the_stack(file) else file


def in_order(tests: list[str]) -> list[str]:
    """The units of these tests, the longest first."""
    weights: dict[str, int] = {}
    for test in tests:
        unit = unit_of(test)
        weights[unit] = weights.get(unit, 0) + _LONG.get(test.split("/")[1], 1)
    weights["stack"] = _UNITS_OF_STACK
    found = sorted(weights, key=lambda unit: (-weights[unit], unit))
    # Beside the many processes of the stack a page takes longer than its browser waits; last, it would be alone.
    return _half_way(PAGES, found, weights) if PAGES in weights else found


def _half_way(unit: str, found: list[str], weights: dict[str, int]) -> list[str]:
    """The same units, this one behind half of what all others but the stack weigh."""
    others = [one for one in found if one != unit]
    half = sum(weights[one] for one in others if one != "stack") / 2
    before = 0
    for place, one in enumerate(others):
        if before >= half:
            return [*others[:place], unit, *others[place:]]
        before += weights[one] if one != "stack" else 0
    return [*others, unit]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shares:
    """Our way of handing out, whatever `--dist` says."""
    config.option.loadscopereorder = False
    NodeManager.EXIT_TIMEOUT = _TO_END_SERVERS
    return Shares(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """The processes find the tests in the order in which their units are to begin."""
    if is_xdist_worker(session):
        place = {unit: number for number, unit in enumerate(in_order([item.nodeid for item in items]))}
        items.sort(key=lambda item: place[unit_of(item.nodeid)])


def pytest_configure(config: pytest.Config) -> None:
    """A termination request ends the run as Ctrl-C does: fixtures let go of what they started."""
    handler = _end_once if hasattr(config, "workerinput") else signal.default_int_handler
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _end_once(_number: int, _frame: FrameType | None) -> None:
    """Ctrl-C in a terminal reaches every process, and execnet passes it on: twice must not interrupt the letting go."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


@cache
def _asks_for_the_stack(file: str) -> bool:
    return STACK in (_ROOT / file).read_text(encoding="utf-8")
