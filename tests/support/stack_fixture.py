"""The fixture `stack_world`, for test modules that say `pytest_plugins = ("tests.support.stack_fixture",)`.

Apart from tests.support.stack, because pytest wants to be the first to import a plugin.
"""

from collections.abc import Iterator

import pytest

from tests.support.stack import StackWorld, stack_of_demo_people


@pytest.fixture(scope="session")
def stack_world() -> Iterator[StackWorld]:
    """The stack of this test session, started when the first test asks for it; all that ask share it."""
    with stack_of_demo_people() as world:
        yield world
