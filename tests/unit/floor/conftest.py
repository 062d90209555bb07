"""A kiosk: a service of nothing but the floor, with a very small issuer as its identity."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.clock import SettableClock
from tests.support.kiosk import Kiosk, open_kiosk


@pytest.fixture
def clock() -> SettableClock:
    """Monday morning, standing still."""
    return SettableClock(datetime(2026, 11, 23, 10, 0, tzinfo=UTC))


@pytest.fixture
def kiosk(tmp_path: Path, clock: SettableClock) -> Iterator[Kiosk]:
    """The kiosk, migrated and open."""
    with open_kiosk(tmp_path, clock) as place:
        yield place
