"""The desk: who may enter, the queue, calls, seating, refusing, and that the first decision wins."""

from datetime import timedelta

import pytest

from registration import housekeeping
from tests.service.registration.house import House
from tests.service.registration.workbench import ROW, agent, call, case, confirm, seat


@pytest.mark.parametrize(("population", "acr", "status"), [("provider", 2, 403), ("member", 2, 403), ("staff", 2, 200)])
def test_only_staff_enter(house: House, population: str, acr: int, status: int) -> None:
    """The desk is for population staff."""
    person = house.visitor()
    house.sign_in("acc_x", "Somebody", population, acr)
    person.open("/desk")
    assert person.answer.status_code == status


def test_staff_without_a_second_factor_are_sent_back_to_identity(house: House) -> None:
    """A password alone does not open the desk: the page asks identity for two factors."""
    person = house.visitor()
    house.sign_in("acc_x", "Dana Desk", "staff", 1)
    answer = person._http.get("/desk", follow_redirects=False)
    assert answer.status_code == 303
    assert "acr_values=urn%3Agatehouse%3Aacr%3A2" in answer.headers["Location"]


def test_a_form_sent_after_the_session_was_over_leads_back_to_its_page(house: House) -> None:
    """The address that takes the form has no page of its own: after signing in the agent is at the case again."""
    case_id, person = case(house), agent(house)
    person.open(f"/desk/cases/{case_id}")
    house.wait(timedelta(minutes=31))
    person.choose("No answer")
    person.press("Record call")
    assert person.answer.status_code == 200
    assert person.address.endswith(f"/desk/cases/{case_id}")


def test_the_number_to_call_comes_from_the_directory(house: House) -> None:
    """Never the applicant's own mobile; without a directory entry the page says where to look."""
    house.directory(ROW)
    person = agent(house)
    person.open(f"/desk/cases/{case(house)}")
    assert "(202) 555-0111" in person.text
    assert "555 0143" not in person.answer.text
    assert "+12025550143" not in person.answer.text
    assert "•••••6789" in person.text
    unknown = case(house, tin="98-7654321", email="x@practice.example", mobile="202 555 0145")
    person.open(f"/desk/cases/{unknown}")
    assert "There is no number on file" in person.text


def test_the_whole_vetting(house: House) -> None:
    """A call that reached nobody, a call that confirmed, the seat: one event, the applicant approved and told."""
    house.directory(ROW)
    case_id = case(house)
    person = agent(house)
    person.follow("Casey Coordinator")
    assert "Possible once a recorded call" in person.text
    call(person, case_id, "No answer")
    assert "Possible once a recorded call" in person.text
    confirm(person, case_id)
    seat(person)
    assert "Decided by Dana Desk" in person.text
    (event,) = house.published("vetting.completed")
    assert event["subject"] == case_id
    told = event["data"]
    assert told["outcome"] == "seated"
    assert told["organization"]["name"] == "Harbor Family Practice"
    assert told["organization"]["contracted"] is True
    assert told["organization"]["tin_last4"] == "6789"
    assert told["person"]["email"] == "casey@practice.example"
    assert "claims.submit" in told["functions"]
    (row,) = house.rows("SELECT state, organization_id FROM applications")
    assert tuple(row) == ("approved", told["organization"]["id"])
    assert any("was approved" in mail for mail in house.messages("casey@practice.example"))
    assert [a for a in house.audited() if a.startswith("vetting.")] == [
        "vetting.opened",
        "vetting.call_recorded",
        "vetting.call_recorded",
        "vetting.seated",
    ]


def test_a_confirmation_needs_a_name_and_what_was_confirmed(house: House) -> None:
    """Half a record is refused with its own sentence, and what was typed stays."""
    case_id = case(house)
    person = agent(house)
    person.open(f"/desk/cases/{case_id}")
    person.choose("The office confirmed")
    person.fill("Note", "They sounded sure")
    person.press("Record call")
    assert person.answer.status_code == 422
    assert "Enter the name of the person who confirmed" in person.text
    assert "They sounded sure" in person.answer.text
    person.fill("Whom did you speak to?", "Pat")
    person.press("Record call")
    assert "the office must know the applicant" in person.text
    assert house.rows("SELECT id FROM vetting_calls") == []


def test_nobody_is_seated_without_a_confirmed_call(house: House) -> None:
    """Not through the form either, posted past the page."""
    case_id = case(house)
    person = agent(house)
    person.open(f"/desk/cases/{case_id}")
    form = {"organization_name": "X", "organization_kind": "practice", "functions": "claims.submit"}
    answer = person.post(f"/desk/cases/{case_id}/seat", form)
    assert answer.status_code == 409
    assert "A confirmed call is needed first" in answer.text
    assert house.rows("SELECT state FROM vetting_cases")[0].state == "open"


def test_without_a_contract_three_tasks_are_not_on_offer(house: House) -> None:
    """F6: an unknown TIN counts as not contracted: the form leaves them out, and the door refuses them."""
    case_id = case(house)
    person = agent(house)
    confirm(person, case_id)
    assert "Some tasks are left out" in person.text
    form = {"organization_name": "X", "organization_kind": "practice", "functions": "demographics.update"}
    assert person.post(f"/desk/cases/{case_id}/seat", form).status_code == 422
    seat(person)
    assert house.published("vetting.completed")[0]["data"]["organization"]["contracted"] is False


def test_refusing_with_a_reason(house: House) -> None:
    """The applicant reads the reason on the status page; without one nothing happens."""
    case_id = case(house)
    person = agent(house)
    person.open(f"/desk/cases/{case_id}")
    person.press("Refuse this application")
    assert "Enter the reason" in person.text
    assert house.rows("SELECT state FROM applications")[0].state == "vetting"
    person.fill("Reason", "The office does not know you. <b>Ask</b> {{7*7}} your manager.")
    person.press("Refuse this application")
    assert "Refused" in person.text
    assert "<b>Ask" not in person.answer.text
    (event,) = house.published("vetting.completed")
    assert event["data"]["outcome"] == "refused"
    assert event["data"]["organization"] is None
    (application_id,) = (row.id for row in house.rows("SELECT id FROM applications"))
    house.sign_in(house.street.account_of(application_id), "Casey")
    applicant = house.visitor()
    applicant.open("/register/status")
    assert "The office does not know you." in applicant.text


def test_the_first_decision_wins_and_the_other_is_told_who(house: House) -> None:
    """Two agents have the case open: the second learns the first one's name, and there is one event."""
    case_id = case(house)
    first, second = agent(house, "Dana Desk"), agent(house, "Eli Evening")
    confirm(first, case_id)
    second.open(f"/desk/cases/{case_id}")
    seat(first)
    second.fill("Reason", "Nobody answered.")
    second.press("Refuse this application")
    assert second.answer.status_code == 409
    assert "Dana Desk was first" in second.text
    assert len(house.published("vetting.completed")) == 1
    assert house.rows("SELECT state FROM applications")[0].state == "approved"


def test_a_withdrawn_case_cannot_be_decided(house: House) -> None:
    """The agent is told that the applicant was first."""
    case_id = case(house)
    person = agent(house)
    confirm(person, case_id)
    (row,) = house.rows("SELECT id, account_id FROM applications")
    house.sign_in(row.account_id, "Casey")
    applicant = house.visitor()
    applicant.open(f"/register/status/{row.id}/withdraw")
    applicant.press("Withdraw application")
    seat(person)
    assert person.answer.status_code == 409
    assert "The applicant was first" in person.text


def test_the_first_seat_of_an_organization_is_given_once(house: House) -> None:
    """Two people of one unknown TIN: the second case says that there is an access manager now."""
    first = case(house)
    second = case(house, email="late@practice.example", mobile="202 555 0146")
    person = agent(house)
    for case_id in (first, second):
        confirm(person, case_id)
    person.open(f"/desk/cases/{first}")
    seat(person)
    person.open(f"/desk/cases/{second}")
    seat(person)
    assert person.answer.status_code == 409
    assert "has an access manager now" in person.text
    assert len(house.published("vetting.completed")) == 1
    assert house.rows("SELECT state FROM vetting_cases WHERE id = :id", id=second)[0].state == "open"


def test_overdue_is_announced_once(house: House) -> None:
    """The job tells of a case past its due date, one time."""
    case_id = case(house)
    assert housekeeping.announce_overdue(house.context) == 0
    house.wait(timedelta(days=16))
    assert housekeeping.announce_overdue(house.context) == 1
    assert housekeeping.announce_overdue(house.context) == 0
    (event,) = house.published("vetting.overdue")
    assert event["subject"] == case_id
    assert event["sequence"] == 2


def test_an_unknown_case_is_not_there(house: House) -> None:
    """404, not an error."""
    person = agent(house)
    person.open("/desk/cases/case_unknown")
    assert person.answer.status_code == 404


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("The applicant does not work there", "you do not work there"),
        ("The office does not want the applicant", "did not agree that you manage its access"),
        ("The office cannot be reached", "Ask it to call us, and apply again"),
        ("The organization has an access manager now", "that person then decides"),
    ],
)
def test_a_common_cause_writes_the_reason(house: House, cause: str, told: str) -> None:
    """The applicant reads what happened and what they can do; the agent's own words come after it."""
    case_id, person = case(house), agent(house)
    person.open(f"/desk/cases/{case_id}")
    person.choose(cause)
    person.fill("Reason", "Ask for Pat.")
    person.press("Refuse this application")
    (row,) = house.rows("SELECT reason FROM applications")
    assert told in row.reason
    assert row.reason.endswith("Ask for Pat.")


def test_a_common_cause_is_told_in_the_applicant_s_language(house: House) -> None:
    """Somebody who applied in Spanish reads Spanish, whatever language the agent works in."""
    case_id, person = case(house), agent(house)
    with house.context.transaction() as work:
        work.session.connection().exec_driver_sql("UPDATE applications SET language = 'es'")
    person.open(f"/desk/cases/{case_id}")
    person.choose("The office cannot be reached")
    person.press("Refuse this application")
    assert "No pudimos comunicarnos" in house.rows("SELECT reason FROM applications")[0].reason


def test_a_reason_with_a_tin_is_not_taken(house: House) -> None:
    """Threat: what the applicant and the audit read holds no TIN, also when an agent types one."""
    case_id, person = case(house), agent(house)
    person.open(f"/desk/cases/{case_id}")
    person.fill("Reason", "12-3456789")
    person.press("Refuse this application")
    assert person.answer.status_code == 422
    assert "This looks like a TIN. Leave it out." in person.text


def test_a_kind_of_organization_holds_what_it_may(house: House) -> None:
    """F8: a vendor is never given what providers of care have, though the page offered it to a practice."""
    house.directory(ROW)
    case_id, person = case(house), agent(house)
    confirm(person, case_id)
    person.choose("See clinical records")
    person.choose("Vendor")
    person.press("Seat as access manager")
    assert person.answer.status_code == 422
    assert "This organization may not hold all of these tasks." in person.text
    assert "See clinical records" not in person.text
    assert "an organization of this kind never has them" in person.text
    assert house.published("vetting.completed") == []
    person.press("Seat as access manager")
    assert house.published("vetting.completed")[0]["data"]["organization"]["kind"] == "vendor"
