"""People who stop signing in: warned, suspended, removed; the last manager never (G11, M8)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from access_manager.approvals.models import EndedApplication
from access_manager.dormancy import looking
from access_manager.people.service import names
from access_manager.settings import AccessManagerSettings
from tests.service.access_manager.world import (
    CLINIC,
    FRONT_DESK,
    MEG,
    MONDAY,
    SAM,
    World,
    clinic,
    manager,
    member,
    seated,
)

BASE = f"/api/access/v1/organizations/{CLINIC}"
MAX = "acc_max"
WARNED, SUSPENDED = MONDAY + timedelta(days=335), MONDAY + timedelta(days=365)


@pytest.fixture
def office(world: World) -> World:
    """A practice with two managers and a member, of whom Meg signs in all the time."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
    world.availability.open(*FRONT_DESK)
    looking.look(world.context)
    return world


def sign_in(world: World, account: str, started: datetime | None = None, session: str = "ses_1") -> None:
    """Identity tells of a sign-in."""
    facts: dict[str, Any] = {"session_id": session, "account_id": account, "acr": "urn:gatehouse:acr:2", "amr": ["pwd"]}
    world.tell("session.started", "identity", session, **facts, started_at=started or world.clock.now())


def look_at(world: World, instant: datetime, *awake: str) -> int:
    """Those awake sign in a day before; then the worker looks."""
    world.clock.advance(instant - timedelta(days=1) - world.clock.now())
    for account in awake:
        sign_in(world, account, session=f"ses_{account}_{instant:%Y%m%d}")
    world.clock.advance(instant - world.clock.now())
    return looking.look(world.context)


def status(world: World, account: str) -> str | None:
    """How the membership stands; None where it is removed."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return next((str(each["status"]) for each in members if each["account_id"] == account), None)


def membership(world: World, account: str) -> str:
    """The id of somebody's membership."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return next(str(each["membership_id"]) for each in members if each["account_id"] == account)


def letters(world: World, start: str) -> list[str]:
    """To whom mails go whose subject begins so."""
    return [mail.recipient for mail in world.mails() if mail.subject.startswith(start)]


def alone(world: World) -> None:
    """Both managers stay away; one is suspended, the other one is the last."""
    look_at(world, WARNED, SAM)
    look_at(world, SUSPENDED, SAM)


def asleep(world: World) -> None:
    """Sam is warned and suspended while both managers are there."""
    assert look_at(world, WARNED, MEG, MAX) == 1
    assert look_at(world, SUSPENDED, MEG, MAX) == 1


class TestLastSeen:
    """When somebody signed in last."""

    def test_the_newest_sign_in_wins(self, office: World) -> None:
        """Events come in any order, and twice: it never goes backwards."""
        sign_in(office, SAM, MONDAY + timedelta(days=5), "ses_2")
        sign_in(office, SAM, MONDAY + timedelta(days=3), "ses_1")
        with office.context.reading() as session:
            assert names(session, [SAM])[SAM].last_seen_at == MONDAY + timedelta(days=5)

    def test_a_sign_in_may_be_told_before_anything_else(self, world: World) -> None:
        """The person is made with it, and nothing but that is known."""
        sign_in(world, "acc_new")
        with world.context.reading() as session:
            assert names(session, ["acc_new"])["acc_new"].last_seen_at == MONDAY


class TestAYearLater:
    """The clock goes on by twelve months."""

    def test_who_has_not_signed_in_is_warned_and_then_suspended(self, office: World) -> None:
        """G11: told thirty days before, by mail to the person and one to each manager; then denied with the reason."""
        assert look_at(office, WARNED - timedelta(seconds=1), MEG, MAX) == 0
        assert looking.look(office.context) == 0
        office.clock.advance(timedelta(seconds=1))
        assert looking.look(office.context) == 1
        assert letters(office, "Sign in to keep") == ["acc_sam@lakeside.example"]
        assert len(letters(office, "People at Lakeside")) == 2
        assert office.evaluate(SAM, "eligibility.view")["decision"]
        assert look_at(office, SUSPENDED - timedelta(seconds=1), MEG, MAX) == 0
        office.clock.advance(timedelta(seconds=1))
        assert looking.look(office.context) == 1
        assert office.evaluate(SAM, "eligibility.view")["context"]["reason_code"] == "membership_suspended"
        assert letters(office, "Your access to Lakeside") == ["acc_sam@lakeside.example"]
        assert office.published("membership.changed")[-1].data["status"] == "suspended"

    def test_one_sign_in_is_enough(self, office: World) -> None:
        """Also after the warning; a year of quiet begins anew."""
        look_at(office, WARNED, MEG, MAX)
        assert look_at(office, SUSPENDED, MEG, MAX, SAM) == 0
        assert status(office, SAM) == "active"
        assert office.api().get(f"{BASE}/dormant").json() == {"people": []}
        assert look_at(office, SUSPENDED + timedelta(days=334), MEG, MAX) == 1
        assert len(letters(office, "Sign in to keep")) == 2

    def test_who_signs_in_now_and_then_is_left_alone(self, office: World) -> None:
        """Once in eleven months suffices, for years."""
        for half_year in range(1, 8):
            assert look_at(office, MONDAY + timedelta(days=182 * half_year), MEG, MAX, SAM) == 0

    def test_a_worker_that_slept_still_leaves_thirty_days(self, office: World) -> None:
        """Where nobody looked for two years the warning comes first, and the suspension a month after."""
        late = MONDAY + timedelta(days=700)
        assert look_at(office, late, MEG, MAX) == 1
        assert status(office, SAM) == "active"
        assert look_at(office, late + timedelta(days=29), MEG, MAX) == 0
        assert look_at(office, late + timedelta(days=30), MEG, MAX) == 1
        assert status(office, SAM) == "suspended"

    def test_nobody_is_suspended_by_the_upgrade(self, world: World) -> None:
        """People known for years, of whom no sign-in was ever told, have the whole quiet time from the first look."""
        world.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
        world.clock.advance(timedelta(days=2000))
        assert looking.look(world.context) == 0
        assert looking.look(world.context) == 0
        assert status(world, SAM) == "active"

    def test_removed_after_a_year_of_suspension(self, office: World) -> None:
        """G11: two years without a sign-in; the history says why, the mark goes with it."""
        asleep(office)
        assert look_at(office, SUSPENDED + timedelta(days=364), MEG, MAX) == 0
        assert look_at(office, SUSPENDED + timedelta(days=365), MEG, MAX) == 1
        assert status(office, SAM) is None
        entry = next(
            each
            for each in office.api().get(f"{BASE}/history").json()["entries"]
            if each["action"] == "membership.removed"
        )
        assert (entry["reason"], entry["actor_kind"]) == ("dormant", "system")

    def test_somebody_new_is_not_dormant(self, office: World) -> None:
        """Whoever was added yesterday has their year, though they have never signed in."""
        office.clock.advance(timedelta(days=364))
        office.seed(clinic(member("acc_new", "Nell New")))
        looking.look(office.context)
        assert look_at(office, SUSPENDED + timedelta(days=2), MEG, MAX) >= 0
        assert status(office, "acc_new") == "active"

    def test_the_operator_sets_the_time(self, world: World) -> None:
        """A shorter or a longer one."""
        settings = world.context.settings_as(AccessManagerSettings)
        object.__setattr__(settings, "dormancy_days", 90)
        world.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
        looking.look(world.context)
        assert look_at(world, MONDAY + timedelta(days=60), MEG, MAX) == 1

    def test_a_look_is_bounded(self, world: World) -> None:
        """P4: of many who are due at once a run takes a batch, and the next run the next."""
        crowd = [member(f"acc_{n:03}", f"Person {n:03}", ("eligibility.view",)) for n in range(205)]
        world.seed(clinic(manager(), *crowd))
        looking.look(world.context)
        first = look_at(world, WARNED, MEG)
        assert (first, looking.look(world.context)) == (199, 6)


class TestManagers:
    """The seat."""

    def test_a_dormant_manager_gives_up_the_seat(self, office: World) -> None:
        """While another one is there."""
        look_at(office, WARNED, MEG, SAM)
        assert look_at(office, SUSPENDED, MEG, SAM) == 1
        assert status(office, MAX) == "suspended"
        assert office.api().get(BASE).json()["manager_count"] == 1
        assert office.published("manager.changed")[-1].data["managers"] == [MEG]

    def test_the_last_manager_is_exempt_and_the_desk_is_told(self, office: World) -> None:
        """G11, M8: never suspended; an event for the desk's worklists, an audit entry, a mail to their own address."""
        look_at(office, WARNED, SAM)
        look_at(office, SUSPENDED, SAM)
        standing = {account: status(office, account) for account in (MEG, MAX, SAM)}
        assert sorted(standing.values(), key=str) == ["active", "active", "suspended"]
        assert standing[SAM] == "active"
        told = office.published("manager.dormant")
        assert [event.data["organization_id"] for event in told] == [CLINIC]
        assert standing[str(told[0].data["account_id"])] == "active"
        assert len(letters(office, "Lakeside Family Practice needs")) == 1
        assert office.evaluate(SAM, "eligibility.view")["decision"]

    def test_the_desk_is_told_once(self, office: World) -> None:
        """However often the worker looks."""
        for days in (0, 31, 62):
            look_at(office, WARNED + timedelta(days=days), SAM)
        look_at(office, SUSPENDED + timedelta(days=60), SAM)
        assert len(office.published("manager.dormant")) == 1

    def test_a_sign_in_is_told_to_the_desk_once(self, office: World) -> None:
        """G11: whoever is back need not be called; newer than what was told before, and only after a real sign-in."""
        alone(office)
        (away,) = office.published("manager.dormant")
        back = str(away.data["account_id"])
        assert away.data["display_name"] in ("Meg Manager", "Max Manager")
        assert office.published("manager.returned") == []
        sign_in(office, back, session="ses_back")
        for _ in range(3):
            looking.look(office.context)
        (told,) = office.published("manager.returned")
        assert (told.subject, told.data["account_id"]) == (CLINIC, back)
        assert told.sequence > away.sequence

    def test_a_sign_in_of_which_nobody_told_in_time(self, office: World) -> None:
        """They signed in the day before the worker looked, and the news of it came late: told all the same."""
        alone(office)
        (away,) = office.published("manager.dormant")
        sign_in(office, str(away.data["account_id"]), SUSPENDED - timedelta(days=1), "ses_late")
        looking.look(office.context)
        assert len(office.published("manager.returned")) == 1

    def test_a_further_year_of_silence_is_told_again(self, office: World) -> None:
        """Whatever the desk was promised on the telephone: not a month later, but a year later."""
        alone(office)
        for months, times in ((1, 1), (6, 1), (13, 2), (14, 2)):
            look_at(office, SUSPENDED + timedelta(days=31 * months), SAM)
            assert len(office.published("manager.dormant")) == times

    def test_whom_the_desk_seats_without_an_application_joins_the_managers(self, office: World) -> None:
        """M8: registration tells of a seat that nobody applied for; no request is looked for, the count grows."""
        seat = seated("case_9", "acc_new", application_id=None)
        office.tell("vetting.completed", "registration", "case_9", **seat)
        assert office.published("manager.changed")[-1].data["count"] == 3
        with office.context.reading() as session:
            assert session.scalar(select(func.count()).select_from(EndedApplication)) == 0


class TestLetBack:
    """A manager lifts it."""

    def test_a_manager_lets_somebody_work_again(self, office: World) -> None:
        """With what they held; the year begins anew, without a sign-in too."""
        asleep(office)
        path = f"{BASE}/members/{membership(office, SAM)}/resumption"
        assert office.api(subject=MEG).post(path).json()["status"] == "active"
        assert office.evaluate(SAM, "eligibility.view")["decision"]
        assert look_at(office, SUSPENDED + timedelta(days=300), MEG, MAX) == 0
        again = office.api(subject=MEG).post(path)
        assert (again.status_code, again.json()["type"].rsplit("/", 1)[-1]) == (409, "not-suspended")
        assert look_at(office, SUSPENDED + timedelta(days=335), MEG, MAX) == 1

    def test_on_the_page(self, office: World) -> None:
        """Who was warned, who is suspended, and one button for each."""
        look_at(office, WARNED, MEG, MAX)
        meg = office.browser(MEG)
        meg.open("/manage/dormant")
        assert "Is suspended on Tuesday, November 23, 2027" in meg.text
        look_at(office, SUSPENDED, MEG, MAX)
        meg.open("/manage/dormant")
        meg.press("Let them work again Sam Staff")
        assert "The person can work again." in meg.text
        assert "Everybody has signed in lately." in meg.text

    @pytest.mark.parametrize("by", [SAM, "acc_stranger"])
    def test_nobody_else_does(self, office: World, by: str) -> None:
        """Not the suspended person either."""
        asleep(office)
        path = f"{BASE}/members/{membership(office, SAM)}/resumption"
        assert office.api(subject=by).post(path).status_code == 404
        assert office.api(subject=by).get(f"{BASE}/dormant").status_code == 404
        assert status(office, SAM) == "suspended"

    def test_marks_of_memberships_that_ended_are_forgotten(self, office: World) -> None:
        """P4: nothing is left of somebody who was removed."""
        look_at(office, WARNED, MEG, MAX)
        removal = f"{BASE}/members/{membership(office, SAM)}/removal"
        assert office.api(subject=MEG).post(removal, json={}).status_code == 200
        assert (looking.forget(office.context), looking.forget(office.context)) == (1, 0)
