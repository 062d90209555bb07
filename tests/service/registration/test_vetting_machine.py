"""The desk under any order of acts: two agents, some cases, the applicant and the clock, through the API and pages.

A small model says what each act must answer; the invariants hold after every step, whatever came before.
"""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from werkzeug.test import TestResponse

from registration import housekeeping
from registration.app import SERVICE
from registration.submission import service as submission
from shared.clock import SettableClock
from shared.db import open_database
from shared.db.migrate import migrate
from tests.service.registration.conftest import SUNDAY, built
from tests.service.registration.desk_room import CONFIRMED, SEAT, DeskAgent, new_case, slug
from tests.service.registration.house import House
from tests.service.registration.news import opened, required
from tests.service.registration.street import at

CASES_AT_MOST = 3
AGENTS = st.sampled_from(["acc_dana", "acc_eli"])


class Desk(RuleBasedStateMachine):
    """What the desk's API must answer, kept beside it as a few plain facts."""

    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.house = _house(self.folder)
        self.agents = {name: DeskAgent(self.house, name) for name in ("acc_dana", "acc_eli")}
        self.state: dict[str, str] = {}
        self.proved: set[str] = set()
        self.proposer: dict[str, str] = {}  # of the open proposal of a case
        self.taken = False  # the first seat of the one organization
        self.acts = 0

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.house.close()
        shutil.rmtree(self.folder)

    @initialize(target=cases)
    def somebody_applies(self) -> Any:
        """Two people of one organization."""
        made = [new_case(self.house, number) for number in range(2)]
        self.state |= dict.fromkeys(made, "open")
        return multiple(*made)

    @rule(case=cases, agent=AGENTS, outcome=st.sampled_from(["confirmed", "no_answer", "voicemail", "refused"]))
    def call(self, case: str, agent: str, outcome: str) -> None:
        """A call is recorded while the case is open, and only a confirmed one proves anything."""
        body = CONFIRMED if outcome == "confirmed" else {"outcome": outcome}
        answer = self.agents[agent].act(case, "calls", body)
        if self._open(case, answer):
            assert answer.status_code == 201
            self.proved |= {case} if outcome == "confirmed" else set()

    @rule(case=cases, agent=AGENTS)
    def seat(self, case: str, agent: str) -> None:
        """One agent seats whom a call proved, once per organization."""
        answer = self.agents[agent].act(case, "seat", SEAT)
        if not self._open(case, answer):
            return
        if case not in self.proved:
            assert slug(answer) == (409, "no-confirmed-call")
        elif self._alerted(case):
            assert slug(answer) == (409, "second-agent-needed")
        else:
            self._seated(case, answer)

    @rule(case=cases, agent=AGENTS)
    def refuse(self, case: str, agent: str) -> None:
        """One agent refuses at any time before the decision."""
        answer = self.agents[agent].act(case, "refuse", {"reason": "Nobody knows them."})
        if self._open(case, answer):
            assert answer.status_code == 200
            self._decided(case, "refused")

    @rule(case=cases, agent=AGENTS)
    def propose(self, case: str, agent: str) -> None:
        """What one agent may not do alone is proposed, one proposal at a time."""
        answer = self.agents[agent].propose(case)
        if not self._open(case, answer):
            return
        if case in self.proved and not self._alerted(case):
            assert slug(answer) == (409, "no-second-needed")
        elif case in self.proposer:
            assert slug(answer) == (409, "already-proposed")
        else:
            assert answer.status_code == 201
            self.proposer[case] = agent

    @rule(case=cases, agent=AGENTS)
    def confirm(self, case: str, agent: str) -> None:
        """Only the colleague of the proposer confirms; a seat that is taken leaves the proposal open."""
        answer = self.agents[agent].confirm(case)
        if self._theirs(case, agent, answer):
            self._seated(case, answer)

    @rule(case=cases, agent=AGENTS)
    def reject(self, case: str, agent: str) -> None:
        """Only the colleague of the proposer turns it down."""
        answer = self.agents[agent].reject(case)
        if self._theirs(case, agent, answer):
            assert answer.status_code == 200
            del self.proposer[case]

    @rule(case=cases, agent=AGENTS)
    def take_back(self, case: str, agent: str) -> None:
        """Only the proposer withdraws."""
        answer = self.agents[agent].take_back(case)
        if not self._open(case, answer):
            return
        if case not in self.proposer:
            assert slug(answer) == (409, "no-proposal")
        elif self.proposer[case] != agent:
            assert slug(answer) == (409, "not-your-proposal")
        else:
            assert answer.status_code == 200
            del self.proposer[case]

    @rule(case=cases)
    def the_applicant_withdraws(self, case: str) -> None:
        """The applicant may, until the desk decided; twice is once."""
        row = self._application(case)
        with self.house.context.transaction() as work:
            done = submission.withdraw(work, row.id, row.account_id)
        assert done is (self.state[case] == "open")
        if done:
            self._decided(case, "withdrawn")

    @rule(case=cases)
    def old_news_come_late_and_twice(self, case: str) -> None:
        """The account is told of again, and managers who never decided were asked: no case changes hands for that."""
        row = self._application(case)
        self.house.hear_again("identity", "account.opened", opened(self.house, row.id, row.account_id))
        self.house.hear_again("access-manager", "approval.required", required(self.house, row.id, row.account_id))

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        """What becomes overdue is announced, and stays where it is."""
        self.house.wait(timedelta(days=days))
        housekeeping.announce_overdue(self.house.context)

    @invariant()
    def what_is_stored_is_what_was_answered(self) -> None:
        """States, proposals, and one completed event per decision of the desk."""
        stored = {row.id: row.state for row in self.house.rows("SELECT id, state FROM vetting_cases")}
        assert stored == self.state
        waiting = self.house.rows("SELECT open_case, proposed_by FROM vetting_proposals WHERE state = 'open'")
        assert {row.open_case: row.proposed_by for row in waiting} == self.proposer
        told = [event["subject"] for event in self.house.published("vetting.completed")]
        assert sorted(told) == sorted(case for case, state in self.state.items() if state in {"seated", "refused"})
        assert list(self.state.values()).count("seated") <= 1

    @invariant()
    def events_of_a_case_are_numbered_without_gaps(self) -> None:
        """A listener can tell what is newer, and misses nothing."""
        seen: dict[str, list[int]] = {}
        for event in self.house.published():
            if event["type"].startswith("vetting."):
                seen.setdefault(event["subject"], []).append(event["sequence"])
        for numbers in seen.values():
            assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def nobody_is_their_own_second(self) -> None:
        """Of every confirmed proposal the two names differ."""
        both = self.house.rows("SELECT proposed_by, decided_by FROM vetting_proposals WHERE state = 'confirmed'")
        assert all(row.proposed_by != row.decided_by for row in both)

    def _application(self, case: str) -> Any:
        (row,) = self.house.rows(
            "SELECT a.id, a.account_id FROM applications a JOIN vetting_cases c ON c.application_id = a.id "
            "WHERE c.id = :id",
            id=case,
        )
        return row

    def _alerted(self, case: str) -> bool:
        """Of one TIN a colleague was refused, or the organization has been refused to somebody lately."""
        return bool(self.agents["acc_dana"].case(case)["alerts"])

    def _open(self, case: str, answer: TestResponse) -> bool:
        """Whether the case was open; if not, the answer says that it was decided."""
        if self.state[case] == "open":
            return True
        assert slug(answer) == (409, "already-decided")
        return False

    def _theirs(self, case: str, agent: str, answer: TestResponse) -> bool:
        """Whether there was a colleague's proposal to decide."""
        if not self._open(case, answer):
            return False
        if case not in self.proposer:
            assert slug(answer) == (409, "no-proposal")
            return False
        if self.proposer[case] == agent:
            assert slug(answer) == (409, "own-proposal")
            return False
        return True

    def _seated(self, case: str, answer: TestResponse) -> None:
        if self.taken:
            assert slug(answer) == (409, "already-managed")
            return
        assert answer.status_code == 200, answer.get_json()
        self.taken = True
        self._decided(case, "seated")

    def _decided(self, case: str, state: str) -> None:
        self.state[case] = state
        self.proposer.pop(case, None)


_template: list[Path] = []


def _house(folder: Path) -> House:
    """A house of its own for each run; the tables are made once."""
    if not _template:
        file = Path(tempfile.mkdtemp()) / "empty.db"
        database = open_database(f"sqlite:///{file}")
        migrate(database, SERVICE.migrations)
        database.close()
        _template.append(file)
    shutil.copy(_template[0], folder / "registration.db")
    return built(folder / "registration.db", SettableClock(at(SUNDAY)))


TestTheDesk = Desk.TestCase
TestTheDesk.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
