"""Several organizations in one application (F7), what each kind may ask for (F8), the NPI of who treats patients."""

import json
import threading
from datetime import timedelta

from registration import housekeeping
from registration.applications import service
from registration.applications.answers import OrganizationAnswer
from registration.applications.organizations import service as organizations
from registration.applications.organizations.service import Taken
from registration.directory.vault import TinVault
from tests.service.registration.house import House
from tests.service.registration.listing import (
    FIRST,
    GOOD_NPI,
    add,
    at_the_list,
    listed,
    paste,
    tins,
    to_the_check,
)


def test_f7_fifty_organizations_are_fifty_requests(house: House) -> None:
    """F7: One application, one account, fifty requests: each with its number, its route, its own event."""
    person = at_the_list(house)
    paste(person, tins(49))
    assert "You ask for 50 organizations." in person.text
    to_the_check(house, person)
    application_id = house.submit(person)
    rows = house.rows("SELECT id, number, state, account_id, batch, tin_index, functions FROM applications")
    assert (
        len({row.id for row in rows}) == len({row.number for row in rows}) == len({row.tin_index for row in rows}) == 50
    )
    assert {row.batch for row in rows} == {application_id}
    assert {row.account_id for row in rows} == {house.street.account_of(application_id)}
    assert {row.state for row in rows} == {"vetting"}
    assert len({row.functions for row in rows}) == 1
    assert len(house.published("user.registered")) == 50
    assert len(house.street.accounts) == 1
    assert listed(house) == 0


def test_f7_the_fifty_first_is_refused(house: House) -> None:
    """F7: 422 with a sentence that says what to do; nothing of what was sent is added."""
    person = at_the_list(house)
    paste(person, tins(50))
    assert person.answer.status_code == 422
    assert "at most 50 organizations, and there is room for 49 more" in person.text
    assert listed(house) == 0
    paste(person, tins(49))
    person.open("/register/organizations")
    assert "This is as many as one application takes" in person.text
    form = {"organization_name": "One more", "organization_kind": "practice", "has_tin": "yes", "tin": "30-0000001"}
    answer = person.post("/register/organizations", form)
    assert answer.status_code == 422
    assert listed(house) == 49


def test_a_tin_is_kept_once(house: House) -> None:
    """Pasted twice, written another way, equal to the first, or given as the first later: it stays one request."""
    person = at_the_list(house)
    paste(person, ["200000001", "20-0000001", FIRST, "20 000 0002"])
    assert "2 organizations were on the list already. Each is kept once." in person.text
    assert listed(house) == 2
    add(person, "Harbor North", "20-0000002")
    assert "1 organization was on the list already. It is kept once." in person.text
    person.follow("Change Harbor Family Practice")
    person.fill("TIN", "200000001")
    person.press("Continue")
    assert listed(house) == 1


def test_each_organization_has_its_own_answers(house: House) -> None:
    """Name, kind, TIN, NPI and lines of business go with the request they were given for."""
    person = at_the_list(house)
    person.fill("NPI", GOOD_NPI)
    person.choose("Dental")
    add(person, "Harbor Hospital", "20-0000001", "Facility")
    add(person, "Harbor Nursing", None, "Facility")
    to_the_check(house, person)
    assert "Harbor Hospital" in person.text
    house.submit(person)
    found = {row.organization_name: row for row in house.rows("SELECT * FROM applications")}
    first, hospital, nursing = (found[f"Harbor {name}"] for name in ("Family Practice", "Hospital", "Nursing"))
    assert (first.organization_kind, hospital.organization_kind, nursing.organization_kind) == (
        "practice",
        "facility",
        "facility",
    )
    assert (first.npi, hospital.npi, nursing.npi) == (None, GOOD_NPI, None)
    assert json.loads(hospital.lines) == ["dental"]
    assert json.loads(first.lines or "null") is None
    assert (bool(hospital.has_tin), bool(nursing.has_tin), nursing.tin_box) == (True, False, None)


def test_one_is_taken_off_the_list_again(house: House) -> None:
    """The button names its organization; pressed twice it does nothing more."""
    person = at_the_list(house)
    paste(person, ["200000001, Harbor North", "200000002, Harbor South"])
    (row,) = house.rows("SELECT id FROM draft_organizations WHERE name = 'Harbor North'")
    person.press("Remove Harbor North 0001")
    assert "Harbor North" not in person.text
    assert "Harbor South" in person.text
    assert person.post("/register/organizations/remove", {"organization": row.id}).status_code == 303
    assert listed(house) == 1


def test_attack_11_nobody_takes_from_another_list(house: House) -> None:
    """The id of somebody else's organization means nothing at another browser (threat 11)."""
    paste(at_the_list(house), tins(1))
    (row,) = house.rows("SELECT id FROM draft_organizations")
    stranger = at_the_list(house)
    stranger.post("/register/organizations/remove", {"organization": row.id})
    assert listed(house) == 1


def test_a_pasted_line_with_a_fault_is_told_by_its_number(house: House) -> None:
    """The others are taken over; no TIN comes back in the page, right or wrong."""
    person = at_the_list(house)
    paste(person, ["200000001; Harbor North", "", "12345", "20-000000x", "000000000", "200000002\t20-0000009"])
    assert person.answer.status_code == 422
    for sentence in ("Line 3: A TIN has 9 digits", "Line 4: A TIN has digits only", "Line 5: This TIN has not been"):
        assert sentence in person.text
    assert "Line 6: This looks like a TIN" in person.text
    assert "1 organization was added." in person.text
    for typed in ("200000001", "12345", "20-000000x", "200000002"):
        assert typed not in person.answer.text
    assert house.rows("SELECT name FROM draft_organizations")[0].name == "Harbor North"


def test_a_list_without_names_takes_the_name_of_the_first(house: House) -> None:
    """Nothing is looked up to fill a name in: it would tell whether a TIN is known (threat 9)."""
    person = at_the_list(house)
    paste(person, ["200000001"])
    assert house.rows("SELECT name FROM draft_organizations")[0].name == "Harbor Family Practice"
    paste(person, [""])
    assert "Enter at least one TIN" in person.text


def test_a_list_s_tins_are_nowhere_but_in_their_boxes(house: House) -> None:
    """N4: no table, event or message holds the nine digits of any of them."""
    person = at_the_list(house)
    paste(person, tins(5))
    to_the_check(house, person)
    house.submit(person)
    tables = [row.name for row in house.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    dump = "\n".join(str(tuple(row)) for name in tables for row in house.rows(f"SELECT * FROM {name}"))
    assert not [tin for tin in tins(5) if tin in dump or tin in "\n".join(person.visited)]


def test_sixteen_windows_never_make_more_than_fifty(house: House) -> None:
    """Additions sent at once wait for each other: the limit is counted under the draft's lock (threat 16)."""
    paste(at_the_list(house), tins(45))
    (row,) = house.rows("SELECT id FROM applications")
    taken: list[object] = []

    def rival(number: int) -> None:
        answer = OrganizationAnswer("Harbor", True, tins(1, 100 + number)[0], None)
        with house.context.transaction() as work:
            held = service.hold(work, row.id)
            taken.append(organizations.add(work, house.context.part(TinVault), held, [answer]))

    rivals = [threading.Thread(target=rival, args=(number,)) for number in range(16)]
    for each in rivals:
        each.start()
    for each in rivals:
        each.join()
    assert taken.count(Taken(1, 0)) == 4
    assert listed(house) == 49


def test_what_is_handed_in_takes_no_more(house: House) -> None:
    """After the application is in, the list's pages lead to where it stands."""
    person = at_the_list(house)
    to_the_check(house, person)
    form = {"list": "200000001", "organization_kind": "practice"}
    house.submit(person)
    person.open("/register/organizations")
    assert "Your application is in" in person.text
    person.open("/register")
    assert person.post("/register/organizations/paste", form).status_code == 303
    assert listed(house) == 0


def test_a_draft_nobody_came_back_to_takes_its_list_along(house: House) -> None:
    """No sealed TIN outlives the draft it was given for."""
    paste(at_the_list(house), tins(3))
    house.wait(timedelta(hours=25))
    housekeeping.clear_drafts(house.context)
    assert listed(house) == 0


def test_the_list_comes_after_the_first_organization(house: House) -> None:
    """Before that question is answered its pages lead there; after the check page a change comes back to it (3.3.7)."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    for path in ("/register/organizations", "/register/organizations/paste"):
        person.open(path)
        assert person.address.endswith("/register/organization")
    person = house.apply()
    number = house.rows("SELECT number FROM applications WHERE email IS NOT NULL")[0].number
    assert f"Application number {number}" in person.text
    person.follow("Add or remove organizations")
    add(person, "Harbor North", "20-0000001")
    person.press("Continue")
    assert person.address.endswith("/register/check")
    assert "Harbor North" in person.text
