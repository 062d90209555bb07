"""How long a start takes and what it keeps in memory: `make run` the second time, and each service of the stack."""

import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from deploy.servers.debian import free_port
from deploy.servers.process import Process
from deploy.stack.table import SERVICES
from tests.performance.house import ROOT, House, python, wait_for
from tests.performance.table import Row

_TIMES = 3


def measure(house: House) -> Iterator[Row]:
    """Start times are medians; memory counts shared pages by their share (PSS)."""
    imports = statistics.median(_imports() for _ in range(_TIMES))
    yield from _make_run(house, imports)
    for name in SERVICES:
        seconds = statistics.median(_restarted(house, name) for _ in range(_TIMES))
        yield Row(
            f"start of {name}, to ready", f"{seconds:.2f} s", f"its imports: {_told(imports)}", "–", "≤ 1.5 s", seconds
        )
    for name in SERVICES:
        pids = _descendants(house.stack.processes[name].pid)
        each = max(_megabytes(pid) for pid in pids)
        whole = sum(_megabytes(pid) for pid in pids)
        yield Row(
            f"memory of {name}: largest process", f"{each:.0f} MiB", f"all {len(pids)} of it: {whole:.0f} MiB", "–",
            "≤ 130 MiB", each,
        )  # fmt: skip


def _make_run(house: House, imports: float) -> Iterator[Row]:
    folder = house.folder / "make-run"
    folder.mkdir()
    seconds = []
    memory = 0.0
    port = free_port()
    for number in range(_TIMES + 1):  # the first makes the data and does not count
        variables = {"PORT": str(port), "PYTHONPATH": str(ROOT), "PUBLIC_URL": f"http://localhost:{port}"}
        process = Process(f"run-{number}", python("-m", "deploy.run"), folder, variables, signal.SIGINT)
        began = time.monotonic()
        process.start()
        try:
            wait_for(process, f"http://127.0.0.1:{port}/.well-known/openid-configuration")
            seconds.append(time.monotonic() - began)
            memory = _megabytes(process.pid)
        finally:
            process.stop()
    shutil.rmtree(folder)
    again = statistics.median(seconds[1:])
    told = f"all imports: {_told(imports)}; the first start: {seconds[0]:.1f} s"
    yield Row("`make run`, second start, to first answer", f"{again:.2f} s", told, "–", "≤ 3 s", again)
    yield Row("memory of `make run`", f"{memory:.0f} MiB", goal="≤ 300 MiB", measured=memory)


def _imports() -> float:
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import deploy.run"], cwd=ROOT, check=True)
    return time.monotonic() - began


def _told(seconds: float) -> str:
    return f"{seconds:.2f} s"


def _restarted(house: House, name: str) -> float:
    process = house.stack.processes[name]
    process.stop()
    began = time.monotonic()
    process.start()
    house.stack.wait_ready(name)
    return time.monotonic() - began


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in children for found in _descendants(int(child)))]


def _megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
