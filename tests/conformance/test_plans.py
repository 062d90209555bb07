"""The table of modules and the tests are the same list."""

import re
from collections import Counter
from pathlib import Path

from tests.conformance.plans import PLANS

_MODULE = re.compile(r"^def test_((?:oidcc|fapi2)_\w+)\(", re.MULTILINE)


def test_each_module_has_exactly_one_test_of_its_name() -> None:
    """No module of a plan we claim is left out, none is tested twice, and no test claims a module that is none."""
    files = Path(__file__).parent.glob("test_*.py")
    written = Counter(name for file in files for name in _MODULE.findall(file.read_text()))
    claimed = Counter(name.replace("-", "_") for plan in PLANS.values() for name in plan)
    assert sorted((claimed - written).elements()) == []
    assert sorted((written - claimed).elements()) == []


def test_the_plans_are_as_long_as_those_of_the_foundation() -> None:
    """The numbers of modules that the plans had when the table was written."""
    assert [len(plan) for plan in PLANS.values()] == [1, 38, 11, 2, 57]
