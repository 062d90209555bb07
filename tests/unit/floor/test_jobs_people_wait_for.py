"""Jobs without an interval: somebody waits for them, so they are due whenever a worker looks."""

from datetime import timedelta
from pathlib import Path

from shared.clock import SettableClock
from shared.events.transports.memory import MemoryBus
from shared.jobs import run_jobs, run_what_people_wait_for
from shared.service import Context, Job
from shared.worker import Worker
from tests.support.kiosk import open_kiosk


def test_they_run_at_every_look_also_while_the_clock_stands_still(tmp_path: Path, clock: SettableClock) -> None:
    """A trial freezes the clock; whoever waits for a message gets it all the same."""
    runs: list[str] = []
    jobs = (Job("letters", timedelta(0), Writer(runs, "letters")), Job("sweep", timedelta(hours=1), Writer(runs, "s")))
    with open_kiosk(tmp_path, clock, jobs=jobs) as place:
        for _ in range(3):
            run_jobs(place.context, "one")
        assert (runs.count("letters"), runs.count("s")) == (3, 1)
        run_what_people_wait_for(place.context, "one")
        assert (runs.count("letters"), runs.count("s")) == (4, 1)


def test_settling_runs_them_and_no_other(tmp_path: Path, clock: SettableClock) -> None:
    """A test that settles gets what a person would get, and nothing behind its back."""
    runs: list[str] = []
    jobs = (Job("letters", timedelta(0), Writer(runs, "letters")), Job("sweep", timedelta(hours=1), Writer(runs, "s")))
    with open_kiosk(tmp_path, clock, jobs=jobs) as place:
        Worker(place.context, MemoryBus(), None, {}).settle()
    assert runs == ["letters"]


class Writer:
    """A job that writes its name down."""

    def __init__(self, runs: list[str], name: str) -> None:
        self.runs, self.name = runs, name

    def __call__(self, _context: Context) -> int:
        """One run that moved nothing."""
        self.runs.append(self.name)
        return 0
