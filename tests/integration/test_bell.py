"""The bell on PostgreSQL: a commit in one process wakes the relay in another, and nobody minds when it cannot."""

import threading
import time
from collections.abc import Callable

from deploy.servers.kinds import Postgres
from shared.db import open_database
from shared.events.bell import PostgresBell
from tests.support.throwaway import wait_for


def test_a_ring_in_one_process_wakes_a_wait_in_another(postgres: Callable[..., str]) -> None:
    """Many rings are one wake-up; without a ring the wait ends by itself."""
    database = open_database(postgres())
    ringing, waiting = PostgresBell(database), PostgresBell(database)
    waiting.wait(30)  # the first one only starts to listen: the relay looks once more
    woken: list[float] = []

    def wait() -> None:
        began = time.monotonic()
        waiting.wait(30)
        woken.append(time.monotonic() - began)

    thread = threading.Thread(target=wait)
    thread.start()
    for _ in range(100):
        ringing.ring()
    thread.join(20)
    assert woken[0] < 10
    while woken[-1] < 0.2:  # what is left of the hundred
        began = time.monotonic()
        waiting.wait(0.2)
        woken.append(time.monotonic() - began)
    assert len(woken) < 30
    for bell in (ringing, waiting):
        bell.close()
    database.close()


def test_a_database_that_is_away_stops_neither_side(postgres: Callable[..., str], postgres_server: Postgres) -> None:
    """Ringing and waiting never raise; both are back with the database."""
    database = open_database(postgres())
    ringing, waiting = PostgresBell(database), PostgresBell(database)
    waiting.wait(0.1)
    ringing.ring()
    with postgres_server.away():
        ringing.ring()
        waiting.wait(0.1)
        waiting.wait(0.1)
    waiting.wait(0.1)

    def rings() -> bool:
        ringing.ring()
        began = time.monotonic()
        waiting.wait(2)
        return time.monotonic() - began < 1.5

    wait_for(rings)  # fails where the bell stays silent
    for bell in (ringing, waiting):
        bell.close()
    database.close()
