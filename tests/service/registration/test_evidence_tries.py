"""The counters of tries against a plain model of them: random people, TINs, answers and pauses (F5, threats 27, 40)."""

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registration.applications.models import Application
from registration.applications.states import State
from registration.directory.vault import TinVault
from registration.evidence import delays, models, service
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.service import Refusal
from registration.evidence.ways import Fact, Way, local_day
from tests.service.registration.house import House

RIGHT, WRONG = Fact(Way.PAYMENT, "EFT1", 100), Fact(Way.CLAIM, "CLM1", 100, date(2026, 11, 1))
_RUNS = itertools.count(1)

STEPS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from([0, 1]),
        st.sampled_from([RIGHT, WRONG, WRONG, WRONG]),
        st.sampled_from([0, 0, 0, 30, 60, 299, 300, 1800, 86_400]),
    ),
    max_size=24,
)


@dataclass
class Model:
    """What ought to happen, said in the simplest way."""

    spent: dict[str, int] = field(default_factory=dict)
    wrong: dict[int, int] = field(default_factory=dict)
    rests_until: dict[int, datetime] = field(default_factory=dict)

    def expect(self, who: str, tin: int, fact: Fact, now: datetime) -> Refusal | None:
        """The outcome of one try."""
        if self.spent.get(who, 0) >= delays.APPLICANT_TRIES:
            return Refusal.SPENT
        if now < self.rests_until.get(tin, now):
            return Refusal.TOO_SOON
        if fact is RIGHT:
            self.rests_until.pop(tin, None)
            return None
        self.spent[who] = self.spent.get(who, 0) + 1
        self.wrong[tin] = self.wrong.get(tin, 0) + 1
        self.rests_until[tin] = now + delays.wait_after(self.wrong[tin])
        return Refusal.WRONG


def applied(house: House, who: str, number: int, tin: int, run: int) -> Application:
    """An application of somebody for one of the run's TINs."""
    sealed = house.context.part(TinVault).seal(f"{run:08}{tin}")
    with house.context.transaction() as work:
        application = Application(
            id=f"app_{run}_{number}",
            number=f"{run:06}-{number}",
            state=State.AWAITING_MANAGER,
            version=3,
            language="en",
            has_tin=True,
            tin_box=sealed.box,
            tin_index=sealed.index,
            account_id=f"acc_{run}_{who}",
            created_at=work.now,
            touched_at=work.now,
        )
        work.session.add(application)
    return application


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_tries_are_counted_as_the_rule_says(house: House, steps: list[tuple[str, int, Fact, int]]) -> None:
    """Spent, resting, wrong or right: every try of every sequence comes out as in the model, and so do the counters."""
    run, model, hasher = next(_RUNS), Model(), house.context.part(EvidenceHasher)
    pairs = list(itertools.product("abc", (0, 1)))
    applications = {pair: applied(house, pair[0], number, pair[1], run) for number, pair in enumerate(pairs)}
    with house.context.transaction() as work:
        today = local_day(work.now) + timedelta(days=60)
        indexes = {each.tin_index or "" for each in applications.values()}
        models.learn(work.session, [(hasher.fact(index, RIGHT), today) for index in indexes])
    for who, tin, fact, pause in steps:
        house.wait(timedelta(seconds=pause))
        with house.context.transaction() as work:
            refused = service.try_fact(work, hasher, applications[who, tin], fact)
        assert (refused.why if refused else None) == model.expect(who, tin, fact, house.clock.now())
    with house.context.reading() as session:
        for (who, tin), application in applications.items():
            left = service.standing(session, application, house.clock.now()).tries_left
            assert left == delays.APPLICANT_TRIES - model.spent.get(who, 0)
            counted = models.tries_of(session, [f"tin:{application.tin_index}"]).values()
            assert sum(each.wrong for each in counted) == model.wrong.get(tin, 0)
