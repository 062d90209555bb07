"""Habits that keep the code honest: time is passed in, imports stand at the top, doors alone commit."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from deploy.docs.house import from_root, functions_in, python_files, tree_of

HOUSE = ("shared", "services", "deploy")
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
READS_THE_CLOCK = {
    "shared/clock.py": "the one place where now comes from",
    "deploy/stack/capture.py": "a mail server beside the suite, which has no part in the suite's clock",
    "shared/ids.py": "ids are ordered by the machine's time, also while the suite's clock stands still",
}
IMPORTS_LATE = {
    "deploy/gunicorn_conf.py": "prometheus_client reads its folder from the environment when it is first imported",
}
LOADS_BY_NAME = {
    "shared/loading.py": "verbs are loaded when somebody asks for them; decision 0055",
    "deploy/docs/house.py": "the pages are about every service that there is",
    "deploy/docs/errors.py": "the same",
    "deploy/docs/refusals.py": "the same",
}
COMMITS = {
    "shared/db/database.py": "the block that every door opens ends here",
    "shared/db/migrate.py": "migrations run outside of any door, on one connection",
}

Look = Callable[[ast.Module], Iterator[int]]


def test_nobody_reads_the_machine_s_clock() -> None:
    """`now` is passed in, so that a test, a replay and the clock page of the local run mean the same instant."""
    assert strays(clock_readings, READS_THE_CLOCK) == []


def test_imports_stand_at_the_top() -> None:
    """An import inside a function hides a knot."""
    assert strays(late_imports, IMPORTS_LATE) == []


def test_nothing_is_loaded_by_its_name() -> None:
    """That hides a knot as well, from the import linter too: whoever must do it asks the one place that does."""
    assert strays(loads_by_name, LOADS_BY_NAME) == []


def test_only_doors_commit() -> None:
    """A use case that commits breaks the promise that rows, events and audit entries go together."""
    assert strays(commits, COMMITS) == []


def test_every_exception_is_still_needed() -> None:
    """A file that mended its ways leaves the list."""
    pairs = [(clock_readings, READS_THE_CLOCK), (late_imports, IMPORTS_LATE), (commits, COMMITS)]
    for look, allowed in (*pairs, (loads_by_name, LOADS_BY_NAME)):
        doing = {from_root(file) for file, _ in found_by(look)}
        assert set(allowed) <= doing


def strays(look: Look, allowed: dict[str, str]) -> list[str]:
    """`file:line` of everything found outside of the files that may, with a reason."""
    places = [(from_root(file), line) for file, line in found_by(look)]
    return [f"{file}:{line}" for file, line in places if file not in allowed]


def found_by(look: Look) -> Iterator[tuple[Path, int]]:
    """Every (file, line) of the house that the look finds."""
    for file in python_files(*HOUSE):
        for line in look(tree_of(file)):
            yield file, line


def clock_readings(tree: ast.Module) -> Iterator[int]:
    """`datetime.now(…)` and its like, also as `datetime.datetime.now(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if (name, node.func.attr) in CLOCKS:
                yield node.lineno


def late_imports(tree: ast.Module) -> Iterator[int]:
    """Imports inside of functions."""
    for function in functions_in(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno


def loads_by_name(tree: ast.Module) -> Iterator[int]:
    """`from importlib import import_module`, and `importlib` itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.name in {"import_module", "importlib"}:
            yield node.lineno


def commits(tree: ast.Module) -> Iterator[int]:
    """`….commit()` and `….rollback()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}:
            yield node.lineno
