"""The fixtures `stack_world` and `people`, for modules that say `pytest_plugins = ("tests.support.stack_fixture",)`.

Apart from tests.support.stack, because pytest wants to be the first to import a plugin.
"""

from collections.abc import Iterator

import pytest

from tests.support.stack import THURSDAY, StackWorld, stack_of_demo_people
from tests.support.stack_people import People, people_of


@pytest.fixture(scope="session")
def stack_world() -> Iterator[StackWorld]:
    """The stack of this test session, started when the first test asks for it; all that ask share it."""
    with stack_of_demo_people() as world:
        yield world


@pytest.fixture(scope="module")
def two_workers(stack_world: StackWorld) -> Iterator[People]:
    """Two processes that answer for identity, for the tests of a module."""
    with people_of(stack_world, THURSDAY) as made:
        yield made


@pytest.fixture
def people(two_workers: People) -> People:
    """Whoever a test invents; the clock stands still, at ten on Thursday."""
    two_workers.world.set_clock(THURSDAY)
    return two_workers
