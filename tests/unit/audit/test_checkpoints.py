"""Signed checkpoints (M4): what was noted yesterday still holds, and nobody without the key can have noted it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from shared.audit import check, export, seal
from shared.audit.chain import Head, head
from shared.audit.checkpoint import BadCheckpoint, public_keys, read, sign
from shared.audit.verify import main
from shared.db import Database
from shared.service import Actor
from tests.support.throwaway import TELLER, Place, open_place

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
SECRETS = [b"n" * 40, b"o" * 40]
KEYS = public_keys(SECRETS)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A record with three sealed entries."""
    made = opened(tmp_path / "audit.db", 3)
    yield made
    made.close()


@pytest.fixture
def database(place: Place) -> Database:
    """Where it is kept."""
    return place.context.database


def opened(file: Path, entries: int) -> Place:
    """A service with a record of its own."""
    made = open_place(TELLER, f"sqlite:///{file}")
    record(made, entries)
    return made


def record(place: Place, count: int) -> None:
    """Write and seal some acts."""
    with place.context.transaction(Actor("acc_1", "person", "provider")) as work:
        for number in range(count):
            work.audit("membership.granted", target=f"acc_{number}", organization="org_1")
    seal(place.context.database, place.context.clock.now())


def noted(database: Database, secrets: list[bytes] = SECRETS) -> str:
    """A checkpoint of now."""
    with database.reading() as session:
        return sign(secrets, "access-manager", head(session), NOW)


def test_a_checkpoint_says_how_far_the_record_reached(database: Database) -> None:
    """Service, position, hash and instant, as the key vouches for."""
    found = read(noted(database), KEYS)
    assert (found.service, found.head.position, found.at) == ("access-manager", 3, "2026-11-23T15:00:00Z")


def test_m4_yesterdays_checkpoint_still_verifies(place: Place, database: Database) -> None:
    """M4: the record went on since, through the very same place."""
    yesterday = read(noted(database), KEYS)
    record(place, 4)
    assert check(database, yesterday.head) is None


def test_m4_a_record_cut_off_or_made_anew_does_not_hold_a_checkpoint(tmp_path: Path, place: Place) -> None:
    """M4: both are whole in themselves; only what was noted earlier tells."""
    record(place, 2)
    later = read(noted(place.context.database), KEYS)
    other = opened(tmp_path / "other.db", 3)
    cut = check(other.context.database, later.head)
    assert cut is not None and "it once reached 5" in cut.why
    record(other, 3)
    differs = check(other.context.database, later.head)
    assert differs is not None and differs.position == 5
    other.close()


@pytest.mark.parametrize("secrets", [[b"x" * 40], [b"x" * 40, *SECRETS]])
def test_a_checkpoint_of_another_key_is_none(database: Database, secrets: list[bytes]) -> None:
    """Whoever can write into the database and has no key cannot make one."""
    with pytest.raises(BadCheckpoint):
        read(noted(database, secrets), KEYS)


def test_a_checkpoint_of_the_key_before_is_still_read(database: Database) -> None:
    """P2: the first secret signs, all of them read; after a rotation the old checkpoints count."""
    assert read(noted(database, SECRETS[1:]), KEYS).head.position == 3


def test_a_touched_checkpoint_is_none(database: Database) -> None:
    """One letter changed, a part missing, or something else that was signed."""
    text_of = noted(database)
    for touched in (text_of[:-4] + "AAAA", text_of.partition(".")[2], "", "{}"):
        with pytest.raises(BadCheckpoint):
            read(touched, KEYS)


def test_the_keys_are_public() -> None:
    """Nothing in them signs."""
    assert all("d" not in key for key in KEYS["keys"])


def test_an_export_is_held_against_a_checkpoint_without_a_database(tmp_path: Path, place: Place) -> None:
    """M4, offline: the export ends with a checkpoint of its own, and one of yesterday is taken too."""
    database, yesterday = place.context.database, tmp_path / "yesterday"
    yesterday.write_text(noted(database))
    record(place, 2)
    exported = list(export(database, lambda found: sign(SECRETS, "access-manager", found, NOW)))
    assert read(json.loads(exported[-1])["checkpoint"], KEYS).head.position == 5
    file, keys = tmp_path / "audit.jsonl", tmp_path / "keys.json"
    file.write_bytes(b"".join(exported))
    keys.write_text(json.dumps(KEYS))

    def run(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(file), *map(str, words)])
        return done.exit_code, done.output

    assert run("--checkpoint", yesterday, "--keys", keys)[0] == 0
    assert run("--checkpoint", yesterday)[0] == 2
    yesterday.write_text(sign(SECRETS, "access-manager", Head(2, "f" * 64), NOW))
    code, told = run("--checkpoint", yesterday, "--keys", keys)
    assert code == 1 and "position 2" in told
    yesterday.write_text(sign([b"x" * 40], "access-manager", Head(2, "f" * 64), NOW))
    assert run("--checkpoint", yesterday, "--keys", keys)[0] == 1


def test_a_row_touched_behind_the_checkpoint_is_named(database: Database) -> None:
    """N1: the chain itself names it; a checkpoint changes nothing about that."""
    expected = read(noted(database), KEYS).head
    with database.transaction() as session:
        names = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text("UPDATE audit_entries SET target = 'acc_other' WHERE number = 2"))
    bad = check(database, expected)
    assert bad is not None and bad.position == 2
