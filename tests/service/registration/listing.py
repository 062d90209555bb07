"""Filling the list of organizations of an application, as a person at a browser does."""

from tests.service.registration.house import House, Visitor

FIRST = "12-3456789"
GOOD_NPI = "1234567893"


def tins(count: int, start: int = 0) -> list[str]:
    """Different TINs."""
    return [f"20{number:07d}" for number in range(start, start + count)]


def at_the_list(house: House, language: str = "en", kind: str = "Practice") -> Visitor:
    """A representative who has named the first organization and wants more."""
    person = house.visitor(language)
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    person.fill("Name of the organization", "Harbor Family Practice")
    person.choose(kind)
    person.choose("Yes, I enter its TIN")
    person.fill("TIN", FIRST)
    person.press("Save and add more organizations")
    assert "You ask for 1 organization." in person.text
    return person


def paste(person: Visitor, lines: list[str]) -> None:
    """Put a list into the field for one."""
    person.open("/register/organizations/paste")
    person.fill("TINs, one on each line", "\n".join(lines))
    person.press("Continue")


def add(person: Visitor, name: str, tin: str | None = None, kind: str = "Practice") -> None:
    """Put one organization on the list."""
    person.fill("Name of the organization", name)
    person.choose(kind)
    person.choose("Yes, I enter its TIN" if tin else "I don’t have a TIN")
    if tin:
        person.fill("TIN", tin)
    person.press("Add this organization")


def to_the_check(house: House, person: Visitor, tasks: str = "Billing") -> None:
    """Answer the rest."""
    person.open("/register/organizations")
    person.press("Continue")
    person.fill("Full name", "Casey Coordinator")
    person.fill("E-mail address", "casey@practice.example")
    person.fill("Mobile number", "202 555 0143")
    person.press("Continue")
    house.prove(person, "casey@practice.example", "+12025550143")
    person.choose(tasks)
    person.press("Continue")
    assert "Check your answers" in person.text, person.text


def practitioner(house: House) -> Visitor:
    """A dentist at the question about the organization."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Dental practitioner")
    person.press("Continue")
    person.fill("Name of the organization", "Harbor Dental")
    person.choose("I don’t have a TIN")
    return person


def listed(house: House) -> int:
    """How many further organizations the drafts hold."""
    return int(house.rows("SELECT count(*) AS n FROM draft_organizations")[0].n)
