"""On PostgreSQL, too, the tables that migrations make are the tables that the code means; two migrations are one."""

import threading
from collections.abc import Callable

import pytest

from deploy.docs.house import packages, service
from shared.db import open_database
from shared.db.migrate import migrate
from tests.architecture.test_migrations import differences


@pytest.mark.parametrize("package", packages())
def test_models_and_migrations_agree_on_postgresql(postgres: Callable[..., str], package: str) -> None:
    """Every table, column, type, index and constraint."""
    database = open_database(postgres(package))
    assert migrate(database, service(package).migrations)
    assert differences(database, package) == []
    database.close()


def test_four_migrations_at_once_are_one(postgres: Callable[..., str]) -> None:
    """Every replica may run it at its start: one does the work, the others find it done, none fails."""
    url, done = postgres("rivals"), []
    folder = service(packages()[0]).migrations
    together = threading.Barrier(4)

    def run() -> None:
        database = open_database(url)
        together.wait()
        done.append(len(migrate(database, folder)))
        database.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done)[:3] == [0, 0, 0]
    assert sorted(done)[3] >= 2
