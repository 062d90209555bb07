"""When those who were asked stay silent, leave, or appear: requests change hands, and nobody learns who was asked."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration import housekeeping
from registration.submission.routing import reminders
from registration.vetting.business_days import due_at, is_business_day
from tests.service.registration.house import House
from tests.service.registration.news import (
    EMAIL,
    at_status,
    decided,
    managed,
    managers_are,
    required,
    state,
    submitted,
)

EASTERN = ZoneInfo("America/New_York")
DUE = datetime(2026, 12, 7, 22, 0, tzinfo=UTC)  # ten business days after the Sunday before Thanksgiving
minutes = st.integers(0, 10 * 365 * 24 * 60)
Day = tuple[int, int, int]
Place = tuple[str, str | None, int]


def late(house: House) -> list[str]:
    """The mails that say an application is late."""
    return [mail for mail in house.messages(EMAIL) if "the date we told you has passed" in mail]


def at(house: House, instant: datetime) -> None:
    """Time goes on to that instant, and the worker looks."""
    house.wait(instant - house.clock.now())
    housekeeping.escalate_silent(house.context)
    housekeeping.announce_overdue(house.context)


def case(house: House) -> tuple[str, str]:
    """State and ground of the one case."""
    (row,) = house.rows("SELECT state, ground FROM vetting_cases")
    return row.state, row.ground


@pytest.fixture
def waiting(house: House) -> tuple[str, str]:
    """An application that two managers were asked about: its id and account."""
    managed(house)
    application_id, account_id = submitted(house)
    required(house, application_id, account_id)
    return application_id, account_id


def test_silent_managers_are_overtaken_by_the_desk_on_the_tenth_business_day(
    house: House, waiting: tuple[str, str]
) -> None:
    """F3: across Thanksgiving, at the close of business Eastern; not a minute before, and once."""
    at(house, DUE)
    assert state(house) == "awaiting_manager"
    at(house, DUE + timedelta(minutes=1))
    assert state(house) == "vetting"
    assert case(house) == ("open", "managers_silent")
    at(house, DUE + timedelta(minutes=10))
    (event,) = house.published("vetting.required")
    assert event["data"]["due_at"] == "2026-12-21T22:00:00Z"
    assert house.audited().count("application.escalated") == 1
    assert len(late(house)) == 1


CALENDAR = [
    ((2026, 3, 6), (2026, 3, 20)),  # clocks go forward
    ((2026, 10, 23), (2026, 11, 6)),  # clocks go back
    ((2026, 11, 20), (2026, 12, 7)),  # Thanksgiving
    ((2026, 12, 18), (2027, 1, 5)),  # Christmas, New Year
    ((2027, 3, 5), (2027, 3, 19)),  # clocks go forward
    ((2027, 10, 29), (2027, 11, 15)),  # clocks go back, Veterans Day
    ((2027, 11, 19), (2027, 12, 6)),  # Thanksgiving
    ((2027, 12, 17), (2028, 1, 4)),  # Christmas and New Year on Saturdays, kept on the Fridays before
]


@pytest.mark.parametrize(("day", "tenth"), CALENDAR)
@pytest.mark.parametrize(
    ("count", "before", "after"),
    [(2, ("submitted", None, 0), ("vetting", "open", 0)), (0, ("vetting", "open", 0), ("vetting", "open", 1))],
    ids=["managers", "desk"],
)
def test_the_tenth_business_day_on_the_calendar(
    house: House, count: int, before: Place, after: Place, day: Day, tenth: Day
) -> None:
    """F3, M12: handed in at noon, due at 5 p.m. Eastern of that day: then managers are overtaken, the desk is late."""
    house.clock.freeze(datetime(*day, 12, tzinfo=EASTERN).astimezone(UTC))
    managed(house, count)
    submitted(house)
    due = datetime(*tenth, 17, tzinfo=EASTERN).astimezone(UTC)
    at(house, due)
    assert stands(house) == before
    at(house, due + timedelta(seconds=1))
    assert stands(house) == after


def stands(house: House) -> Place:
    """State of the application, state of its case, how often its lateness was announced."""
    cases = house.rows("SELECT state FROM vetting_cases")
    return state(house), str(cases[0].state) if cases else None, len(house.published("vetting.overdue"))


def test_reminders_go_with_the_request(house: House) -> None:
    """Half-way and two business days before the due day, at nine in the morning Eastern."""
    managed(house)
    submitted(house)
    (event,) = house.published("user.registered")
    assert event["data"]["remind_at"] == ["2026-11-30T14:00:00Z", "2026-12-03T14:00:00Z"]


@given(minutes, st.integers(1, 30))
def test_reminders_lie_between_the_request_and_its_end(minute: int, days: int) -> None:
    """Whatever the day: on business days, ascending, at most two, never after the end."""
    asked = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    due = due_at(asked, days)
    found = reminders(asked, due)
    assert len(found) <= 2
    assert list(found) == sorted(set(found))
    assert all(asked < each < due and is_business_day(each.astimezone(EASTERN).date()) for each in found)


def test_managers_may_still_be_first(house: House, waiting: tuple[str, str]) -> None:
    """After the escalation the first decision wins: a manager's approval closes the desk's case."""
    at(house, DUE + timedelta(minutes=1))
    decided(house, *waiting)
    assert state(house) == "approved"
    assert case(house)[0] == "handed_on"
    assert "Your access is effective" in at_status(house, waiting[1]).text


def test_late_news_from_managers_does_not_move_the_case(house: House) -> None:
    """approval.required that arrives after the escalation changes nothing: the desk has it."""
    managed(house)
    application_id, account_id = submitted(house)
    at(house, DUE + timedelta(minutes=1))
    required(house, application_id, account_id)
    assert state(house) == "vetting"


def test_an_escalated_application_can_be_withdrawn(house: House, waiting: tuple[str, str]) -> None:
    """The case closes with it."""
    at(house, DUE + timedelta(minutes=1))
    person = at_status(house, waiting[1])
    person.follow("Withdraw this application")
    person.press("Withdraw application")
    assert state(house) == "withdrawn"
    assert case(house)[0] == "withdrawn"


def test_a_decided_request_is_never_escalated(house: House, waiting: tuple[str, str]) -> None:
    """Decided in time: nothing is late."""
    decided(house, *waiting)
    at(house, DUE + timedelta(days=30))
    assert house.rows("SELECT id FROM vetting_cases") == []
    assert late(house) == []


def test_nobody_learns_from_lateness_who_was_asked(house: House) -> None:
    """Threat 26: for silent managers and for a slow desk the mail and the page are the same, at the same instant."""
    told = []
    for tin, mobile in (("12-3456789", "202 555 0143"), ("12-3456780", "202 555 0144")):
        if tin == "12-3456789":
            managed(house)
        person = house.apply(tin=tin, mobile=mobile, email=f"{mobile[-4:]}@practice.example")
        told.append((house.submit(person), f"{mobile[-4:]}@practice.example"))
    at(house, DUE + timedelta(minutes=1))
    seen = set()
    for application_id, email in told:
        (number,) = (row.number for row in house.rows(f"SELECT number FROM applications WHERE id = '{application_id}'"))
        page = at_status(house, house.street.account_of(application_id)).text
        assert "This is late" in page
        assert "Our support desk looks after it now." in page
        (mail,) = [each for each in house.messages(email) if "has passed" in each]
        last4 = re.search(r"•••••(\d{4})", page)
        assert last4, page  # their own, which they typed
        seen.add((page.replace(number, "…").replace(last4[1], "…"), mail.replace(number, "…")))
    assert len(seen) == 1


def test_the_last_manager_leaves_and_the_desk_takes_over_at_once(house: House, waiting: tuple[str, str]) -> None:
    """Nobody inside can decide any more: no need to wait for the due date; the promise to the applicant stands."""
    managers_are(house, 0, 4)
    assert case(house) == ("open", "first_person")
    (event,) = house.published("vetting.required")
    assert event["data"]["due_at"] == "2026-12-07T22:00:00Z"
    managers_are(house, 0, 3)
    assert len(house.published("vetting.required")) == 1
    assert waiting[0] == event["data"]["application_id"]


def test_an_organization_that_gets_a_manager_decides_itself(house: House) -> None:
    """The desk seated somebody: the others who asked go on to that manager, told as a new registration."""
    managed(house, count=0)
    application_id, _account = submitted(house)
    assert case(house) == ("open", "first_person")
    managers_are(house, 1, 4)
    managers_are(house, 2, 5)
    assert state(house) == "submitted"
    assert case(house)[0] == "handed_on"
    first, second = house.published("user.registered")
    assert (first["data"]["route"], second["data"]["route"]) == ("vetting", "managers")
    assert second["data"]["organization_id"] == "org_1"
    assert second["data"]["due_at"] == "2026-12-07T22:00:00Z"
    assert second["sequence"] > first["sequence"]
    assert second["subject"] == application_id


def test_managers_who_come_at_the_last_moment_get_time_to_look(house: House) -> None:
    """Handed on an hour before the end: three business days, not one hour."""
    managed(house, count=0)
    submitted(house)
    house.wait(DUE - house.clock.now() - timedelta(hours=1))
    managers_are(house, 1, 4)
    assert house.published("user.registered")[-1]["data"]["due_at"] == "2026-12-10T22:00:00Z"


def test_managers_who_came_and_stay_silent_are_overtaken_too(house: House) -> None:
    """From the desk to the managers and back: the one case of the application is opened again."""
    managed(house, count=0)
    submitted(house)
    managers_are(house, 1, 4)
    at(house, DUE + timedelta(minutes=1))
    assert state(house) == "vetting"
    assert case(house) == ("open", "managers_silent")
    assert len(late(house)) == 1
    managers_are(house, 2, 5)
    assert case(house) == ("open", "managers_silent")


def test_news_of_a_manager_that_crossed_a_submission_is_found(house: House) -> None:
    """The two transactions did not see each other: the worker hands the request on a little later."""
    managed(house, count=0)
    submitted(house)
    with house.context.transaction() as work:
        work.session.connection().exec_driver_sql("UPDATE organizations SET manager_count = 1")
    assert housekeeping.follow_managers(house.context) == 1
    assert housekeeping.follow_managers(house.context) == 0
    assert house.published("user.registered")[-1]["data"]["route"] == "managers"


def test_whose_tin_is_another_stays_where_it_is(house: House) -> None:
    """Only the requests for that organization follow its managers; one without a TIN stays with the desk."""
    managed(house, count=0)
    house.submit(house.apply(tin="12-3456780"))
    house.submit(house.apply(tin=None, mobile="202 555 0144", email="other@practice.example"))
    managers_are(house, 1, 4)
    assert {row.state for row in house.rows("SELECT state FROM vetting_cases")} == {"open"}
    assert {row.ground for row in house.rows("SELECT ground FROM vetting_cases")} == {"first_person", "no_tin"}
