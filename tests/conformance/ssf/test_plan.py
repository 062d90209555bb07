"""The table of modules and the tests are the same list."""

import re
from collections import Counter
from pathlib import Path

from tests.conformance.ssf.plan import CAEP, NEWER, TRANSMITTER

_MODULE = re.compile(r"^def test_(openid_ssf_\w+)\(", re.MULTILINE)


def test_each_module_has_exactly_one_test_of_its_name() -> None:
    """No module of the plans is left out, none is tested twice, and no test claims a module that is none."""
    files = Path(__file__).parent.glob("test_*.py")
    written = Counter(name for file in files for name in _MODULE.findall(file.read_text()))
    claimed = Counter(name.replace("-", "_") for name in (*TRANSMITTER, *CAEP, *NEWER))
    assert sorted((claimed - written).elements()) == []
    assert sorted((written - claimed).elements()) == []


def test_the_plan_is_as_long_as_that_of_the_foundation() -> None:
    """The numbers of modules that the plans had when the table was written."""
    assert (len(TRANSMITTER), len(CAEP)) == (21, 1)
