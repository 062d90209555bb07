"""Who holds two organizations, and their rivals, on real PostgreSQL: nobody is answered 500 for the sake of another.

The rivals are stopped at the very instant in which each holds what the other wants next.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from access_manager.organizations.models import lock
from access_manager.subscriptions import SUBSCRIPTIONS
from shared.events.event import Event
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from shared.service import Work
from tests.service.access_manager.partnership import BEN, BILLING, Partnership
from tests.service.access_manager.world import CLINIC, MONDAY, World, asks

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
_BROKEN = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


@pytest.fixture
def both(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[Partnership]:
    """The clinic and the company that works for it, on an empty PostgreSQL database."""
    world = World(tmp_path, postgres("access"))
    yield Partnership.seeded(world)
    world.close()


class Asking(Thread):
    """A call that is under way, and its answer."""

    def __init__(self, call: Callable[[], httpx.Response]) -> None:
        super().__init__()
        self._call = call
        self.answer = httpx.Response(599)

    def run(self) -> None:
        self.answer = self._call()

    def until_it_waits(self, world: World) -> None:
        """Return once the call waits for a row."""
        self.start()
        while self.is_alive() and not _number(world, _WAITING):
            self.join(0.01)
        assert self.is_alive(), self.answer.text


def _number(world: World, asked: Any) -> int:
    with world.context.reading() as session:
        return int(session.scalar(asked) or 0)


def _deadlocks(world: World) -> int:
    with world.context.reading() as session:
        session.execute(text("SELECT pg_stat_force_next_flush()"))
    return _number(world, _BROKEN)


def _patient(session: Session) -> None:
    """Of two in a circle the one that waits longer looks first, and gives way: not this one."""
    session.execute(text("SET LOCAL deadlock_timeout = '20s'"))


def test_a_call_that_was_ended_for_a_rival_s_sake_is_done_all_the_same(both: Partnership) -> None:
    """A circle that no order prevented: the call is the victim, runs again, and is done once.

    Takes the second after which PostgreSQL looks for circles.
    """
    world, link = both.world, both.connected()
    sending = Asking(lambda: both.send(link))
    with world.context.database.transaction() as session:
        _patient(session)
        assert lock(session, CLINIC) is not None
        sending.until_it_waits(world)  # it holds the company, and wants the clinic
        assert lock(session, BILLING) is not None
    sending.join()
    assert sending.answer.status_code == 200, sending.answer.text
    assert _deadlocks(world) == 1
    told = [each for each in world.published("membership.granted") if each.data["account_id"] == BEN]
    assert [each.data["organization"]["id"] for each in told] == [BILLING, CLINIC]
    assert both.may(BEN, "claims.submit")


def test_what_was_committed_before_the_loss_is_not_done_twice(both: Partnership) -> None:
    """A view that has written something cannot run again: the loss is told as the 500 it is; nothing is repeated."""
    world = both.world
    runs: list[str] = []

    def writes_twice() -> str:
        with world.context.transaction() as work:
            runs.append("first")
            work.audit("tried", target="acc_meg")
        with world.context.transaction() as work:
            work.session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))
        return "never"

    world.app.view_functions["functions.functions"] = _declared_as(
        world.app.view_functions["functions.functions"], writes_twice
    )
    answer = world.api("access.read").get("/api/access/v1/functions")
    assert (answer.status_code, runs) == (500, ["first"])


def _declared_as(view: Any, instead: Any) -> Any:
    instead.__dict__.update(view.__dict__)
    return instead


def test_who_loses_each_time_is_told_in_the_end(both: Partnership) -> None:
    """Three runs, and no more: a fault that looks like a rival's does not hold a door for ever."""
    world, runs = both.world, []

    def loses() -> str:
        runs.append(1)
        with world.context.transaction() as work:
            work.session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))
        return "never"

    view = world.app.view_functions["functions.functions"]
    world.app.view_functions["functions.functions"] = _declared_as(view, loses)
    assert world.api("access.read").get("/api/access/v1/functions").status_code == 500
    assert len(runs) == 3


def test_a_batch_of_events_gives_way_to_a_call_that_holds_two_organizations(both: Partnership) -> None:
    """The batch holds the clinic and wants the company, the call the other way round.

    The batch waits for nobody while it holds many rows: it falls apart into its events, and no one was a victim.
    """
    world, link = both.world, both.connected()
    paused, go_on = Signal(), Signal()

    def pausing(handler: Callable[[Work, Event], None]) -> Callable[[Work, Event], None]:
        def handle(work: Work, event: Event) -> None:
            handler(work, event)
            paused.set()
            go_on.wait(20)

        return handle

    lines = [replace(each, handler=pausing(each.handler)) for each in SUBSCRIPTIONS if each.type == "user.registered"]
    inbox = Inbox(world.context, lines, pause=lambda _seconds: None)
    asked = [
        asks("acc_1", "app_1", organization_id=CLINIC),
        asks("acc_2", "app_2", organization_id=BILLING),  # before the clinic in the order of ids
    ]
    events = [
        Event(f"evt_{n}", "user.registered", "registration", f"app_{n}", 1, MONDAY, data)
        for n, data in enumerate(asked, 1)
    ]
    deliveries = [Delivery(sender=each.source, type=each.type, body=each.to_bytes()) for each in events]
    batch = Thread(target=lambda: inbox.receive(deliveries))
    batch.start()
    assert paused.wait(20)
    sending = Asking(lambda: both.send(link))
    sending.until_it_waits(world)
    go_on.set()
    sending.join()
    batch.join()
    assert sending.answer.status_code == 200, sending.answer.text
    assert {each.data["account_id"] for each in world.published("approval.required")} == {"acc_1", "acc_2"}
    assert _deadlocks(world) == 0
