"""The provider with keys and clients that a test begins with, as fixtures; the database is made once and copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.identity_oidc.suite import Suite, copied, prepare

__all__ = ["prepared", "suite"]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that has tables, keys and clients."""
    folder = tmp_path_factory.mktemp("oidc")
    made = Suite(folder)
    prepare(made)
    made.close()
    return folder


@pytest.fixture
def suite(prepared: Path, tmp_path: Path) -> Iterator[Suite]:
    """The provider."""
    made = Suite(copied(prepared, tmp_path))
    yield made
    made.close()
