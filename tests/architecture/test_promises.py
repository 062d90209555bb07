"""What the suite promises against attacks and towards standards is named by the tests that keep it.

A row of the threat table, a requirement of OWASP ASVS 5.0 or a capability of the suite is named in the docstring of a
test: "threat 29", "threats 24, 32", "ASVS 6.5.1", "B1". Adding an id here without a test fails.
"""

import ast
import re
from functools import cache

import pytest

from deploy.docs.house import python_files, tree_of

THREATS = (*range(1, 35), 43, 46, 47, 50, *range(52, 59))
# The chapters on authentication, sessions, tokens and OAuth, and what this suite promises of them.
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
    "9.1": (1, 2, 3),
    "9.2": (1, 2, 3),
    "10.4": (1, 2, 3, 4, 5, 6, 8, 9, 10),
    "10.5": (5,),
    "10.6": (2,),
    "10.7": (1, 2, 3),
}
CAPABILITIES = {"A": 9, "B": 6, "C": 7, "D": 5}  # A1 to A9, …
# Not offered: certificates (E7), request objects (E8), authorization details (E17), front channel (E22), CIBA (E23).
# Joining, access and opening hours; in-flight rules and read-only mode (J6, J8) come later.
JOINING = [*(f"F{row}" for row in range(1, 12)), "M12", "M18", "M19", "M24", "N4"]
ACCESS = [*(f"G{row}" for row in range(1, 19)), "L3", "L5", "M2", "M4", "M5", "M9", "M10", "M28", "N1", "O1"]
HOURS = ["J1", "J2", "J3", "J4", "J5", "J7", "J9", "M13", "M14"]
PROVIDER = [f"E{row}" for row in range(1, 28) if row not in {7, 8, 17, 22, 23}]
_LISTED = r"((?:[A-Z]?\d+(?:\.\d+)*(?:, | and )?)+)"
_ATTACK, _AS_THREAT = re.compile(r"test_attack_(\d+)_.*"), r"threat \1"
_PATTERNS = {
    "threat": re.compile(r"[Tt]hreats? " + _LISTED),
    "asvs": re.compile(r"ASVS " + _LISTED),
    "capability": re.compile(r"\b([A-J]\d{1,2}|[LNO]\d|M\d{1,2})\b"),
}


@cache
def named(kind: str) -> frozenset[str]:
    """Every id of the kind that some test or its file names in a docstring; attacks also as in `test_attack_13_…`."""
    said = "\n".join(line for file in python_files("tests") for line in _saying(file))
    found = (re.split(r", | and ", hit) for hit in _PATTERNS[kind].findall(" ".join(said.split())))
    return frozenset(word.strip(" ,") for words in found for word in words)


def _saying(file: object) -> list[str]:
    """What a file of tests, its classes and its tests say of themselves."""
    tree = tree_of(file)  # type: ignore[arg-type]
    tests = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    if not tests:
        return []
    groups = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef)]
    said = [ast.get_docstring(node) or "" for node in (*groups, *tests)]
    return [*said, *(_ATTACK.sub(_AS_THREAT, node.name) for node in tests)]


@pytest.mark.parametrize(
    ("kind", "promised"),
    [
        ("threat", [str(row) for row in THREATS]),
        ("asvs", [f"{chapter}.{number}" for chapter, numbers in ASVS.items() for number in numbers]),
        (
            "capability",
            [f"{row}{n + 1}" for row, most in CAPABILITIES.items() for n in range(most)]
            + [*PROVIDER, *JOINING, *ACCESS, *HOURS],
        ),
    ],
    ids=["threats", "asvs", "capabilities"],
)
def test_every_promise_is_kept_by_a_test_that_names_it(kind: str, promised: list[str]) -> None:
    """Who wonders whether an attack was thought of finds the test by its number."""
    assert [one for one in promised if one not in named(kind)] == []
