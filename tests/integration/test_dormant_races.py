"""News of a manager who stays away, by many consumers at once, on real PostgreSQL (G11): one case, one ending."""

from collections.abc import Callable
from datetime import timedelta

from registration.vetting import service as vetting
from registration.vetting.cases import CallFacts, CallOutcome, Evidence
from registration.vetting.dormant import service as dormant
from registration.vetting.dormant.service import Sleeper
from registration.vetting.service import Agent, CallRecord
from shared.service import Context
from tests.integration.test_registration_races import RIVALS, place, published, race

__all__ = ["place"]

MEG, ORGANIZATION = Sleeper("acc_meg", "Meg Manager", None), "org_1"
ANSWERED = CallFacts(CallOutcome.CONFIRMED, "Meg Manager", frozenset({Evidence.MANAGER_ANSWERS}))


def stays_away(place: Context, sequence: int) -> Callable[[], object]:
    """One consumer that hears of the silence."""

    def act() -> object:
        with place.transaction() as work:
            dormant.stays_away(work, ORGANIZATION, sequence, MEG)

    return act


def came_back(place: Context, sequence: int) -> Callable[[], object]:
    """One consumer that hears of the sign-in."""

    def act() -> object:
        with place.transaction() as work:
            dormant.came_back(work, ORGANIZATION, sequence)

    return act


def close(place: Context, case_id: str, number: int) -> Callable[[], object]:
    """One agent who closes the case because the manager answered."""

    def act() -> object:
        with place.transaction() as work:
            dormant.close_answered(work, case_id, Agent(f"acc_d{number}", f"Agent {number}"))
        return "answered"

    return act


def open_cases(place: Context) -> list[str]:
    """The cases that are open."""
    with place.reading() as session:
        return [file.case.id for file in vetting.queue(session).files]


def audited(place: Context, action: str) -> int:
    """How often something is in the trail."""
    with place.reading() as session:
        query = f"SELECT count(*) FROM audit_entries WHERE action = '{action}'"
        return int(session.connection().exec_driver_sql(query).scalar_one())


def test_sixteen_consumers_open_one_case(place: Context) -> None:
    """G11: the first news of an organization, the same and newer ones, at the same moment: one case, announced once."""
    race([stays_away(place, 1 + number % 4) for number in range(RIVALS)])
    assert len(open_cases(place)) == 1
    assert published(place, "vetting.required") == 1


def test_silence_and_return_at_once_converge(place: Context) -> None:
    """Whichever is heard first, the newer news stand: nobody is to be called."""
    for round_number in range(8):
        older = 10 * round_number + 1
        race([stays_away(place, older), came_back(place, older + 1), stays_away(place, older)])
        assert open_cases(place) == []


def test_the_desk_and_the_sign_in_at_once_leave_one_outcome(place: Context) -> None:
    """Sixteen agents close, the manager signs in: one of them ended it, everybody else is told."""
    stays_away(place, 1)()
    (case_id,) = open_cases(place)
    with place.transaction() as work:
        vetting.record_call(work, case_id, Agent("acc_d", "Dana"), CallRecord(ANSWERED, "", ""))
        vetting.schedule_call(work, case_id, Agent("acc_d", "Dana"), work.now + timedelta(days=1))
    told = race([*(close(place, case_id, number) for number in range(RIVALS)), came_back(place, 2)])
    assert open_cases(place) == []
    assert audited(place, "vetting.answered") + audited(place, "vetting.returned") == 1
    assert told.count("answered") == audited(place, "vetting.answered")
    assert told.count("already-decided") == RIVALS - told.count("answered")
