"""Applications through random lives: every order of legal and illegal acts, duplicates and old news included.

Everything goes through a door: the applicant's pages, the events of neighbours, the worker's jobs.
"""

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from registration import housekeeping
from registration.app import SERVICE
from registration.applications.states import FINAL, PENDING, Act, State, sources, target
from shared.clock import SettableClock
from shared.db import open_database
from shared.db.migrate import migrate
from tests.service.registration.conftest import built
from tests.service.registration.house import House, Visitor
from tests.service.registration.news import EMAIL, at_status, decided, managed, managers_are, opened, required

SUNDAY = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
ENDED = {"approved": "was approved", "denied": "A decision", "withdrawn": "is withdrawn"}


def reachable() -> dict[State, set[State]]:
    """From each state, every state that some sequence of acts leads to, itself included."""
    ways = {state: {state} for state in State}
    for _round in State:
        for act in Act:
            for source in sources(act):
                for found in ways.values():
                    if source in found:
                        found.add(target(act))
    return ways


REACHABLE = reachable()


def open_house(folder: Path, database: Path) -> House:
    """Registration on a copy of a migrated database, with its street."""
    file = folder / "registration.db"
    shutil.copy(database, file)
    return built(file, SettableClock(SUNDAY))


@lru_cache
def empty_database() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    """A database with every table, migrated once for all lives, and the folder that goes when nobody holds it."""
    folder = tempfile.TemporaryDirectory(prefix="gatehouse-machine-")
    file = Path(folder.name) / "empty.db"
    database = open_database(f"sqlite:///{file}")
    migrate(database, SERVICE.migrations)
    database.close()
    return folder, file


class Lives(RuleBasedStateMachine):
    """One application of a practice whose managers come and go."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="gatehouse-life-"))
        self.house = open_house(self._folder, empty_database()[1])
        self.before = State.DRAFT
        self.heard: list[tuple[str, str, bytes]] = []
        self.sequence = 3

    def teardown(self) -> None:
        """Close the house and leave nothing behind."""
        self.house.close()
        shutil.rmtree(self._folder)

    @initialize(count=st.integers(0, 2))
    def somebody_applies(self, count: int) -> None:
        """Up to the page where user ID and password are chosen."""
        managed(self.house, count)
        self.browser: Visitor = self.house.apply()
        self.browser.press("Choose user ID and password")
        (row,) = self.house.rows("SELECT id, account_id FROM applications")
        self.id, self.account = row.id, row.account_id

    @rule()
    def the_browser_comes_back(self) -> None:
        """From identity, or by a reload."""
        self.house.street.accounts[self.id]["status"] = "pending"
        self.browser.open(f"/register/{self.id}/done")

    @rule()
    def identity_tells_of_the_account(self) -> None:
        """account.opened."""
        self.heard.append(("identity", "account.opened", opened(self.house, self.id, self.account)))

    @rule()
    def managers_were_asked(self) -> None:
        """approval.required, on time or late."""
        if self._state() not in (State.DRAFT, State.CONTACT_PROVED):
            self._keep("approval.required", required(self.house, self.id, self.account))

    @rule(outcome=st.sampled_from(["approved", "approved_with_changes", "denied"]))
    def a_manager_decides(self, outcome: str) -> None:
        """approval.decided, also for what is decided already."""
        if self._state() not in (State.DRAFT, State.CONTACT_PROVED):
            self._keep("approval.decided", decided(self.house, self.id, self.account, outcome))

    @rule(count=st.integers(0, 2), step=st.integers(-2, 2))
    def managers_come_and_go(self, count: int, step: int) -> None:
        """manager.changed, news or older than what is known."""
        self.sequence = max(1, self.sequence + step)
        self._keep("manager.changed", managers_are(self.house, count, self.sequence))

    @rule(pick=st.randoms(use_true_random=False))
    def something_is_told_again(self, pick: Any) -> None:
        """A redelivery of the very same bytes, however long ago they came first."""
        if self.heard:
            self.house.hear_again(*pick.choice(self.heard))

    @rule()
    def the_applicant_withdraws(self) -> None:
        """Past the question, with a form that may be old."""
        person = at_status(self.house, self.account)
        person.open(f"/register/status/{self.id}/withdraw")
        if "Withdraw application" in person.text:
            person.press("Withdraw application")

    @rule(days=st.integers(1, 12))
    def time_passes(self, days: int) -> None:
        """Days go by and the worker looks."""
        self.house.wait(timedelta(days=days))
        jobs: tuple[Callable[..., int], ...] = (
            housekeeping.escalate_silent,
            housekeeping.follow_managers,
            housekeeping.announce_overdue,
            housekeeping.clear_drafts,
        )
        for job in jobs:
            job(self.house.context)

    @invariant()
    def only_drawn_ways_are_gone(self) -> None:
        """Each state comes from the one before by acts of the picture; what ended stays ended."""
        if not hasattr(self, "id"):
            return
        now = self._state()
        assert now in REACHABLE[self.before], (self.before, now)
        assert self.before not in FINAL or now == self.before
        self.before = now

    @invariant()
    def a_case_is_open_exactly_while_the_desk_has_it(self) -> None:
        """No case without its application, no application in vetting without its case."""
        if hasattr(self, "id"):
            cases = [row.state for row in self.house.rows("SELECT state FROM vetting_cases")]
            assert (cases == ["open"]) == (self._state() is State.VETTING), cases

    @invariant()
    def everything_is_said_once(self) -> None:
        """One submission, one end, one mail of each; events of the application number upwards."""
        if not hasattr(self, "id"):
            return
        mails = self.house.messages(EMAIL)
        assert sum("We have your application" in each for each in mails) <= 1
        assert self.house.audited().count("application.submitted") <= 1
        ends = [f"application.{end}" for end in ENDED]
        assert sum(self.house.audited().count(end) for end in ends) == (self._state() in map(State, ENDED))
        told = [each["sequence"] for each in self.house.published() if each["subject"] == self.id]
        assert told == sorted(set(told))

    @invariant()
    def the_status_page_says_where_it_stands(self) -> None:
        """In the words of its state, whatever came before."""
        if hasattr(self, "id") and self._state() in PENDING | FINAL:
            text = at_status(self.house, self.account).text
            words = {"approved": "Approved", "denied": "Not approved", "withdrawn": "Withdrawn", "expired": "Expired"}
            assert words.get(self._state(), "Waiting for a decision") in text

    def _keep(self, kind: str, body: bytes) -> None:
        self.heard.append(("access-manager", kind, body))

    def _state(self) -> State:
        return State(self.house.rows("SELECT state FROM applications")[0].state)


Lives.TestCase.settings = settings(
    max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLives = Lives.TestCase
