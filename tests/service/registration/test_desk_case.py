"""One case at the desk: what it shows, what it hides until somebody asks, alerts, the next call (M12)."""

from datetime import timedelta

import pytest

from registration.directory.imports import Row
from tests.service.registration.house import House, Visitor
from tests.service.registration.listing import add, at_the_list, to_the_check
from tests.service.registration.workbench import ROW, agent, call, case, confirm, refused

EMAIL, MOBILE = "casey@practice.example", "+12025550143"


def opened(house: House, **answers: str | None) -> Visitor:
    """An agent before a new case."""
    case_id = case(house, **answers)
    person = agent(house)
    person.open(f"/desk/cases/{case_id}")
    return person


def test_contacts_are_masked_until_somebody_asks(house: House) -> None:
    """M12: e-mail address and mobile number are not on the page; enough of them is, to recognise them."""
    person = opened(house)
    assert EMAIL not in person.answer.text
    assert MOBILE not in person.answer.text
    assert "c•••@practice.example" in person.text
    assert "•••0143" in person.text


@pytest.mark.parametrize(
    ("button", "shown", "hidden", "field"),
    [
        ("Show the e-mail address", EMAIL, MOBILE, "email"),
        ("Show the mobile number", MOBILE, EMAIL, "mobile"),
    ],
)
def test_showing_a_contact_is_written_down(house: House, button: str, shown: str, hidden: str, field: str) -> None:
    """M12: one contact, in one answer, nothing in the address; the audit says who saw which, not what it was."""
    person = opened(house)
    person.press(button)
    assert shown in person.text
    assert hidden not in person.text
    assert shown not in person.address
    (row,) = house.rows("SELECT * FROM audit_entries WHERE action = 'vetting.revealed'")
    assert field in str(tuple(row))
    assert shown not in str(tuple(row))
    person.open(person.address.removesuffix("/reveal"))
    assert shown not in person.answer.text


def test_looking_at_a_case_shows_nothing_and_writes_nothing(house: House) -> None:
    """Threat: a link in a mail, or a browser that loads pages ahead, reveals no contact."""
    person = opened(house)
    case_address = person.address
    person.open(case_address + "/reveal?field=email")
    assert person.answer.status_code in (404, 405)
    assert "vetting.revealed" not in house.audited()


def test_a_field_nobody_offered_is_not_shown(house: House) -> None:
    """Threat: the TIN, or anything else of the row, cannot be asked for by another name."""
    person = opened(house)
    for field in ("tin_box", "tin", ""):
        assert person.post(f"{person.address}/reveal", {"field": field}).status_code == 422
    assert "vetting.revealed" not in house.audited()


def test_a_page_of_a_case_is_kept_nowhere(house: House) -> None:
    """ASVS 14.3.2: no copy of a revealed contact stays in a browser or on the way."""
    person = opened(house)
    person.press("Show the mobile number")
    assert "no-store" in person.answer.headers["Cache-Control"]


def test_the_checklist_says_what_is_missing(house: House) -> None:
    """M12: what is done has a mark, what is not has another one; a confirmed call ticks what it proves."""
    house.directory(ROW)
    case_id, person = case(house), agent(house)
    person.open(f"/desk/cases/{case_id}")
    assert "Not yet The office confirmed" in person.text
    confirm(person, case_id)
    assert "Done The office confirmed" in person.text
    assert "Not yet The office named the last four digits" in person.text


def test_the_script_never_gives_away_what_it_asks_for(house: House) -> None:
    """The agent asks for the digits of the TIN and does not say them."""
    person = opened(house)
    assert "Ask for the last four digits of the TIN. Do not say them yourself." in person.text


def test_why_the_desk_decides(house: House) -> None:
    """Each ground has its sentence."""
    assert "Nobody manages the access of this organization yet." in opened(house).text
    person = opened(house, tin=None, email="other@practice.example", mobile="202 555 0145")
    assert "The organization has no TIN." in person.text


def test_the_next_call_plans_itself(house: House) -> None:
    """M12: nobody has to think of it; the page says when, and what after five calls that reached nobody."""
    case_id, person = case(house), agent(house)
    call(person, case_id, "No answer")
    assert "Next call:" in person.text
    for _ in range(4):
        call(person, case_id, "No answer")
    assert "Nobody was reached in 5 calls. Write a letter." in person.text
    assert person.leads_to("Letters").endswith("/desk/letters")


def test_the_office_says_when_to_call_again(house: House) -> None:
    """An agent may set another time, in Eastern time."""
    case_id, person = case(house), agent(house)
    call(person, case_id, "Left a message")
    person.follow("Change when")
    day = (house.clock.now() + timedelta(days=2)).date()
    person.fill("Date and time, Eastern", f"{day}T14:30")
    person.press("Keep this time")
    assert "2:30 p.m. Eastern" in person.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter when the office is called again"),
        ("tomorrow", "Enter date and time like"),
        ("2001-01-01T10:00", "Choose a time that is still to come"),
        ("9999-12-31T23:59", "Enter date and time like"),
    ],
)
def test_a_time_that_cannot_be(house: House, typed: str, sentence: str) -> None:
    """Each fault has its own sentence, and what was typed stays."""
    case_id, person = case(house), agent(house)
    person.open(f"/desk/cases/{case_id}/next-call")
    person.fill("Date and time, Eastern", typed)
    person.press("Keep this time")
    assert person.answer.status_code == 422
    assert sentence in person.text


def test_the_same_telephone_on_five_tins(house: House) -> None:
    """M12: the conflict rule fires, in a sentence, before anybody is seated."""
    house.directory(*(Row(f"12345670{n}", f"Office {n}", "(202) 555-0111", True, True) for n in range(4)), ROW)
    person = opened(house)
    assert "Look twice" in person.text
    assert "The same telephone number stands with 5 TINs." in person.text


def test_four_tins_with_one_telephone_are_nothing_to_note(house: House) -> None:
    """One below the rule: no alert, so that alerts keep their meaning."""
    house.directory(*(Row(f"12345670{n}", f"Office {n}", "(202) 555-0111", True, True) for n in range(3)), ROW)
    assert "Look twice" not in opened(house).text


def test_somebody_who_was_declined_not_long_ago(house: House) -> None:
    """M12: the number of the declined application is named, its reason is behind it."""
    person = agent(house)
    number = refused(house, person)
    case_id = case(house, email="other@practice.example", mobile="202 555 0145")
    person.open(f"/desk/cases/{case_id}")
    assert f"Application {number} of this person or TIN was declined not long ago." in person.text


def test_who_controls_this_tin(house: House) -> None:
    """The count of access managers, never a name; where there are some, the way to help them sign in (C6)."""
    person = opened(house)
    assert "Nobody yet" in person.text
    (row,) = house.rows("SELECT tin_index FROM applications")
    confirm(person, person.address.rsplit("/", 1)[1])
    assert row.tin_index not in person.answer.text


def test_what_the_office_calls_itself_is_not_run(house: House) -> None:
    """Threat: names and notes of others are text on the page, never markup or templates."""
    case_id, person = case(house, organization="<b>Bold</b> {{7*7}}"), agent(house)
    person.open(f"/desk/cases/{case_id}")
    person.choose("No answer")
    person.fill("Note", "<script>alert(1)</script>{{7*7}}")
    person.press("Record call")
    assert "<script>alert" not in person.answer.text
    assert "<b>Bold" not in person.answer.text
    assert "{{7*7}}" in person.text


def test_the_desk_speaks_spanish(house: House) -> None:
    """Every page of a case in the agent's language."""
    case_id = case(house)
    person = agent(house, language="es")
    for path in ("", "/next-call", "/propose", "/another"):
        person.open(f"/desk/cases/{case_id}{path}")
        assert person.answer.headers["Content-Language"] == "es"
        for english in ("office", "Back to", "colleague", "Applicant", "Checklist"):
            assert english not in person.text, (path, english)


@pytest.mark.parametrize("path", ["", "/next-call", "/propose", "/another"])
def test_staff_only_and_always_with_two_factors(house: House, path: str) -> None:
    """Every page of a case asks for population staff and a second factor, not only the queue."""
    case_id, stranger = case(house), house.visitor()
    house.sign_in("acc_x", "Somebody", "provider", 2)
    stranger.open(f"/desk/cases/{case_id}{path}")
    assert stranger.answer.status_code == 403
    house.sign_in("acc_y", "Dana Desk", "staff", 1)
    answer = house.visitor()._http.get(f"/desk/cases/{case_id}{path}", follow_redirects=False)
    assert answer.status_code == 303


@pytest.mark.parametrize("path", ["", "/next-call", "/propose", "/another"])
def test_a_case_that_is_not_there(house: House, path: str) -> None:
    """404 on each of its pages."""
    person = agent(house)
    person.open(f"/desk/cases/case_unknown{path}")
    assert person.answer.status_code == 404


def test_what_was_asked_for_together_is_shown_together(house: House) -> None:
    """F7, M12: the agent sees the other organizations of one application, and goes to their cases by links."""
    person = at_the_list(house)
    add(person, "Lakeside Dental", "12-3456780")
    add(person, "Hill Imaging", "12-3456781")
    to_the_check(house, person)
    house.submit(person)
    at_desk = agent(house)
    at_desk.follow("Casey Coordinator")
    assert "Asked for in the same application" in at_desk.text
    others = [name for name in ("Lakeside Dental", "Hill Imaging", "Harbor Family Practice") if link_to(at_desk, name)]
    assert len(others) == 2
    first = at_desk.address
    at_desk.follow(others[0])
    assert at_desk.address != first and others[0] in at_desk.text
    assert "12-345678" not in at_desk.answer.text and "123456780" not in at_desk.answer.text


def test_a_single_application_tells_of_no_others(house: House) -> None:
    """Nor does somebody else's of the same day."""
    case(house, tin="98-7654321", email="robin@practice.example")
    assert "Asked for in the same application" not in opened(house).text


def link_to(person: Visitor, name: str) -> bool:
    """Whether the page has a link of these words."""
    return bool(person._page.xpath("//main//a[normalize-space()=$name]", name=name))
