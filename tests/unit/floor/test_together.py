"""Rows that are written together are the same rows as one by one, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from shared.audit import chain
from shared.db.floor import audit_entries, outbox
from shared.service import Actor, Work
from shared.together import together
from tests.support.throwaway import TELLER, TOLD, Place, open_place

_PAT = Actor("acc_pat", "person")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A service on one database, then on the other."""
    url = f"sqlite:///{tmp_path}/rows.db" if request.param == "sqlite" else request.getfixturevalue("postgres")()
    found = open_place(TELLER, url)
    yield found
    found.close()


@pytest.fixture
def said(place: Place) -> list[str]:
    """What the service says to its database, from now on, but for reading."""
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "INSERT" in statement:
            heard.append(statement)

    event.listen(place.context.database.engine, "before_cursor_execute", hear)
    return heard


def end(work: Work, number: int) -> None:
    """Something that is published and audited."""
    sid = f"ses_{number}"
    work.publish(TOLD, subject=sid, sequence=number, data={"session_id": sid, "account_id": "a", "reason": "r"})
    work.audit("session.ended", target=sid, before=None, after={"number": number, "ñ": ["“"]}, reason="r")


def content(place: Place) -> list[tuple[object, ...]]:
    """Both tables, in the order of their numbers, without the ids."""
    entries = [(row["target"], row["before"], row["after"], row["at"].utcoffset()) for row in place.rows(audit_entries)]
    return [*entries, *((row["subject"], row["type"], row["created_at"].utcoffset()) for row in place.rows(outbox))]


def test_they_are_the_same_rows(place: Place, said: list[str]) -> None:
    """JSON, instants, NULLs and numbers are what they are one by one; and the seals of the audit hold."""
    with place.context.transaction(_PAT) as work:
        end(work, 1)
    alone, apart = content(place), len(said)
    with place.context.transaction(_PAT) as work, together(work.session):
        end(work, 1)
    assert sorted(map(str, content(place))) == sorted(map(str, alone * 2))
    assert (apart, len(said) - apart) == ((2, 1) if place.context.database.dialect == "postgresql" else (2, 2))
    assert chain.seal(place.context.database, place.context.clock.now()) == 2
    assert chain.verify(place.context.database) is None


def test_rows_of_one_table_stay_in_order(place: Place) -> None:
    """The outbox is sent in the order of its numbers: two events of one subject must not change places."""
    with place.context.transaction(_PAT) as work, together(work.session):
        for number in range(1, 6):
            end(work, number)
    assert [row["target"] for row in place.rows(audit_entries)] == [f"ses_{number}" for number in range(1, 6)]
    assert [row["subject"] for row in place.rows(outbox)] == [f"ses_{number}" for number in range(1, 6)]
    assert len(place.waiting()) == 5


def test_a_block_that_fails_writes_nothing(place: Place) -> None:
    """Even where the transaction goes on; and what is put afterwards is written at once again."""
    with place.context.transaction(_PAT) as work:
        with pytest.raises(RuntimeError), together(work.session):
            end(work, 1)
            raise RuntimeError
        if place.context.database.dialect == "sqlite":
            work.session.rollback()  # there every row was written where it was put
        else:
            end(work, 2)
    wanted = ["ses_2"] if place.context.database.dialect == "postgresql" else []
    assert [row["subject"] for row in place.rows(outbox)] == wanted


def test_a_transaction_that_fails_after_the_block_takes_them_back(place: Place) -> None:
    """They belong to the transaction like every row."""
    with pytest.raises(RuntimeError), place.context.transaction(_PAT) as work:
        with together(work.session):
            end(work, 1)
        raise RuntimeError
    assert content(place) == []


def test_an_empty_block_says_nothing(place: Place, said: list[str]) -> None:
    """Somebody who was not let in has no rows of this kind."""
    with place.context.transaction(_PAT) as work, together(work.session):
        assert work.published == 0
    assert said == []
