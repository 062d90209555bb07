"""The audit shows when somebody touched it: every kind of touch, on both databases and in the export."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from shared import audit
from shared.audit.export import check as check_export
from shared.audit.verify import main
from shared.db import Database
from shared.service import Actor
from tests.support.throwaway import TELLER, Place, open_place

MANAGER = Actor("acc_1", "person", "provider")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A service on one database, then on the other."""
    url = f"sqlite:///{tmp_path}/audit.db" if request.param == "sqlite" else request.getfixturevalue("postgres")()
    found = open_place(TELLER, url)
    yield found
    found.close()


def act(place: Place, count: int = 1) -> None:
    """Record some acts, each in its own transaction."""
    for number in range(count):
        with place.context.transaction(MANAGER, f"req_{number}") as work:
            before, after = {"functions": ["a"]}, {"functions": ["a", "b"], "share": 0.1, "ñ": None}
            work.audit("membership.changed", target="mem_1", organization="org_1", before=before, after=after)


def seal(place: Place) -> int:
    """Let the sealer do what waits."""
    return audit.seal(place.context.database, place.context.clock.now())


def tamper(database: Database, *statements: str) -> None:
    """Do what only somebody with the owner's rights can: switch the triggers off first."""
    with database.transaction() as session:
        if database.dialect == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for table in ("entries", "seals"):
                for act in ("update", "delete", "replace"):
                    session.execute(text(f"DROP TRIGGER IF EXISTS audit_{table}_{act}"))
        for statement in statements:
            session.execute(text(statement))


def test_an_untouched_audit_is_whole(place: Place) -> None:
    """More entries than one sealing batch, sealed in pieces."""
    act(place, 3)
    assert (seal(place), seal(place)) == (3, 0)
    act(place, 2)
    assert audit.check(place.context.database) is None
    assert seal(place) == 2
    assert audit.check(place.context.database) is None


def test_an_entry_of_a_transaction_that_failed_is_not_there(place: Place) -> None:
    """The audit tells what happened, not what was tried."""
    with pytest.raises(RuntimeError), place.context.transaction() as work:
        work.audit("membership.changed", target="mem_1")
        raise RuntimeError
    assert seal(place) == 0


@pytest.mark.parametrize("after", [{"password": "x"}, {"person": [{"tin": "x"}]}, {"note": "12-3456789"}])
def test_a_secret_cannot_be_written(place: Place, after: object) -> None:
    """The transaction fails before the secret is stored for good; the message does not repeat it."""
    with pytest.raises(ValueError, match="may not be written") as refusal, place.context.transaction() as work:
        work.audit("membership.changed", target="mem_1", after=after)
    assert "3456789" not in str(refusal.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET actor = 'acc_2'",
        "DELETE FROM audit_entries",
        "UPDATE audit_seals SET hash = 'x'",
        "DELETE FROM audit_seals",
    ],
)
def test_the_database_itself_refuses_a_change(place: Place, statement: str) -> None:
    """Threat 44: not even our own program can rewrite history."""
    act(place, 2)
    seal(place)
    with pytest.raises(DatabaseError, match="append-only"), place.context.database.transaction() as session:
        session.execute(text(statement))
    assert audit.check(place.context.database) is None


def test_the_tables_cannot_be_emptied_or_overwritten_by_the_back_door(place: Place) -> None:
    """TRUNCATE on PostgreSQL, INSERT OR REPLACE on SQLite."""
    act(place)
    seal(place)
    if place.context.database.dialect == "postgresql":
        statements = ["TRUNCATE audit_entries", "TRUNCATE audit_seals"]
    else:
        statements = [
            f"INSERT OR REPLACE INTO audit_{name} SELECT * FROM audit_{name}" for name in ("entries", "seals")
        ]
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), place.context.database.transaction() as session:
            session.execute(text(statement))


@pytest.mark.parametrize(
    ("touch", "position", "why"),
    [
        (["UPDATE audit_entries SET actor = 'acc_2' WHERE number = 3"], 3, "differs from what was sealed"),
        (["""UPDATE audit_entries SET after = '{"functions": []}' WHERE number = 2"""], 2, "differs from what was"),
        (["DELETE FROM audit_entries WHERE number = 4"], 4, "entry is missing"),
        (["DELETE FROM audit_seals WHERE position = 2"], 2, "seal is missing"),
        (
            [
                "DELETE FROM audit_entries WHERE number = 5",
                "DELETE FROM audit_seals WHERE position = 5",
                "UPDATE audit_seals SET position = 5 WHERE position = 6",
            ],
            5,
            "does not follow",
        ),
        (
            [
                "UPDATE audit_seals SET entry_number = 99 WHERE position = 1",
                "UPDATE audit_seals SET entry_number = 1 WHERE position = 2",
                "UPDATE audit_seals SET entry_number = 2 WHERE position = 1",
            ],
            1,
            "differs from what was sealed",
        ),
        (["DELETE FROM audit_seals WHERE position = 6"], 0, "no seal and does not wait"),
    ],
)
def test_every_touch_is_found_and_located(place: Place, touch: list[str], position: int, why: str) -> None:
    """Changed, removed, moved: the verifier names the first bad entry."""
    act(place, 6)
    seal(place)
    tamper(place.context.database, *touch)
    bad = audit.check(place.context.database)
    assert bad is not None
    assert bad.position == position
    assert why in bad.why


def test_a_cut_off_end_shows_against_a_head_noted_earlier(place: Place) -> None:
    """Entries and seals gone together leave a chain that is sound, only shorter."""
    act(place, 3)
    seal(place)
    *_, last = audit.export(place.context.database)
    head = audit.Head(**orjson.loads(last)["head"])
    assert audit.check(place.context.database, head) is None
    tamper(
        place.context.database,
        "DELETE FROM audit_entries WHERE number = 3",
        "DELETE FROM audit_seals WHERE position = 3",
    )
    assert audit.check(place.context.database) is None
    bad = audit.check(place.context.database, head)
    assert bad is not None
    assert "it once reached 3" in bad.why


def test_two_sealers_at_once_build_one_chain(place: Place) -> None:
    """Whoever comes second finds nothing to do; no entry has two seals."""
    act(place, 40)
    with ThreadPoolExecutor(8) as sealers:
        counts = list(sealers.map(lambda _: seal(place), range(8)))
    assert sum(counts) == 40
    assert audit.check(place.context.database) is None


def test_an_export_proves_itself_anywhere(place: Place, tmp_path: Path) -> None:
    """JSON lines, checked by a program that needs no database."""
    act(place, 3)
    seal(place)
    lines = list(audit.export(place.context.database))
    assert check_export(lines)[0] is None
    file = tmp_path / "audit.jsonl"
    file.write_bytes(b"".join(lines))
    answer = CliRunner().invoke(main, [str(file)])
    assert (answer.exit_code, answer.output.split(",")[0]) == (0, "3 entries")


@pytest.mark.parametrize(
    ("touch", "why"),
    [
        (lambda lines: [lines[0].replace(b"acc_1", b"acc_2"), *lines[1:]], "differs from what was sealed"),
        (lambda lines: [lines[0], *lines[2:]], "missing or out of order"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "missing or out of order"),
        (lambda lines: lines[:-1], "its end is missing"),
        (lambda lines: [*lines[:2], lines[-1]], "head differs"),
        (lambda lines: [*lines, lines[0]], "not one of an export"),
        (lambda lines: [b"{", *lines], "not one of an export"),
        (lambda lines: [b'{"position": 1}', *lines], "holds no entry"),
        (lambda lines: [b"\xff", *lines], "not one of an export"),
    ],
)
def test_a_touched_export_is_refused(tmp_path: Path, touch: Callable[[list[bytes]], list[bytes]], why: str) -> None:
    """Whatever was done to the file, the program says where it stops holding, and exits with 1."""
    place = open_place(TELLER, f"sqlite:///{tmp_path}/audit.db")
    act(place, 3)
    seal(place)
    file = tmp_path / "audit.jsonl"
    file.write_bytes(b"\n".join(line.strip() for line in touch(list(audit.export(place.context.database)))))
    answer = CliRunner().invoke(main, [str(file)])
    assert answer.exit_code == 1
    assert why in answer.output
    place.close()
