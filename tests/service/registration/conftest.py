"""One registration service on SQLite, entered through its front doors."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from registration.app import SERVICE
from registration.settings import RegistrationSettings
from shared import runtime
from shared.clock import SettableClock
from shared.db import open_database
from shared.db.migrate import migrate
from shared.ids import SeededIds
from tests.service.registration.house import House, Neighbourhood
from tests.service.registration.street import ORIGIN, Street, application, at

SUNDAY = "2026-11-22T15:00:00+00:00"  # a Sunday morning in New York, Thanksgiving week


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every table and no row, migrated once."""
    file = tmp_path_factory.mktemp("registration") / "empty.db"
    database = open_database(f"sqlite:///{file}")
    migrate(database, SERVICE.migrations)
    database.close()
    return file


@pytest.fixture
def clock() -> SettableClock:
    """Time in the test's hand."""
    return SettableClock(at(SUNDAY))


@pytest.fixture
def house(tmp_path: Path, migrated: Path, clock: SettableClock) -> Iterator[House]:
    """Registration and its street."""
    file = tmp_path / "registration.db"
    shutil.copy(migrated, file)
    found = built(file, clock)
    yield found
    found.close()


def built(file: Path, clock: SettableClock) -> House:
    """Registration on a database that is there already."""
    settings = RegistrationSettings(
        mode="test",
        public_url=ORIGIN,
        database_url=f"sqlite:///{file}",
        broker_url="memory:",
        cache_url="memory:",
        secret_key=SecretStr("registration-test-key-0123456789abcdef"),
        service_client_secret=SecretStr("street"),
        trusted_proxies=0,
    )
    street = Street(clock)
    doors = application(street)
    transports = {name: httpx.WSGITransport(app=doors) for name in ("identity", "access-manager")}
    context = runtime.build(SERVICE, settings, clock=clock, ids=SeededIds(7), transports=transports)
    app = runtime.web(context)
    return House(context, app, clock, street, Neighbourhood(app, doors))
