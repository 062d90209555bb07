"""A transmitter with one receiver; the database is made once and copied."""

import pytest

from tests.service.identity_oidc.prepared import prepared, suite
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.receivers import Receiver

__all__ = ["prepared", "suite"]


@pytest.fixture
def receiver(suite: Suite) -> Receiver:
    """A receiver that an operator gave both scopes."""
    return Receiver(suite)
