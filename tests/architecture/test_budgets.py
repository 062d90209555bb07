"""The budgets of the house: what can be read in one sitting stays so. They bind the tail, not the middle."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.docs.house import from_root, functions_in, python_files, tree_of

FILE, FUNCTION, VIEW, CONFTEST = 350, 50, 15, 120
HOUSE = ("shared", "services", "deploy", "tests")
# A drawer named for nothing fills with everything.
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc", "manager", "stuff", "tools"}
ROUTES = {"route", "get", "post", "put", "patch", "delete"}


def test_files_can_be_read_in_one_sitting() -> None:
    """350 lines are the end."""
    assert [entry for file in python_files(*HOUSE) if (entry := over(file, length(file), FILE))] == []


def test_a_conftest_holds_fixtures_only() -> None:
    """120 lines; what is more is support."""
    found = [file for file in python_files("tests") if file.name == "conftest.py"]
    assert [entry for file in found if (entry := over(file, length(file), CONFTEST))] == []


def test_functions_stop_at_fifty_lines() -> None:
    """Signature and docstring included."""
    long = [
        f"{from_root(file)}:{one.lineno} {one.name}: {lines(one)} lines"
        for file in python_files(*HOUSE)
        for one in functions_in(tree_of(file))
        if lines(one) > FUNCTION
    ]
    assert long == []


def test_views_parse_act_and_answer() -> None:
    """15 lines of body after the docstring: a view that needs more has a use case in it."""
    long = [
        f"{from_root(file)}:{view.lineno} {view.name}: {body_lines(view)} lines"
        for file in python_files("shared", "services")
        for view in views(tree_of(file))
        if body_lines(view) > VIEW
    ]
    assert long == []


@pytest.mark.parametrize("folder", HOUSE)
def test_names_say_what_is_inside(folder: str) -> None:
    """No module and no package is named for nothing."""
    named = {from_root(file) for file in python_files(folder) if NO_NAMES & parts(file)}
    assert named == set()


def parts(file: Path) -> set[str]:
    """The names on the way from the root to the module."""
    return set(Path(from_root(file)).with_suffix("").parts)


def views(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions decorated with `blueprint.get("/…")` and its like."""
    for one in functions_in(tree):
        for decorator in one.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(called, ast.Attribute) and called.attr in ROUTES:
                yield one
                break


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From `def` to the last line."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From the first statement after the docstring to the last line."""
    statements = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
    return (node.end_lineno or 0) - statements[0].lineno + 1


def length(file: Path) -> int:
    """Lines of a file."""
    return len(file.read_text(encoding="utf-8").splitlines())


def over(file: Path, found: int, budget: int) -> str:
    """What to say where a budget is exceeded."""
    return f"{from_root(file)}: {found} lines, at most {budget}" if found > budget else ""
