"""The suite in each of its shapes, for judges that know only its public address."""

from collections.abc import Iterator

import pytest

from tests.journeys.story import THURSDAY
from tests.support.world import World, one_process

SHAPES = [
    pytest.param("one_process_world", id="in-one-process"),
    pytest.param("stack_world", id="on-the-stack", marks=pytest.mark.stack),
]


@pytest.fixture(scope="module")
def one_process_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The all-in-one suite with demo people."""
    with one_process(tmp_path_factory.mktemp("world"), THURSDAY) as running:
        yield running


@pytest.fixture(params=SHAPES)
def world(request: pytest.FixtureRequest) -> World:
    """A running suite with demo people."""
    running: World = request.getfixturevalue(request.param)
    return running
