"""The book of clients may be a tenth of a second behind another process, and never behind its own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import update

from identity.oidc.clients.book import LOOK_EVERY, ClientBook
from identity.oidc.clients.models import clients
from identity.oidc.clients.service import rotate_secret
from tests.service.identity_oidc.suite import App, Suite


@dataclass
class Tick:
    """Seconds that pass when told to."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def rename(suite: Suite) -> Callable[[str], None]:
    """Changes a client behind the back of this process, as another process does."""

    def act(name: str) -> None:
        with suite.context.database.transaction() as session:
            session.execute(update(clients).where(clients.c.id == "portal").values(name=name))

    return act


def test_what_another_process_changed_counts_a_tenth_of_a_second_later(
    suite: Suite, rename: Callable[[str], None]
) -> None:
    """Until then the row is not read again."""
    tick = Tick()
    book = ClientBook(suite.context.database, tick)
    assert book.find("portal") is not None
    rename("Renamed")
    tick.now += LOOK_EVERY - 0.001
    assert (found := book.find("portal")) is not None and found.name != "Renamed"
    tick.now += 0.001
    assert (found := book.find("portal")) is not None and found.name == "Renamed"


def test_a_client_that_nobody_knows_is_asked_for_each_time(suite: Suite) -> None:
    """So that one who registers may call at once, and strangers fill no memory."""
    book = ClientBook(suite.context.database, Tick())
    assert book.find("nobody") is None
    with suite.context.database.transaction() as session:
        session.execute(update(clients).where(clients.c.id == "portal").values(id="nobody"))
    assert book.find("nobody") is not None


def test_a_secret_changed_here_counts_at_once(suite: Suite, portal: App) -> None:
    """The old one is refused by the very next request."""
    assert portal.own_token().status_code == 200
    with suite.context.transaction() as work:
        rotate_secret(work, "portal", timedelta(0))
    assert portal.own_token().status_code == 401
