"""The transmitter under test, with the receiver that each module begins with."""

import pytest

from tests.service.identity_oidc.prepared import prepared, suite
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.receivers import Receiver

__all__ = ["prepared", "suite"]


@pytest.fixture
def receiver(suite: Suite) -> Receiver:
    """The receiver, with both scopes."""
    return Receiver(suite)
