"""The national file of NPIs on real PostgreSQL: killed and resumed, rivals, the switch under load, plans, memory."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from registration.app import SERVICE
from registration.directory import service
from registration.directory.files import layouts, running
from registration.directory.files.running import Asked, Overtaken
from registration.settings import RegistrationSettings
from shared import runtime
from shared.db.migrate import migrate
from shared.service import Context
from tests.performance.bench_directory import high_water
from tests.support import nppes

KEY = "registration-import-key-0123456789abcdef"
MEMORY = 200 * 1024  # kilobytes, whatever the size of the file


@pytest.fixture
def place(postgres: Callable[..., str]) -> Iterator[Context]:
    """Registration on an empty PostgreSQL."""
    settings = RegistrationSettings(
        mode="test",
        database_url=postgres("registration"),
        broker_url="memory:",
        cache_url="memory:",
        secret_key=SecretStr(KEY),
    )
    context = runtime.build(SERVICE, settings)
    migrate(context.database, SERVICE.migrations)
    yield context
    context.database.close()


class Command:
    """`registration directory import FILE` as a process of its own."""

    def __init__(self, place: Context, file: Path) -> None:
        environment = {
            **os.environ,
            "GATEHOUSE_MODE": "test",
            "GATEHOUSE_DATABASE_URL": place.settings.database_url,
            "GATEHOUSE_BROKER_URL": "memory:",
            "GATEHOUSE_CACHE_URL": "memory:",
            "GATEHOUSE_SECRET_KEY": KEY,
        }
        words = [sys.executable, "-m", "registration", "directory", "import", str(file), "--json"]
        self._process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def kill_when(self, moved: Callable[[], bool]) -> None:
        """End it without a warning as soon as something has happened."""
        while not moved():
            assert self._process.poll() is None, self._process.communicate()[0]
            time.sleep(0.002)
        self._process.kill()
        self._process.communicate()

    def end(self) -> tuple[int, int]:
        """Wait for its end; return exit code and the most memory its processes had together, in kilobytes."""
        most = 0
        while self._process.poll() is None:
            most = max(most, high_water(self._process.pid))
            time.sleep(0.01)
        told = self._process.communicate()[0]
        assert self._process.returncode == 0, told.decode()
        return self._process.returncode, most


def rows(place: Context, query: str) -> list[tuple[object, ...]]:
    """Look into the database."""
    with place.reading() as session:
        return [tuple(row) for row in session.execute(text(query))]


def killed_and_resumed(place: Context, file: Path, count: int) -> int:
    """Import a file, killed twice on the way; return the most memory the last part had."""
    for least in (1, 1 + count // 3):
        Command(place, file).kill_when(partial(has_kept, place, least))
        assert known(place, 0) is None
    _, memory = Command(place, file).end()
    found = rows(place, "SELECT count(*), count(DISTINCT npi), count(DISTINCT generation) FROM npi_entries")
    assert found == [(count, count, 1)]
    assert rows(place, "SELECT kept, left_out, state FROM directory_imports") == [(count, 0, "done")]
    return memory


def has_kept(place: Context, least: int) -> bool:
    """Whether at least so many rows are committed."""
    return rows(place, f"SELECT 1 FROM directory_imports WHERE kept >= {least}") == [(1,)]


def known(place: Context, number: int) -> str | None:
    """What a look-up says of a row's NPI."""
    with place.reading() as session:
        found = service.npi_records(session, [nppes.npi(number)])
    return found[nppes.npi(number)].name if found else None


@pytest.mark.timeout(120)
def test_a_file_that_is_killed_twice_is_whole_in_the_end(place: Context, tmp_path: Path) -> None:
    """Three processes, two of them ended by the kernel: each row once, and none counts before the last is there."""
    file = nppes.write(tmp_path / "npidata_pfile.csv", 60_001)
    assert killed_and_resumed(place, file, 60_001) < MEMORY
    assert (known(place, 60_000), known(place, 60_001)) == (nppes.who(60_000), None)


@pytest.mark.soak
def test_a_million_rows_killed_and_resumed_fit_into_200_megabytes(place: Context, tmp_path: Path) -> None:
    """The real size; memory does not grow with it. How long look-ups take there is told by `make bench`."""
    file = nppes.write(tmp_path / "npidata_pfile.csv", 1_000_000)
    assert killed_and_resumed(place, file, 1_000_000) < MEMORY
    assert (known(place, 999_999), known(place, 1_000_000)) == (nppes.who(999_999), None)


def test_an_npi_that_comes_again_is_left_out_wherever_it_stood(
    place: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the same block, in the same batch, in a batch before: the first counts, and the table says so."""
    monkeypatch.setattr(layouts.National, "batch", 4)
    file = tmp_path / "npidata_pfile.csv"
    numbers = [*range(900), 899, 2, *range(900, 2_000), 899, 1_999, 1_999]
    file.write_text("".join(nppes.lines(nppes.cells(number) for number in numbers)), encoding="utf-8")
    report = running.run(place, Asked(file), lambda _done, _whole: None)
    assert (report.run.kept, report.run.left_out, str(report.run.state)) == (2_000, 5, "done")
    assert rows(place, "SELECT count(*), count(DISTINCT npi) FROM npi_entries") == [(2_000, 2_000)]
    assert report.errors is not None
    told = report.errors.read_text(encoding="utf-8").splitlines()[1:]
    assert told == [f"{line},NPI,stands in the file already" for line in (902, 903, 2004, 2005, 2006)]


def test_two_who_import_one_file_leave_each_row_once(
    place: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One holds the run; the other finds it moved and stops, whichever of them is faster in the end."""
    monkeypatch.setattr(layouts.National, "batch", 4)
    file = nppes.write(tmp_path / "npidata_pfile.csv", 5_000)
    together, results = threading.Barrier(4), []

    def run() -> None:
        together.wait()
        try:
            results.append(running.run(place, Asked(file), lambda _done, _whole: None).run.state)
        except Overtaken:
            results.append("overtaken")

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    running.run(place, Asked(file), lambda _done, _whole: None)
    assert len(results) == 4 and set(results) <= {"done", "overtaken"}
    assert rows(place, "SELECT count(*), count(DISTINCT npi) FROM npi_entries") == [(5_000, 5_000)]
    assert rows(place, "SELECT count(*) FROM directory_imports WHERE state = 'running'") == [(0,)]


def test_look_ups_never_see_half_of_a_file(place: Context, tmp_path: Path) -> None:
    """While generations come and go, an NPI that is in all of them is always there, under an old or a new name."""
    running.run(place, Asked(nppes.write(tmp_path / "first.csv", 2_000)), lambda _done, _whole: None)
    stop, seen = threading.Event(), set()

    def look() -> None:
        while not stop.is_set():
            seen.update((known(place, 7), known(place, 1_999)))

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(4):
        file = tmp_path / f"next-{number}.csv"
        found = [nppes.cells(each, Provider_Middle_Name=f"M{number}") for each in range(2_000)]
        file.write_text("".join(nppes.lines(found)), encoding="utf-8")
        running.run(place, Asked(file), lambda _done, _whole: None)
    stop.set()
    for thread in threads:
        thread.join()
    assert None not in seen
    assert known(place, 7) == "PAT M3 DOCTOR7"
    assert rows(place, "SELECT count(DISTINCT generation) FROM npi_entries") == [(1,)]


def test_look_ups_go_by_the_key(place: Context, tmp_path: Path) -> None:
    """The plan reads one row of the table by its primary key, and the one row that says which generation counts."""
    file = nppes.write(tmp_path / "npidata_pfile.csv", 20_000)
    running.run(place, Asked(file), lambda _done, _whole: None)
    asked: list[tuple[str, object]] = []
    event.listen(place.database.engine, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
    with place.reading() as session:
        service.npi_records(session, [nppes.npi(5), nppes.npi(6)])
        service.npis_of(session, ["x"])
        connection = session.connection()
        plans = [
            "\n".join(str(line) for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}", given))  # type: ignore[arg-type]
            for statement, given in list(asked)
        ]
    assert "Index Scan using pk_npi_entries" in plans[0] and "Seq Scan on npi_entries" not in plans[0], plans[0]
    assert "pk_directory_npis" in plans[1]
