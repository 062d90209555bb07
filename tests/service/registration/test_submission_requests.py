"""Several organizations in one application: each becomes a request with its own number, route and fate (F7)."""

from datetime import timedelta

import pytest

from registration import housekeeping
from registration.directory.imports import Row
from tests.service.registration.house import House, Visitor
from tests.service.registration.news import EMAIL, at_status, decided, managers_are, opened

FIRST, MANAGED, REFUSED, UNKNOWN = "12-3456789", "12-3456781", "12-3456783", "12-3456785"
LIST = f"{MANAGED}, Managed Practice\n{REFUSED}, Stranger Practice\n{UNKNOWN}, Unknown Practice"


@pytest.fixture
def several(house: House) -> Visitor:
    """Somebody at "check your answers" who asks for four organizations, each in another situation."""
    house.directory(
        Row("123456781", "Managed Practice", "(202) 555-0101", True, True, organization_id="org_1"),
        Row("123456783", "Stranger Practice", "(202) 555-0103", False, False),
    )
    managers_are(house, 2, 3)
    person = house.apply(tin=FIRST)
    person.open("/register/organizations/paste")
    person.fill("TINs, one on each line", LIST)
    person.press("Continue")
    person.open("/register/check")
    return person


def requests(house: House) -> dict[str, str]:
    """Organization → state."""
    rows = house.rows("SELECT organization_name, state FROM applications")
    return {row.organization_name: row.state for row in rows}


def test_each_goes_its_own_way(house: House, several: Visitor) -> None:
    """One is vetted, one decided by managers, one refused at once, one vetted as unknown: none waits for another."""
    house.submit(several)
    assert requests(house) == {
        "Harbor Family Practice": "vetting",
        "Managed Practice": "submitted",
        "Stranger Practice": "denied",
        "Unknown Practice": "vetting",
    }
    rows = house.rows("SELECT id, number, batch, account_id FROM applications")
    assert len({row.number for row in rows}) == 4
    assert len({row.account_id for row in rows}) == 1
    assert len({row.batch for row in rows}) == 1
    assert len(house.published("user.registered")) == 3
    assert len(house.published("vetting.required")) == 2


def test_all_numbers_are_told(house: House, several: Visitor) -> None:
    """On the last page and in one mail."""
    house.submit(several)
    (mail,) = [each for each in house.messages(EMAIL) if "We have your applications" in each]
    for row in house.rows("SELECT number, organization_name FROM applications"):
        assert row.number in several.text
        assert row.organization_name in several.text
        assert f"{row.number}  {row.organization_name}" in mail
    assert "6781" not in mail


def test_return_page_and_events_fan_out_once(house: House, several: Visitor) -> None:
    """However often and by whomever: four requests, not eight."""
    application_id = house.submit(several)
    account_id = house.street.account_of(application_id)
    for _again in range(2):
        opened(house, application_id, account_id)
    several.open(f"/register/{application_id}/done")
    assert len(requests(house)) == 4
    assert house.audited().count("application.submitted") == 4


def test_the_status_page_shows_each_with_its_own_end(house: House, several: Visitor) -> None:
    """A decision about one changes nothing about the others; all stand on one page."""
    application_id = house.submit(several)
    account_id = house.street.account_of(application_id)
    (managed,) = house.rows("SELECT id FROM applications WHERE organization_name = 'Managed Practice'")
    decided(house, managed.id, account_id)
    person = at_status(house, account_id)
    assert "Your applications" in person.text
    for words in ("Approved", "Not approved", "has not submitted a claim yet"):
        assert words in person.text
    assert person.text.count("Withdraw this application") == 2
    assert person.text.count("What happens next") == 1, "said once, however many wait"
    assert "Earlier applications" not in person.text


def test_one_is_withdrawn_and_the_others_wait_on(house: House, several: Visitor) -> None:
    """Each has its own way out."""
    application_id = house.submit(several)
    account_id = house.street.account_of(application_id)
    (unknown,) = house.rows("SELECT id FROM applications WHERE organization_name = 'Unknown Practice'")
    person = at_status(house, account_id)
    person.open(f"/register/status/{unknown.id}/withdraw")
    person.press("Withdraw application")
    found = requests(house)
    assert found["Unknown Practice"] == "withdrawn"
    assert found["Harbor Family Practice"] == "vetting"
    assert len(house.published("application.withdrawn")) == 1


def test_each_is_late_by_itself(house: House, several: Visitor) -> None:
    """The managers' silence gives one to the desk; three are told late, the refused one is not."""
    house.submit(several)
    house.wait(timedelta(days=16))
    assert housekeeping.escalate_silent(house.context) == 1
    assert housekeeping.announce_overdue(house.context) == 2
    assert requests(house)["Managed Practice"] == "vetting"
    assert sum("has passed" in mail for mail in house.messages(EMAIL)) == 3


def test_the_api_knows_each(house: House, several: Visitor) -> None:
    """A client reads a further request like the first one."""
    house.submit(several)
    for row in house.rows("SELECT id, number, state FROM applications"):
        path = f"/api/registration/v1/applications/{row.id}"
        answer = house.app.test_client().get(path, headers=house.street.token("applications.read"))
        assert answer.status_code == 200
        assert (answer.json["number"], answer.json["state"]) == (row.number, row.state)
