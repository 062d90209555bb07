"""A view that lost to a rival runs again, with everything that was sent to it."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from flask import Flask, request
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.db import Database, lost_to_a_rival, open_database
from shared.web.again import insisting


def failure(cause: type[psycopg.Error]) -> OperationalError:
    """What the database raises."""
    return OperationalError("UPDATE", {}, cause())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database that says how often it committed."""
    made = open_database(f"sqlite:///{tmp_path / 'again.db'}")
    yield made
    made.close()


@pytest.fixture
def posted(database: Database) -> Iterator[None]:
    """A request with a form and a file."""
    app = Flask("again")
    app.extensions["gatehouse"] = SimpleNamespace(database=database)
    with app.test_request_context("/", method="POST", data={"name": "Ann", "list": (BytesIO(b"a,b"), "list.csv")}):
        yield


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (psycopg.errors.DeadlockDetected, True),
        (psycopg.errors.SerializationFailure, True),
        (psycopg.errors.LockNotAvailable, True),
        (psycopg.errors.UniqueViolation, False),
        (psycopg.errors.AdminShutdown, False),
    ],
)
def test_what_is_a_rival_s_doing(cause: type[psycopg.Error], expected: bool) -> None:
    """A circle, an order that cannot be, a row that somebody holds; not a rule of the table, not a server that ends."""
    assert lost_to_a_rival(failure(cause)) is expected
    assert not lost_to_a_rival(cause())


def test_the_second_run_reads_what_the_first_one_read(posted: None) -> None:
    """The form and the file are there again."""
    seen: list[tuple[str, bytes]] = []

    def view() -> str:
        seen.append((request.form["name"], request.files["list"].read()))
        if len(seen) == 1:
            raise failure(psycopg.errors.DeadlockDetected)
        return "done"

    assert insisting(view) == "done"
    assert seen == [("Ann", b"a,b"), ("Ann", b"a,b")]


@pytest.mark.parametrize(("committed", "runs"), [(False, 3), (True, 1)])
def test_it_runs_three_times_at_most_and_never_after_something_was_done(
    posted: None, database: Database, committed: bool, runs: int
) -> None:
    """The last loss is raised; what is committed is committed once."""
    count: list[int] = []

    def view() -> str:
        count.append(1)
        if committed:
            with database.transaction() as session:
                session.execute(text("CREATE TABLE IF NOT EXISTS done (id INTEGER)"))
        raise failure(psycopg.errors.SerializationFailure)

    with pytest.raises(OperationalError):
        insisting(view)
    assert len(count) == runs


def test_any_other_fault_is_raised_at_once(posted: None) -> None:
    """One run."""
    count: list[int] = []

    def view() -> str:
        count.append(1)
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        insisting(view)
    assert len(count) == 1
