"""`make bench`: one table, in one run, within eight minutes. A section that cannot run says so; nothing fails.

Words after the command choose sections: `make bench ARGS="tokens gate"`.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator

from tests.performance import (
    bench_answers,
    bench_decisions,
    bench_directory,
    bench_events,
    bench_grants,
    bench_signin,
    bench_start,
    bench_tokens,
)
from tests.performance.house import CORES, House
from tests.performance.table import Row, head, tell

Section = Callable[[House], Iterator[Row]]
SECTIONS: dict[str, Section] = {
    "start": bench_start.measure,
    "signin": bench_signin.measure,
    "tokens": bench_tokens.measure,
    "grants": bench_grants.measure,
    "kinds": bench_tokens.kinds_of_workers,
    "documents": bench_answers.documents,
    "gate": bench_answers.gate,
    "decisions": bench_decisions.measure,
    "decide": bench_answers.pure,
    "directory": bench_directory.measure,
    "events": lambda house: iter(bench_events.measure(house.servers)),
}

# No section takes much more than a minute, so that all of it ends within eight.
_ENOUGH = 400.0


def main(chosen: list[str]) -> None:
    """Start the house, let every chosen section tell its rows, end the house."""
    began = time.monotonic()
    print(f"{CORES} cores, load average before {os.getloadavg()[0]:.2f}; generator and servers share the cores\n")
    house = House()
    try:
        house.start()
        head()
        for name in chosen or SECTIONS:
            if time.monotonic() - began < _ENOUGH:
                _section(name, house)
            else:
                tell(Row(name, "left out", "the machine is too busy to finish in time"))
    finally:
        house.close()
    print(f"\n{time.monotonic() - began:.0f} s, load average after {os.getloadavg()[0]:.2f}")


def _section(name: str, house: House) -> None:
    try:
        for row in SECTIONS[name](house):
            tell(row)
    except Exception as error:  # noqa: BLE001 - a table with a hole is better than none
        lines = str(error).strip().splitlines() or [""]
        tell(Row(name, "could not be measured", f"{type(error).__name__}: {lines[0]} … {lines[-1]}"))


if __name__ == "__main__":
    main(sys.argv[1:])
