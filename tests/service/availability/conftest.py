"""Fixtures: the availability service on each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.service.availability.world import Hours, service_on


@pytest.fixture
def hours(tmp_path: Path) -> Iterator[Hours]:
    """The service on SQLite."""
    with service_on(f"sqlite:///{tmp_path}/availability.sqlite") as found:
        yield found


@pytest.fixture
def hours_on_postgres(postgres: Callable[..., str]) -> Iterator[Hours]:
    """The service on a real PostgreSQL."""
    with service_on(postgres("availability")) as found:
        yield found
