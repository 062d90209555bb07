"""A running identity for every test of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.identity.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The service with an empty database."""
    made = World(tmp_path)
    yield made
    made.close()
