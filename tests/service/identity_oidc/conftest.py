"""A provider with keys and clients for every test of this folder; the database is made once and copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.identity_oidc.suite import CLINIC, App, Browser, Suite, copied, prepare


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


@pytest.fixture
def portal(suite: Suite) -> App:
    """The portal's side."""
    return App(suite)


@pytest.fixture
def pat(suite: Suite) -> str:
    """Somebody with one membership."""
    account_id = suite.person()
    suite.membership(account_id, CLINIC)
    return account_id


@pytest.fixture
def browser(suite: Suite, pat: str) -> Browser:
    """A browser in which Pat has signed in with a password."""
    return suite.browser(pat)
