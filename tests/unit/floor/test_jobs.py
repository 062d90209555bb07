"""Jobs run one at a time across workers, and one that fails holds nobody up."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.audit import chain
from shared.clock import SettableClock
from shared.db.floor import job_leases
from shared.jobs import FLOOR_JOBS, run_jobs
from shared.service import Context, Job
from tests.support.kiosk import Kiosk, open_kiosk

HOUR = timedelta(hours=1)


class Diary:
    """A job that writes down its runs; it can fail, and a test can do something in the middle of a run."""

    def __init__(self) -> None:
        self.runs = 0
        self.fails = 0
        self.meanwhile: Callable[[Context], object] = lambda context: None

    def run(self, context: Context) -> int:
        """One run."""
        self.runs += 1
        meanwhile, self.meanwhile = self.meanwhile, lambda context: None
        meanwhile(context)
        if self.fails:
            self.fails -= 1
            raise RuntimeError("not today")
        return 3


@pytest.fixture
def diary() -> Diary:
    """Nothing written yet."""
    return Diary()


@pytest.fixture
def work(tmp_path: Path, clock: SettableClock, diary: Diary) -> Iterator[Kiosk]:
    """A kiosk whose worker has one hourly job, and one that always fails before it."""

    def fail(_context: Context) -> int:
        raise RuntimeError("never")

    jobs = (Job("hopeless", timedelta(seconds=1), fail), Job("diary", HOUR, diary.run))
    with open_kiosk(tmp_path, clock, jobs=jobs) as place:
        yield place


def test_a_job_runs_when_it_is_due(work: Kiosk, diary: Diary, clock: SettableClock) -> None:
    """At once the first time, then every so often, and it says how much it moved."""
    assert run_jobs(work.context, "one") == 3
    for minutes, runs in ((0, 1), (59, 1), (1, 2), (59, 2), (1, 3)):
        clock.advance(timedelta(minutes=minutes))
        run_jobs(work.context, "one")
        assert diary.runs == runs


def test_two_workers_run_it_once(work: Kiosk, diary: Diary, clock: SettableClock) -> None:
    """Whoever comes while or after another has run it finds nothing to do."""
    diary.meanwhile = lambda context: run_jobs(context, "two")
    run_jobs(work.context, "one")
    run_jobs(work.context, "two")
    assert diary.runs == 1
    clock.advance(HOUR)
    diary.meanwhile = lambda context: run_jobs(context, "one")
    run_jobs(work.context, "two")
    assert diary.runs == 2


def test_what_another_ran_since_the_look_is_not_run_again(work: Kiosk, diary: Diary, clock: SettableClock) -> None:
    """A worker looks once for all its jobs; while the first of them takes its time, another may do the second."""
    run_jobs(work.context, "one")
    clock.advance(HOUR)
    slow = Job("slow", HOUR, lambda context: run_jobs(replace(context, service=only), "two"))
    only = work.context.service
    both = replace(work.context.service, jobs=(slow, *only.jobs))
    run_jobs(replace(work.context, service=both), "one")
    assert diary.runs == 2


def test_a_job_that_fails_stops_no_other(work: Kiosk, diary: Diary) -> None:
    """The hopeless one comes first, and the diary is written all the same."""
    run_jobs(work.context, "one")
    assert diary.runs == 1


def test_a_job_that_failed_is_tried_again_by_any_worker(work: Kiosk, diary: Diary, clock: SettableClock) -> None:
    """When it is next due; a failure keeps no lease."""
    diary.fails = 1
    assert run_jobs(work.context, "one") == 0
    clock.advance(HOUR)
    assert run_jobs(work.context, "two") == 3
    assert diary.runs == 2


def test_a_worker_that_died_is_followed_by_another(work: Kiosk, diary: Diary, clock: SettableClock) -> None:
    """Its lease runs out after ten minutes; until then nobody does the job a second time."""

    class Killed(BaseException):
        """kill -9."""

    def die(_context: Context) -> None:
        raise Killed

    diary.meanwhile = die
    with pytest.raises(Killed):
        run_jobs(work.context, "one")
    clock.advance(timedelta(minutes=9))
    run_jobs(work.context, "two")
    assert diary.runs == 1
    clock.advance(timedelta(minutes=1))
    run_jobs(work.context, "two")
    assert diary.runs == 2


def test_a_worker_that_came_back_goes_on_at_once(work: Kiosk, diary: Diary, clock: SettableClock) -> None:
    """The same process may take up its own lease."""
    diary.fails = 1
    run_jobs(work.context, "one")
    clock.advance(HOUR)
    assert run_jobs(work.context, "one") == 3


def test_a_clock_that_was_set_back_stops_no_job(work: Kiosk, diary: Diary, clock: SettableClock) -> None:
    """Runs and leases in the "future" count as over."""
    run_jobs(work.context, "one")
    clock.advance(timedelta(days=-3))
    run_jobs(work.context, "two")
    assert diary.runs == 2


def test_the_floor_s_own_jobs_have_work_to_do_everywhere(work: Kiosk) -> None:
    """They run on an empty database of any service, under names that no service may use."""
    assert [job.run(work.context) for job in FLOOR_JOBS] == [0] * len(FLOOR_JOBS)
    assert len({job.name for job in FLOOR_JOBS}) == len(FLOOR_JOBS)


def test_a_job_with_nothing_to_do_takes_no_lease(work: Kiosk, diary: Diary, clock: SettableClock) -> None:
    """It is asked first; a lease is two commits, and most seconds of a quiet house have nothing to seal."""
    waiting = [False]
    asked = Job("asked", timedelta(seconds=1), diary.run, lambda _session: waiting[0])
    alone = replace(work.context, service=replace(work.context.service, jobs=(asked,)))
    for expected in (0, 1):
        clock.advance(timedelta(seconds=1))
        run_jobs(alone, "one")
        assert (diary.runs, "asked" in leases(work)) == (expected, bool(expected))
        waiting[0] = True


def test_the_audit_is_sealed_as_soon_as_there_is_an_entry(work: Kiosk, clock: SettableClock) -> None:
    """Within the next round of the worker."""
    clock.advance(timedelta(seconds=1))
    run_jobs(work.context, "one")
    assert "audit-seal" not in leases(work)
    with work.context.transaction() as unit:
        unit.audit("thing.done", target="thing_1")
    run_jobs(work.context, "one")
    with work.context.reading() as session:
        assert chain.head(session).position == 1 and not chain.waits(session)


def leases(work: Kiosk) -> set[str]:
    """The jobs that somebody has taken up."""
    with work.context.reading() as session:
        return set(session.scalars(select(job_leases.c.name)))
