"""A set is owed once, carried by one worker at a time and settled once, whoever else tries, on real PostgreSQL (K4)."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import insert, text

from identity.mfa import binding
from identity.oidc.outbound.patience import LEASE
from identity.signals.delivery import attempts
from identity.signals.delivery.courier import Courier
from identity.signals.delivery.models import ANY_TO_PUSH, BACKLOG, DEBTS, LAST_MADE, NEXT, STREAMS_WITH_DUE, WAITING
from identity.signals.kinds import SESSION_REVOKED
from identity.signals.models import sets
from shared.db.floor import outbox
from shared.events.inbox import Inbox
from shared.events.transport import Delivery
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.hearing import LONG, Ears, polling, pushed, rows
from tests.service.identity_signals.receivers import Receiver

RIVALS = 12
Found = TypeVar("Found")


@pytest.fixture
def receiver(suite: Suite) -> Receiver:
    """A receiver that an operator gave both scopes."""
    return Receiver(suite)


def at_once(act: Callable[[], Found], times: int = RIVALS) -> list[Found]:
    """Do the same from many threads; return what each gave."""
    with ThreadPoolExecutor(times) as pool:
        return [done.result() for done in [pool.submit(act) for _ in range(times)]]


def changes(suite: Suite, count: int) -> None:
    """Let somebody's passkeys come and go."""
    account_id = suite.person(f"pat{suite.context.ids.digits()}")
    for number in range(count):
        with suite.context.transaction() as work:
            binding.publish(work, account_id, "passkey", "added" if number % 2 == 0 else "removed")


def test_what_many_workers_hear_is_owed_once(suite: Suite, receiver: Receiver) -> None:
    """The same events came to all of them at once: a set each, in the order of what happened."""
    line = polling(receiver)
    changes(suite, 6)
    with suite.context.reading() as session:
        told = session.execute(outbox.select().order_by(outbox.c.number)).all()
    deliveries = [Delivery("identity", row.type, row.body) for row in told if row.type == "credential.changed"]
    at_once(lambda: Inbox(suite.context).receive(deliveries))
    assert [one.event["change_type"] for one in line.polled()] == ["create", "delete"] * 3


def test_of_many_workers_one_has_it(suite: Suite, receiver: Receiver) -> None:
    """The others get nothing, not even a wait; and nobody gets the next one before this one is over."""
    with pushed(receiver) as (line, end):
        end.down()
        changes(suite, 2)
        Ears(suite).hear()
        suite.context.part(Courier).settled(LONG)
        suite.clock.advance(timedelta(hours=1))

        def take() -> bool:
            with suite.context.reading() as session:
                due = attempts.due(session, line.id, suite.clock.now(), most)
            with suite.context.transaction() as work:
                return bool(due and DEBTS.claim(work, due))

        most = 1
        before = [row.tries for row in rows(suite)]
        assert sorted(at_once(take)) == [False] * (RIVALS - 1) + [True]
        assert [row.tries for row in rows(suite)] == [before[0] + 1, 0]
        most = 2
        suite.clock.advance(LEASE)
        assert sorted(at_once(take)) == [False] * (RIVALS - 1) + [True]
        assert [row.tries for row in rows(suite)] == [before[0] + 2, 1]


def test_many_couriers_carry_every_set_once_and_in_order(suite: Suite, receiver: Receiver) -> None:
    """Thirty sets, six processes that look at the same time: thirty requests, none twice, none before another."""
    with pushed(receiver) as (line, end):
        changes(suite, 30)
        couriers = [Courier(suite.context) for _ in range(6)]
        Ears(suite).hear()
        while any(row.settled_at is None for row in rows(suite)):
            for courier in couriers:
                courier.look()
            assert sum(courier.settled(LONG) for courier in couriers) or suite.context.part(Courier).settled(LONG)
        kept = [row.id for row in rows(suite)]
        assert [one.jti for one in line.read(*end.tokens)] == kept
    assert {row.tries for row in rows(suite)} == {1}


def test_polls_and_acknowledgements_at_once(suite: Suite, receiver: Receiver) -> None:
    """Many that fetch and acknowledge the same: each is settled once, and what nobody named still waits."""
    line = polling(receiver)
    changes(suite, 20)
    Ears(suite).hear()
    first = [one.jti for one in line.polled()]

    def fetch() -> int:
        return line.poll(ack=first[:10], setErrs={first[10]: {"err": "invalid_key"}}).status_code

    assert set(at_once(fetch)) == {200}
    assert [one.jti for one in line.polled()] == first[11:]
    assert [row.outcome for row in rows(suite)] == ["taken"] * 10 + ["refused"] + [None] * 9


def test_a_poll_while_it_is_told_loses_nothing(suite: Suite, receiver: Receiver) -> None:
    """Events are taken in while the receiver fetches and acknowledges: all of them come, each once."""
    line, ears = polling(receiver), Ears(suite)
    changes(suite, 40)
    got: list[str] = []
    with ThreadPoolExecutor(1) as pool:
        hearing = pool.submit(ears.hear)
        while not hearing.done() or line.poll(maxEvents=1).json()["sets"]:
            found = list(line.poll(maxEvents=7).json()["sets"])
            line.poll(maxEvents=0, ack=found)
            got += found
        hearing.result()
    assert sorted(got) == sorted(row.id for row in rows(suite)) and len(got) == 40


def test_looking_costs_the_same_however_much_was_told(suite: Suite, receiver: Receiver) -> None:
    """Each statement finds its rows through an index, in a table of many streams (performance rule 9)."""
    with pushed(receiver) as (line, _end):
        fill(suite, [line.id, *(f"str_{number}" for number in range(20))], 500)
        asked = {"now": suite.clock.now(), "stream": line.id, "limit": 100}
        for statement in (STREAMS_WITH_DUE, ANY_TO_PUSH, NEXT, WAITING, LAST_MADE, BACKLOG):
            given = {name: asked[name] for name in statement.compile().params if name in asked}
            with suite.context.database.engine.connect() as connection:
                bound = statement.params(given).compile(connection, compile_kwargs={"literal_binds": True})
                plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {bound}").scalars().all())
            assert "ix_signal_sets_stream_id_settled_at_made_at" in plan and "Seq Scan on signal_sets" not in plan, plan


def fill(suite: Suite, streams: Sequence[str], each: int) -> None:
    """Let sets of many streams wait, and as many be over."""
    now = suite.clock.now()
    plain = {"kind": SESSION_REVOKED, "token": "t", "due_at": now, "tries": 0}
    made = [
        {**plain, "id": f"{stream}_{number}", "stream_id": stream, "made_at": now + timedelta(seconds=number)}
        for stream in streams
        for number in range(each)
    ]
    with suite.context.transaction() as work:
        over = [{**one, "settled_at": now if number % 2 else None} for number, one in enumerate(made)]
        work.session.execute(insert(sets), over)
        work.session.execute(text("ANALYZE signal_sets"))
