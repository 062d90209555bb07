"""Passwords under rivals, on real PostgreSQL: who changes one and who signs in wait for each other, not for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import TextClause, text

from identity.accounts import service as accounts
from identity.passwords import service as passwords
from identity.passwords.checking import Fits
from tests.service.identity.test_passwords import CHANGE
from tests.service.identity.world import PASSWORD, PAT, World
from tests.support.throwaway import wait_for

ANOTHER = "copper-lantern-otter-77"
_WAITS = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
_DEADLOCKS = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def asked(world: World, question: TextClause) -> int:
    """What the database counts."""
    with world.context.database.connection() as connection:
        return int(connection.execute(question).scalar_one())


def test_a_sign_in_in_the_middle_of_a_change_of_password(world: World) -> None:
    """threat 32: a sign-in holds the account, and the change waits for that before it touches the password.

    In the other order each would hold what the other wants, and one of them would be thrown back to begin anew.
    """
    (pat,) = world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open(CHANGE)
    visitor.fill("The password you have now", PASSWORD)
    visitor.fill("New password", ANOTHER)
    with ThreadPoolExecutor(1) as pool:
        with world.context.transaction() as work:
            accounts.take(work, pat)
            stored = passwords.stored_hash(work.session, pat)
            assert stored is not None
            change = pool.submit(visitor.press, "Change my password")
            wait_for(lambda: asked(world, _WAITS) or change.done())
            assert passwords.note_success(work, pat, Fits(stored, None), stored=stored, failures=1)
        change.result()
    assert visitor.answer.status_code == 200 and "done" in visitor.address
    assert asked(world, _DEADLOCKS) == 0
