"""The transmitter under test, with the receiver that each module begins with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.identity_oidc.suite import Suite, copied, prepare
from tests.service.identity_signals.receivers import Receiver


@pytest.fixture(scope="package")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that has tables, keys and clients."""
    folder = tmp_path_factory.mktemp("ssf")
    made = Suite(folder)
    prepare(made)
    made.close()
    return folder


@pytest.fixture
def suite(prepared: Path, tmp_path: Path) -> Iterator[Suite]:
    """The transmitter."""
    made = Suite(copied(prepared, tmp_path))
    yield made
    made.close()


@pytest.fixture
def receiver(suite: Suite) -> Receiver:
    """The receiver, with both scopes."""
    return Receiver(suite)
