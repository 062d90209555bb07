"""The national file of NPIs: import against COPY of the same columns, what it keeps in memory, and look-ups by NPI."""

import os
import secrets
import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from registration.app import SERVICE
from registration.directory import service as directory
from shared import runtime
from shared.config import load
from shared.db.migrate import migrate
from shared.service import Context
from tests.performance.house import ROOT, House, python
from tests.performance.table import Row, against
from tests.support import nppes

ROWS = int(os.environ.get("BENCH_NPIS", "1000000"))
_ROUNDS = 3
_LOOKUPS = 5_000
_PIECE = 1 << 20
_LOOK = 0.02  # seconds


@dataclass(frozen=True)
class Import:
    """One run of the command: seconds from its start to its end, and the most memory its processes had together."""

    seconds: float
    megabytes: float


def measure(house: House) -> Iterator[Row]:
    """Each round imports into an empty database, and copies what came of it into another table like it."""
    file = nppes.write(house.folder / "npidata_pfile.csv", ROWS)
    environment = house.environment("registration")
    del environment["GATEHOUSE_DATABASE_URL_FILE"]  # each round has a database of its own
    contexts, imports, copies = [], [], []
    for number in range(_ROUNDS):
        name = f"directory_{number}"
        environment["GATEHOUSE_DATABASE_URL"] = house.servers.postgres.create_database(name)
        contexts.append(runtime.build(SERVICE, load(SERVICE.settings, environment)))
        migrate(contexts[-1].database, SERVICE.migrations)
        imports.append(_import(environment, file))
        copies.append(_copy(house, name))
    rates = [ROWS / each.seconds for each in imports]
    yield against(
        f"NPPES import, {ROWS:,} rows, from key press to prompt", rates, "COPY of the same columns", copies, "≥ 0.3"
    )
    start = statistics.median(_start(environment) for _ in range(_ROUNDS))
    rates = [ROWS / (each.seconds - start) for each in imports]
    yield against(f"the same without the program's start ({start:.2f} s)", rates, "COPY of the same columns", copies)
    most = max(each.megabytes for each in imports)
    yield Row("memory of the import, at most", f"{most:.0f} MiB", "–", "–", "≤ 200 MiB", most)
    yield _lookups(contexts[-1], "known", [nppes.npi(secrets.randbelow(ROWS)) for _ in range(_LOOKUPS)])
    yield _lookups(contexts[-1], "unknown", [nppes.npi(ROWS + number) for number in range(_LOOKUPS)])
    for context in contexts:
        context.database.close()
    file.unlink()


def _import(environment: dict[str, str], file: Path) -> Import:
    words = python("-m", "registration", "directory", "import", str(file), "--json")
    began = time.monotonic()
    process = subprocess.Popen(words, env={**environment, "PYTHONPATH": _path()}, cwd=ROOT, stdout=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, high_water(process.pid))
        time.sleep(_LOOK)
    if process.returncode:
        raise RuntimeError(f"the import ended with {process.returncode}")
    return Import(time.monotonic() - began, most / 1024)


def _start(environment: dict[str, str]) -> float:
    """Seconds that the same program takes to do next to nothing."""
    words = python("-m", "registration", "directory", "imports", "--json")
    began = time.monotonic()
    subprocess.run(words, env={**environment, "PYTHONPATH": _path()}, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.monotonic() - began


def high_water(pid: int) -> int:
    """The most memory a process and its children have had so far, in kilobytes; 0 once it has ended.

    Read while it runs: what the kernel tells after its end begins with the memory of whoever started it. So does what
    it tells of a child that has not begun its own program yet; until then its words are its parent's.
    """
    try:
        words = _words(pid)
        children = [
            child for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if _words(child) != words
        ]
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    own = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)
    return own + sum(high_water(int(child)) for child in children)


def _words(pid: int | str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _path() -> str:
    return os.pathsep.join([str(ROOT), str(ROOT / "services" / "registration"), os.environ.get("PYTHONPATH", "")])


def _copy(house: House, name: str) -> float:
    """Rows per second of COPY alone, from a file that holds these columns and nothing else, into a table like ours."""
    file = house.folder / "columns.copy"
    with house.database(name) as connection:
        with file.open("wb") as target, connection.cursor().copy(b"COPY npi_entries TO STDOUT") as out:
            for piece in out:
                target.write(piece)
        connection.execute(b"CREATE TABLE reference (LIKE npi_entries INCLUDING ALL)")
        connection.execute(b"CHECKPOINT")
        began = time.monotonic()
        _fill(connection, file)
        seconds = time.monotonic() - began
        connection.execute(b"DROP TABLE reference")
        connection.execute(b"CHECKPOINT")
    file.unlink()
    return ROWS / seconds


def _fill(connection: "psycopg.Connection[tuple[object, ...]]", file: Path) -> None:
    with file.open("rb") as source, connection.cursor().copy(b"COPY reference FROM STDIN") as into:
        while piece := source.read(_PIECE):
            into.write(piece)


def _lookups(context: Context, kind: str, npis: list[str]) -> Row:
    """Each in a session of its own, as a request would do it."""
    taken = []
    for npi in npis:
        began = time.perf_counter()
        with context.reading() as session:
            directory.npi_records(session, [npi])
        taken.append((time.perf_counter() - began) * 1000)
    middle, p99 = statistics.median(taken), statistics.quantiles(taken, n=100)[98]
    told = f"p50 {middle:.2f} ms, p99 {p99:.2f} ms"
    return Row(f"look-up of an NPI, {kind}", told, f"{ROWS:,} rows", "–", "≤ 2 ms", p99)
