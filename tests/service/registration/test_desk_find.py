"""The status page and the mails say "read out your application number": the desk finds what is read out (M12, E12)."""

import pytest

from registration.directory.imports import Row
from tests.service.registration.house import House, Visitor
from tests.service.registration.news import managed
from tests.service.registration.workbench import agent, call, case, refused

FIELD = "Application number that a caller reads out"


def find(person: Visitor, number: str) -> Visitor:
    """Type what was read out."""
    person.open("/desk")
    person.fill(FIELD, number)
    person.press("Find")
    return person


def number_of(house: House) -> str:
    """The number of the newest application."""
    return str(house.rows("SELECT number FROM applications ORDER BY created_at DESC, id DESC")[0].number)


@pytest.mark.parametrize("said", [str.lower, lambda it: it.replace("-", " "), lambda it: f" {it.replace('-', '')} "])
def test_a_number_read_out_leads_to_its_case(house: House, said: "type[str]") -> None:
    """However it is typed; the number stands in no address."""
    case_id = case(house)
    person = find(agent(house), said(number_of(house)))
    assert person.address.endswith(f"/desk/cases/{case_id}")
    assert not any(number_of(house) in address for address in person.visited)


def test_letters_that_sound_like_digits_are_understood(house: House) -> None:
    """No number of ours has an O, an I or an L: who hears one types it, and finds the case with 0 or 1."""
    case_id = case(house)
    heard = number_of(house).replace("0", "o").replace("1", "l")
    assert find(agent(house), heard).address.endswith(f"/desk/cases/{case_id}")


def test_a_decided_case_is_found_too(house: House) -> None:
    """It left the queue; who calls about it is answered all the same."""
    person = agent(house)
    number = refused(house, person)
    assert "No open cases." in find(agent(house, "Eli Evening"), "").text
    assert "Refused" in find(person, number).text


def test_what_the_managers_decide_says_until_when(house: House) -> None:
    """There is no case: the agent can say who decides and by when, and no name."""
    managed(house)
    house.submit(house.apply())
    person = find(agent(house), number_of(house))
    assert "waits for the access managers of its organization" in person.text
    assert "5:00 p.m. Eastern" in person.text
    assert "Casey" not in person.text


def test_what_was_never_handed_in_says_so(house: House) -> None:
    """The number stands on "check your answers" already, so somebody reads it out."""
    house.apply()
    assert "has not been handed in" in find(agent(house), number_of(house)).text


def test_what_ended_without_the_desk_says_so(house: House) -> None:
    """Refused by the rule about claims: the applicant reads the reason, not the desk's caller."""
    house.directory(Row("123456789", "Stranger Practice", "(202) 555-0103", False, False))
    house.submit(house.apply())
    assert "was decided or withdrawn without the desk" in find(agent(house), number_of(house)).text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Enter the application number"),
        ("8K2M-93QX", "No application has this number. Ask for it once more."),
        ("x" * 21, "Use 20 characters or fewer"),
        ("12-3456789", "This looks like a TIN. Leave it out."),
        ("1 2 3 4 5 6 7 8 9", "This looks like a TIN. Leave it out."),
    ],
)
def test_a_number_that_is_none_is_told_at_the_field(house: House, typed: str, told: str) -> None:
    """Each fault has its sentence, and the queue stays where it was."""
    case(house)
    person = find(agent(house), typed)
    assert person.answer.status_code == 422
    assert told in person.text
    assert "Harbor" in person.text


def test_a_number_that_nobody_has_stays_in_the_field(house: House) -> None:
    """As it was typed, so that the slip in it can be seen."""
    assert 'value="8k2m 93qx"' in find(agent(house), "8k2m 93qx").answer.text


def test_a_tin_typed_there_never_comes_back(house: House) -> None:
    """Threat 26: whatever a caller reads out, no TIN stands in a page or in an address."""
    person = find(agent(house), "12-3456789")
    assert "12-3456789" not in person.answer.text
    assert not any("3456789" in address for address in person.visited)


def test_nobody_but_staff_finds_anything(house: House) -> None:
    """A number is read out on the telephone: it opens nothing to anybody else."""
    application_id = house.submit(house.apply())
    house.sign_in(house.street.account_of(application_id), "Casey Coordinator", acr=2)
    person = house.visitor()
    person.open("/register/status")
    assert person.post("/desk", {"number": number_of(house)}).status_code == 403


def test_a_letter_is_written_from_the_case(house: House) -> None:
    """Nobody types the number of the case that is open before them."""
    case_id, person = case(house), agent(house)
    person.open(f"/desk/cases/{case_id}")
    person.press("Write a letter")
    assert "/desk/letters/let_" in person.address
    assert number_of(house) in person.text


def test_without_a_tin_no_letter_is_proposed(house: House) -> None:
    """Letters go to the address on file for a TIN: where there is none, the desk is told what it can do instead."""
    case_id, person = case(house, tin=None), agent(house)
    for _attempt in range(5):
        call(person, case_id, "No answer")
    assert "Nobody was reached in 5 calls." in person.text
    assert "Plan another call, or refuse" in person.text
    assert "Write a letter" not in person.text
