"""A provider with keys and clients for every test of this folder; the database is made once and copied."""

import pytest

from tests.service.identity_oidc.prepared import prepared, suite
from tests.service.identity_oidc.suite import CLINIC, App, Browser, Suite

__all__ = ["prepared", "suite"]


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
