"""The state machine of access with rivals, on real PostgreSQL: bundles of acts at the same instant, by two processes.

Hypothesis draws what is tried: two to six acts at once, a thread each, half of them through one process and half
through another over the same database; between bundles single acts and the clock. After each bundle the hard rules
are read from the rows, and the audit is played again (`machine.history`): it finds an order of the accepted acts in
which each was allowed when it was done and followed from what was there, whatever the threads did. What a door answers
is a decision or a refusal, never a 5xx; and PostgreSQL never had to break a deadlock.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import text

from access_manager.demo import DemoPractice
from access_manager.memberships.models import Membership
from access_manager.organizations.service import OrganizationFacts
from access_manager.third_parties.models import Link
from tests.service.access_manager.machine import asking_acts, outside_acts, people_acts
from tests.service.access_manager.machine.hard_rules import insist_hard_rules
from tests.service.access_manager.machine.history import History
from tests.service.access_manager.machine.outside_acts import AccountClosed
from tests.service.access_manager.machine.people_acts import Remove
from tests.service.access_manager.machine.searches import insist_searches_agree, some_questions
from tests.service.access_manager.machine.stage import AT_HOME, COMPANY, GIVEN, PROGRAM, Act, Ready, Stage
from tests.service.access_manager.world import World, member

RIVALS = 6
_MOMENT = outside_acts.MOMENT
_PEOPLE = st.one_of(people_acts.MEMBERS, asking_acts.REQUESTS, asking_acts.INVITATIONS)
_STAND_INS = st.one_of(people_acts.DEPUTIES, people_acts.MEMBERS, people_acts.SEATS, _MOMENT)
_COMPANIES = st.one_of(outside_acts.PARTNERS, people_acts.MEMBERS, outside_acts.NEWS, _MOMENT)
_REVIEWS = st.one_of(asking_acts.REVIEWS, people_acts.MEMBERS, outside_acts.NEWS, _MOMENT)
_ALARMS = st.one_of(asking_acts.EMERGENCIES, people_acts.MEMBERS, _MOMENT)
_ANYTHING = st.one_of(people_acts.SEATS, _PEOPLE, _STAND_INS, _COMPANIES, _REVIEWS, _ALARMS)


def at_once(of: st.SearchStrategy[Act]) -> st.SearchStrategy[list[Act]]:
    """A bundle of acts of a kind."""
    return st.lists(of, min_size=2, max_size=RIVALS)


class Rivals(RuleBasedStateMachine):
    """The people of `machine.stage`, who do not wait for each other."""

    make_stage: Callable[[], Stage]
    questions = 20

    def __init__(self) -> None:
        super().__init__()
        self.stage = self.make_stage()
        self.history = History(self.stage)

    def teardown(self) -> None:
        """Nobody had to be killed to let another one pass, and the searches say what single evaluations say."""
        try:
            insist_no_deadlock(self.stage)
            insist_searches_agree(self.stage, some_questions(self.stage, self.questions))
        finally:
            self.stage.close()

    @rule(acts=at_once(people_acts.SEATS))
    def claim_seats(self, acts: Sequence[Act]) -> None:
        """Who manages: seats, ends, hand-overs and the words that they take."""
        self._play(acts)

    @rule(acts=at_once(_PEOPLE))
    def change_people(self, acts: Sequence[Act]) -> None:
        """Set, removed, asked, given and joined."""
        self._play(acts)

    @rule(acts=at_once(_STAND_INS))
    def stand_in(self, acts: Sequence[Act]) -> None:
        """A deputy acts while whoever named them loses the seat."""
        self._play(acts)

    @rule(acts=at_once(_COMPANIES))
    def work_for_each_other(self, acts: Sequence[Act]) -> None:
        """People are sent while the connection shrinks, they leave, or their account closes."""
        self._play(acts)

    @rule(acts=at_once(_REVIEWS))
    def certify(self, acts: Sequence[Act]) -> None:
        """Kept by one, removed by another, over by the worker."""
        self._play(acts)

    @rule(acts=at_once(_ALARMS))
    def raise_alarm(self, acts: Sequence[Act]) -> None:
        """Taken up, ended, looked at, while the hour is over."""
        self._play(acts)

    @rule(acts=at_once(_ANYTHING))
    def do_anything(self, acts: Sequence[Act]) -> None:
        """All kinds together."""
        self._play(acts)

    @rule(act=_ANYTHING)
    def do_one_thing(self, act: Act) -> None:
        """Undisturbed."""
        self._play([act])

    @rule(act=outside_acts.CLOCK)
    def time_passes(self, act: Act) -> None:
        """Often to the minute before something ends, so that the end comes in the middle of the next bundle."""
        self._play([act])

    @invariant()
    def the_hard_rules_hold(self) -> None:
        """Whoever was first; and there is an order in which all that was accepted was allowed."""
        self.history.follow()
        insist_hard_rules(self.stage)

    def _play(self, acts: Sequence[Act]) -> None:
        together([ready for act in acts if (ready := act.ready(self.stage)) is not None])


def together(calls: Sequence[Ready]) -> None:
    """Make all calls in the same instant, a thread each."""
    start = Barrier(max(len(calls), 1))

    def run(call: Ready) -> None:
        start.wait()
        call()

    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(run, calls))


def insist_no_deadlock(stage: Stage) -> None:
    """PostgreSQL counts the deadlocks that it had to break."""
    counted = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    with stage.world.context.reading() as session:
        session.execute(text("SELECT pg_stat_force_next_flush()"))
        assert session.execute(counted).scalar_one() == 0


@pytest.fixture
def machine(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[type[Rivals]]:
    """The machine, with an empty database and two processes for each history."""

    def make_stage(_self: object = None) -> Stage:
        url = postgres("access")
        first = World(tmp_path, url)
        return Stage(first, World(tmp_path, url, first.clock))

    yield type("RivalsHere", (Rivals,), {"make_stage": make_stage})


def _runs(examples: int, steps: int, *, same: bool) -> settings:
    """How much is tried. A failure is not made smaller: threads do not run in the same order twice."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=same,
        phases=[Phase.generate],
        suppress_health_check=slow,
    )


def test_whatever_rivals_do_the_hard_rules_hold(machine: type[Rivals]) -> None:
    """G1, G5, G6, G10, G12, G16, G17, L5: the same few histories each time, in whatever order the threads run."""
    run_state_machine_as_test(machine, settings=_runs(4, 10, same=True))


def test_nobody_waits_in_a_circle_when_somebody_leaves_two_places_at_once(machine: type[Rivals]) -> None:
    """G12: an account closes while its company removes the person, who works elsewhere through it; both are done."""
    stage = machine.make_stage()
    leavers = [f"acc_w{number}" for number in range(8)]
    own = OrganizationFacts(COMPANY, "Bright Billing", "billing_company", False, None)
    stage.world.seed(DemoPractice(own, tuple(member(who, who, AT_HOME) for who in leavers)))
    link = stage.all(Link)[0].id
    for who in leavers:
        path = f"partners/{link}/staff/{stage.membership(COMPANY, who)}"
        stage.call(PROGRAM, "PUT", COMPANY, path, {"functions": GIVEN[:1]}, "link.assigned")()
    for who in leavers:
        together([AccountClosed(who).ready(stage), Remove(PROGRAM, COMPANY, who).ready(stage)])
    gone = [one.status for one in stage.all(Membership) if one.account_id in leavers]
    assert gone == ["removed"] * 2 * len(leavers)
    insist_no_deadlock(stage)
    stage.close()


@pytest.mark.soak
def test_whatever_rivals_do_for_long_the_hard_rules_hold(machine: type[Rivals]) -> None:
    """The same, other histories each time, and longer ones."""
    run_state_machine_as_test(machine, settings=_runs(30, 20, same=False))
