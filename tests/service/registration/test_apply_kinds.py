"""What an organization is decides what can be asked for there (F8), and whose NPI is asked for."""

import json

import pytest

from tests.service.registration.house import House
from tests.service.registration.listing import (
    GOOD_NPI,
    add,
    at_the_list,
    practitioner,
    to_the_check,
)


@pytest.mark.parametrize(
    ("kind", "offered", "withheld"),
    [
        ("Billing company", ["Send claims", "See remittances"], ["See clinical records", "Manage payment details"]),
        ("Vendor", ["Send claims", "See patient eligibility"], ["See remittances", "Send precertification requests"]),
    ],
)
def test_f8_a_company_that_gives_no_care_cannot_ask_for_what_care_needs(
    house: House, kind: str, offered: list[str], withheld: list[str]
) -> None:
    """F8: Its tasks are those of its kind; posting another is refused (threat 34)."""
    person = at_the_list(house, kind=kind)
    to_the_check(house, person)
    person.open("/register/access/tasks")
    assert all(task in person.text for task in offered)
    assert not any(task in person.text for task in [*withheld, "Update the organization’s details"])
    assert "a billing company or a vendor cannot hold them" in person.text
    answer = person.post("/register/access/tasks", {"functions": "clinical.view"})
    assert answer.status_code == 422
    person.open("/register/check")
    house.submit(person)
    (event,) = house.published("user.registered")
    assert set(event["data"]["functions"]) <= {
        "eligibility.view",
        "claims.status.view",
        "claims.submit",
        "remittance.view",
    }


def test_f8_who_treats_patients_asks_for_no_vendor(house: House) -> None:
    """A practitioner is offered practices and facilities; another kind is refused, and so is turning into one later."""
    person = practitioner(house)
    assert "Vendor" not in person.text
    form = {"organization_name": "Harbor", "organization_kind": "vendor", "has_tin": "no", "no_npi": "yes"}
    answer = person.post("/register/organization", form)
    assert answer.status_code == 422
    assert "Choose what the organization is" in answer.text
    other = at_the_list(house)
    add(other, "Harbor Software", None, "Vendor")
    other.open("/register/who")
    other.choose("Medical practitioner")
    other.press("Continue")
    assert other.answer.status_code == 422
    assert "Take it off your organizations first" in other.text


def test_f8_tasks_that_no_longer_fit_are_asked_for_again(house: House) -> None:
    """F8: Adding a vendor later: what it cannot hold is not asked for in its name; what fits is not asked for twice."""
    person = at_the_list(house)
    to_the_check(house, person, "Full access")
    person.follow("Add or remove organizations")
    add(person, "Harbor North", "20-0000001")
    person.press("Continue")
    assert person.address.endswith("/register/check")
    person.follow("Add or remove organizations")
    add(person, "Harbor Software", None, "Vendor")
    person.press("Continue")
    assert person.address.endswith("/register/access")
    person.choose("Front desk")
    person.press("Continue")
    assert "See patient claims" in person.text
    assert "See precertification requests" not in person.text


def test_who_treats_patients_gives_their_npi_or_says_that_there_is_none(house: House) -> None:
    """Asked for, with its check digit; "I don't have an NPI" is a full answer and stays ticked."""
    person = practitioner(house)
    person.press("Continue")
    assert "Enter your NPI, or tick that you don’t have one" in person.text
    person.fill("NPI", "1234567890")
    person.press("Continue")
    assert "one of its digits is not right" in person.text
    assert "Enter your NPI" not in person.text
    person.fill("NPI", "")
    person.choose("I don’t have an NPI")
    person.press("Continue")
    assert person.address.endswith("/register/contact")
    person.open("/register/organization")
    person.press("Continue")
    assert person.address.endswith("/register/contact")


def test_m19_an_npi_nobody_knows_gets_the_same_answer(house: House) -> None:
    """M19: Whether the directory knows an NPI, and by which name, is the desk's business alone."""
    person = practitioner(house)
    person.fill("NPI", GOOD_NPI)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("registration.directory.service.npi_records", None)  # it is not even looked at
        person.press("Continue")
    assert person.address.endswith("/register/contact")


def test_the_own_npi_and_line_go_along_without_being_asked_twice(house: House) -> None:
    """A dentist's line is ticked beforehand, and the NPI is theirs at each organization."""
    person = practitioner(house)
    person.fill("NPI", GOOD_NPI)
    assert 'value="dental" checked' in person.answer.text
    person.press("Save and add more organizations")
    assert "National Provider Identifier" not in person.text
    add(person, "Harbor South", "20-0000001")
    to_the_check(house, person)
    house.submit(person)
    rows = house.rows("SELECT npi, lines FROM applications")
    assert [(row.npi, json.loads(row.lines)) for row in rows] == [(GOOD_NPI, ["dental"])] * 2


def test_a_representative_who_is_a_practitioner_after_all_is_asked_for_the_npi(house: House) -> None:
    """Nothing typed is lost: name and TIN are filled in, and only what depends on it is asked."""
    person = at_the_list(house)
    person.open("/register/who")
    person.choose("Behavioral health practitioner")
    person.press("Continue")
    assert person.address.endswith("/register/organization")
    assert "Harbor Family Practice" in person.answer.text
    assert "We have the TIN that ends in 6789" in person.text
    person.fill("NPI", GOOD_NPI)
    person.press("Continue")
    assert person.address.endswith("/register/contact")


def test_a_line_of_business_that_does_not_exist_is_refused(house: House) -> None:
    """And all three together mean every line."""
    person = at_the_list(house)
    form = {"organization_name": "North", "organization_kind": "practice", "has_tin": "no"}
    assert person.post("/register/organizations", {**form, "lines": "vision"}).status_code == 422
    for line in ("Medical", "Dental", "Behavioral health"):
        person.choose(line)
    add(person, "Harbor North")
    assert house.rows("SELECT lines FROM draft_organizations")[0].lines in (None, "null")


def test_the_list_is_there_in_spanish(house: House) -> None:
    """As everything that people read."""
    person = house.visitor("es")
    person.open("/register")
    person.press("Empezar")
    person.choose("Representante")
    person.press("Continuar")
    person.fill("Nombre de la organización", "Harbor")
    person.choose("No tengo un TIN")
    person.press("Guardar y añadir más organizaciones")
    assert "Usted pide 1 organización." in person.text
    person.follow("Pegar en su lugar una lista de TIN")
    person.fill("Los TIN, uno en cada línea", "1")
    person.press("Continuar")
    assert "Línea 1: Un TIN tiene 9 dígitos" in person.text
