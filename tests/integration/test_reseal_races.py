"""Keys are changed while the service runs: killed and begun again, with rivals in the middle, on both databases."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import event, select, text, update

from registration.app import SERVICE
from registration.directory import imports
from registration.directory.imports import Row
from registration.directory.models import DirectoryEntry
from registration.directory.vault import TinVault
from registration.settings import RegistrationSettings
from registration.tables import Base
from shared import runtime
from shared.crypto import SecretBox
from shared.db import claimed
from shared.service import Context
from shared.verbs.renewing import Renewal, Renewer
from tests.support.keys import NEW, environment, resealed, restarted
from tests.support.migrated import ready

OLD = "the-key-of-before-of-this-service-0123456789"
ROWS = 250  # two batches
TINS = [f"{100000000 + number}" for number in range(ROWS)]


class StoppedError(Exception):
    """Somebody pulled the plug."""


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    """Registration with a directory that the old key sealed, on one database, then on the other."""
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/registration.db" if on_sqlite else request.getfixturevalue("postgres")("registration")
    settings = RegistrationSettings(
        mode="test",
        database_url=url,
        broker_url="memory:",
        cache_url="memory:",
        secret_key=SecretStr(OLD),
        tin_index_key=SecretStr("an-index-has-a-key-of-its-own-0123456789"),
    )
    made = runtime.build(SERVICE, settings)
    ready(made.database, SERVICE.migrations)
    with made.transaction() as work:
        imports.keep_all(work, made.part(TinVault), [Row(tin, "Harbor", "", True, True) for tin in TINS])
    yield made
    made.database.close()


@pytest.fixture
def both(before: Context) -> Iterator[Context]:
    """The running service, with the new key before the old one."""
    made = restarted(before, NEW, OLD)
    yield made
    made.database.close()


def renew(context: Context, told: Callable[[int, int], None] = lambda _done, _whole: None) -> Renewal:
    """What the command does, in this process."""
    return Renewer(context.database, [Base.metadata], context.settings.secret_keys).run(told)


def boxes(context: Context) -> dict[str, str]:
    """What is stored of each TIN, by index."""
    with context.reading() as session:
        return {row.tin_index: row.tin_box for row in session.execute(text("SELECT * FROM directory_entries"))}


def opened(context: Context) -> list[str]:
    """The TINs that a process can open, each found by its index too; in order."""
    vault, stored = context.part(TinVault), boxes(context)
    assert all(vault.index(vault.open(box)) == index for index, box in stored.items())
    return sorted(vault.open(box) for box in stored.values())


def test_what_was_stopped_half_way_is_begun_again(before: Context, both: Context) -> None:
    """What was done stays, the rest opens under the old key meanwhile, the next run does that rest and no more."""

    def stop(done: int, whole: int) -> None:
        if 0 < done < whole:
            raise StoppedError

    first = boxes(before)
    with pytest.raises(StoppedError):
        renew(both, stop)
    half = boxes(both)
    moved = sum(half[index] != first[index] for index in first)
    assert 0 < moved < ROWS
    assert opened(both) == TINS
    told = resealed(both)
    assert (told["resealed"], told["under_the_newest_key"], told["older_keys"]) == (
        ROWS - moved,
        ROWS,
        "can be removed",
    )
    alone = restarted(before, NEW)
    assert opened(alone) == TINS
    alone.database.close()


def test_a_killed_program_leaves_nothing_half_done(before: Context, both: Context) -> None:
    """SIGKILL in the middle of the real program: every TIN opens, and the next run ends what it began."""
    first, words = boxes(before), [sys.executable, "-m", "registration", "secrets", "reseal"]
    with subprocess.Popen(words, env=os.environ | environment(both), stdout=subprocess.PIPE) as running:
        while running.poll() is None and boxes(before) == first:
            pass
        running.kill()
    assert opened(both) == TINS
    assert resealed(both)["under_the_newest_key"] == ROWS
    assert all(boxes(both)[index] != first[index] for index in first)


@pytest.mark.parametrize("keys", [(NEW, OLD), (OLD,)], ids=["restarted", "not-restarted"])
def test_what_a_rival_writes_in_the_middle_stays(before: Context, both: Context, keys: tuple[str, ...]) -> None:
    """Between our look and our write another process changes a row: its text stays, and ends under the newest key."""
    rival, (tin_index, *_rest) = SecretBox([key.encode() for key in keys]), boxes(before)
    written, wrote = rival.encrypt("987654321"), list[str]()

    def write(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("SELECT directory_entries") and not wrote:
            wrote.append(tin_index)
            with before.transaction() as work:
                mine = update(DirectoryEntry).where(DirectoryEntry.tin_index == tin_index)
                assert claimed(work.session.execute(mine.values(tin_box=written)))

    event.listen(both.database.engine, "after_cursor_execute", write)
    found = renew(both)
    assert (found.left, found.current) == (0, ROWS)
    kept = boxes(both)[tin_index]
    assert SecretBox([NEW.encode()]).decrypt(kept) == "987654321"
    assert (kept == written) is (len(keys) == 2)


def test_two_runs_and_those_who_read(before: Context, both: Context) -> None:
    """Each row is moved once, whoever is first; meanwhile every TIN opens and is found, in every process."""
    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(renew, both) for _ in range(2)]
        while not all(run.done() for run in runs):
            assert opened(both) == TINS
        assert sum(run.result().renewed for run in runs) == ROWS
    assert renew(both) == Renewal(renewed=0, current=ROWS)


@pytest.mark.parametrize("before", ["postgresql"], indirect=True)
def test_nobody_waits_for_it_for_long(before: Context, both: Context) -> None:
    """A row that somebody holds is let be and reported: run again, it is done. So no circle has it in it."""
    with before.transaction() as work:
        work.session.execute(select(DirectoryEntry).limit(1).with_for_update())
        told = resealed(both, exit_code=1)
        assert told["left_under_another_key"] > 0 and told["older_keys"].startswith("still needed")
    assert resealed(both)["under_the_newest_key"] == ROWS


def test_a_row_that_opens_under_no_key_stops_nothing(before: Context, both: Context) -> None:
    """It stands in the first batch: the others are moved, it is named by its key and stays as it is."""
    with before.transaction() as work:
        spoilt = work.session.scalars(select(DirectoryEntry).order_by(DirectoryEntry.id).limit(1)).one()
        spoilt.tin_box = SecretBox([b"x" * 32]).encrypt("987654321")
    told = resealed(both, exit_code=1)
    assert told["rows_opened_by_no_key"] == [f"directory_entries.tin_box {spoilt.id}"]
    assert (told["resealed"], boxes(both)[spoilt.tin_index]) == (ROWS - 1, spoilt.tin_box)
