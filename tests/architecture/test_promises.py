"""What the suite promises against attacks and towards standards is named by the tests that keep it.

A row of the threat table, a requirement of OWASP ASVS 5.0 or a capability of the suite is named in the docstring of a
test: "threat 29", "threats 24, 32", "ASVS 6.5.1", "B1". Adding an id here without a test fails.
"""

import ast
import re
from functools import cache

import pytest

from deploy.docs.house import python_files, tree_of

THREATS = (16, *range(20, 35), 43, 46, 47, 50, 52, 53, 57, 58)
# The chapters on authentication and sessions, and what this suite promises of them.
ASVS = {
    "6.1": (1,),
    "6.2": (1, 3, 4, 5, 8, 9, 10, 11, 12),
    "6.3": (2, 3, 4, 5, 7, 8),
    "6.4": (1, 2, 3, 4, 6),
    "6.5": (1, 2, 4, 5, 6),
    "6.6": (1, 2, 3),
    "6.7": (2,),
    "7.2": (3, 4),
    "7.3": (1, 2),
    "7.4": (1, 2, 3, 5),
    "7.5": (1, 2),
    "7.6": (1,),
}
CAPABILITIES = {"A": 9, "B": 6, "C": 7, "D": 5}  # A1 to A9, …
_LISTED = r"((?:[A-Z]?\d+(?:\.\d+)*(?:, | and )?)+)"
_PATTERNS = {
    "threat": re.compile(r"[Tt]hreats? " + _LISTED),
    "asvs": re.compile(r"ASVS " + _LISTED),
    "capability": re.compile(r"\b([A-F]\d{1,2}|M24)\b"),
}


@cache
def named(kind: str) -> frozenset[str]:
    """Every id of the kind that the docstring of some test names."""
    said = "\n".join(ast.get_docstring(node) or "" for file in python_files("tests") for node in _tests(file))
    found = (re.split(r", | and ", hit) for hit in _PATTERNS[kind].findall(" ".join(said.split())))
    return frozenset(word.strip(" ,") for words in found for word in words)


def _tests(file: object) -> list[ast.FunctionDef]:
    tree = tree_of(file)  # type: ignore[arg-type]
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.parametrize(
    ("kind", "promised"),
    [
        ("threat", [str(row) for row in THREATS]),
        ("asvs", [f"{chapter}.{number}" for chapter, numbers in ASVS.items() for number in numbers]),
        ("capability", [f"{row}{n + 1}" for row, most in CAPABILITIES.items() for n in range(most)] + ["F10", "M24"]),
    ],
    ids=["threats", "asvs", "capabilities"],
)
def test_every_promise_is_kept_by_a_test_that_names_it(kind: str, promised: list[str]) -> None:
    """Who wonders whether an attack was thought of finds the test by its number."""
    assert [one for one in promised if one not in named(kind)] == []
