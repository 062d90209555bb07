"""Statements of hot paths mean the same wherever they are asked, and outlive the connections they were prepared on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import bindparam, insert, select

from shared.db import Database, Query, UtcDateTime, beside, open_database
from shared.db.floor import FLOOR, audit_entries, inbox

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KNOWN = Query(
    select(inbox.c.event_id, inbox.c.received_at, audit_entries.c.after)
    .outerjoin(audit_entries, audit_entries.c.id == inbox.c.event_id)
    .where(inbox.c.type == "known", inbox.c.received_at < bindparam("before", type_=UtcDateTime))
    .order_by(inbox.c.event_id)
)
SHOWN = Query(select(inbox.c.event_id).where(inbox.c.event_id == bindparam("event")))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with two known rows and a strange one."""
    is_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/floor.db" if is_file else str(request.getfixturevalue("postgres")())
    made = open_database(url)
    FLOOR.create_all(made.engine)
    with made.transaction() as session:
        for name, kind in (("evt_1", "known"), ("evt_2", "known"), ("evt_3", "strange")):
            session.execute(insert(inbox).values(event_id=name, type=kind, received_at=NOON))
        entry = {"id": "evt_1", "at": NOON, "actor": "a", "actor_kind": "system", "action": "x", "target": "y"}
        session.execute(insert(audit_entries).values(**entry, after={"list": [1, "ñ"]}))
    yield made
    made.close()


@pytest.fixture
def postgresql(postgres: Callable[..., str]) -> Iterator[Database]:
    """An empty inbox on PostgreSQL."""
    made = open_database(postgres())
    FLOOR.create_all(made.engine)
    yield made
    made.close()


def test_a_row_reads_alike_for_itself_and_within_a_transaction(database: Database) -> None:
    """Instants are aware and in UTC, JSON is unfolded, values written in the statement count."""
    given = {"before": NOON + timedelta(seconds=1)}
    with database.transaction() as session:
        inside = [tuple(row) for row in KNOWN.all(session, given)]
    alone = KNOWN.all(database, given)
    assert [tuple(row) for row in alone] == inside
    assert [(row.event_id, row.after) for row in alone] == [("evt_1", {"list": [1, "ñ"]}), ("evt_2", None)]
    assert all(row.received_at == NOON and row.received_at.utcoffset() == timedelta(0) for row in alone)


def test_nothing_found_is_none_and_another_value_is_another_answer(database: Database) -> None:
    """A statement is prepared once; what is asked is not kept."""
    assert SHOWN.first(database, {"event": "evt_9"}) is None
    for name in ("evt_1", "evt_3", "evt_1"):
        found = SHOWN.first(database, {"event": name})
        assert found is not None
        assert found.event_id == name


def test_what_was_committed_is_seen_at_once(database: Database) -> None:
    """Nothing stands between a commit elsewhere and the next question (G4)."""
    assert SHOWN.first(database, {"event": "evt_new"}) is None
    with database.transaction() as session:
        session.execute(insert(inbox).values(event_id="evt_new", type="known", received_at=NOON))
        assert SHOWN.first(beside(database, session), {"event": "evt_1"}) is not None
    assert SHOWN.first(database, {"event": "evt_new"}) is not None


def test_connections_that_the_server_ended_are_replaced(postgresql: Database) -> None:
    """PostgreSQL restarts while they rest: the next question is answered."""
    assert SHOWN.first(postgresql, {"event": "evt_1"}) is None
    with postgresql.transaction() as session:
        # The second argument waits until each of them is gone, not only told to go.
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        ended = f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE {others}"
        session.connection().exec_driver_sql(ended)
    assert SHOWN.first(postgresql, {"event": "evt_1"}) is None


def test_a_statement_that_failed_leaves_no_broken_connection_behind(postgresql: Database) -> None:
    """The table goes and comes back with a column of another kind, as a migration might do it."""
    assert SHOWN.first(postgresql, {"event": "evt_1"}) is None
    with postgresql.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE inbox ALTER COLUMN event_id TYPE text")
    with pytest.raises(psycopg.Error):
        SHOWN.first(postgresql, {"event": "evt_1"})
    assert SHOWN.first(postgresql, {"event": "evt_1"}) is None


def test_threads_have_a_connection_each_while_they_ask(postgresql: Database) -> None:
    """Twenty at once, again and again: each gets its own answer."""
    with postgresql.transaction() as session:
        for number in range(20):
            session.execute(insert(inbox).values(event_id=f"evt_{number}", type="known", received_at=NOON))
    together = Barrier(20)

    def ask(number: int) -> set[str]:
        together.wait()
        found = [SHOWN.first(postgresql, {"event": f"evt_{number}"}) for _ in range(50)]
        return {row.event_id for row in found if row is not None}

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(ask, range(20))) == [{f"evt_{number}"} for number in range(20)]
