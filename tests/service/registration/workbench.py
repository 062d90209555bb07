"""What tests of the desk do again and again: cases, agents at browsers of their own, calls that confirm."""

from registration.directory.imports import Row
from tests.service.registration.house import House, Visitor

ROW = Row("123456789", "Harbor Family Practice", "(202) 555-0111", True, True)


def case(house: House, **answers: str | None) -> str:
    """An open case; return its id."""
    house.submit(house.apply(**answers))  # type: ignore[arg-type]
    return str(house.rows("SELECT id FROM vetting_cases ORDER BY opened_at DESC, id DESC")[0].id)


def agent(house: House, name: str = "Dana Desk", language: str = "en") -> Visitor:
    """A desk agent at a browser of their own."""
    person = house.visitor(language)
    house.sign_in("acc_" + name.split()[0].lower(), name, "staff", 2)
    person.open("/desk")
    assert person.answer.status_code == 200, person.text
    return person


def confirm(person: Visitor, case_id: str) -> None:
    """Record a call in which the office confirmed."""
    person.open(f"/desk/cases/{case_id}")
    person.choose("The office confirmed")
    person.fill("Whom did you speak to?", "Pat Owner, owner")
    person.choose("They know the applicant")
    person.choose("They agree that the applicant")
    person.press("Record call")
    assert "spoke to Pat Owner" in person.text, person.text


def call(person: Visitor, case_id: str, outcome: str) -> None:
    """Record a call that ended in another way."""
    person.open(f"/desk/cases/{case_id}")
    person.choose(outcome)
    person.press("Record call")
    assert person.answer.status_code == 200, person.text


def seat(person: Visitor) -> None:
    """Seat the applicant as the form proposes."""
    person.choose("Practice")
    person.press("Seat as access manager")


def propose(person: Visitor, case_id: str, why: str = "I met the owner at the office.") -> None:
    """Ask a colleague to agree to a seat."""
    person.open(f"/desk/cases/{case_id}")
    person.follow("Ask a colleague to agree")
    person.fill("Why is it right?", why)
    person.press("Ask a colleague to agree")
    assert "Waits for a second person" in person.text, person.text


def refused(house: House, person: Visitor, **answers: str | None) -> str:
    """A case that was refused; return the number of its application."""
    case_id = case(house, **answers)
    person.open(f"/desk/cases/{case_id}")
    person.fill("Reason", "The office does not know you.")
    person.press("Refuse this application")
    (row,) = house.rows("SELECT number FROM applications WHERE state = 'denied'")
    return str(row.number)
