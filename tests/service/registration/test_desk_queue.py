"""The queue of the desk: by due date, narrowed down by the address, in pages, in a file for spreadsheets (M12)."""

import csv
import io
from datetime import timedelta

import pytest

from registration.directory.imports import Row
from tests.service.registration.house import House, Visitor
from tests.service.registration.workbench import ROW, agent, call, case, confirm, propose


def second_case(house: House, **answers: str | None) -> str:
    """A case of somebody else."""
    return case(
        house,
        **{"email": "second@practice.example", "mobile": "202 555 0144", "organization": "Second Practice", **answers},
    )


def narrowed(person: Visitor, query: str) -> str:
    """The words of the queue at an address."""
    person.open(f"/desk?{query}")
    assert person.answer.status_code == 200
    return person.text


def test_the_queue_is_by_due_date_with_the_days_left(house: House) -> None:
    """M12: the case that is due first stands first; business days are counted; what is overdue says so."""
    case(house)
    house.wait(timedelta(days=3))
    second_case(house)
    person = agent(house)
    assert person.text.index("Harbor") < person.text.index("Second Practice")
    assert "10 business days left" in person.text
    house.wait(timedelta(days=13))
    assert "Overdue" in agent(house).text


def test_the_address_holds_what_is_shown(house: House) -> None:
    """Experience §3.3: a filter can be kept as a bookmark, because it is in the address and nowhere else."""
    case(house)
    second_case(house, tin=None)
    person = agent(house)
    person.choose("No TIN")
    person.press("Show")
    assert "ground=no_tin" in person.address
    assert "Second Practice" in person.text
    assert "Harbor" not in person.text
    assert "No open case fits." in narrowed(person, "ground=managers_silent")
    person.follow("Show all cases")
    assert "Harbor" in person.text


def test_only_what_is_overdue(house: House) -> None:
    """The cases whose business days are over."""
    case(house)
    house.wait(timedelta(days=12))
    second_case(house)
    house.wait(timedelta(days=5))
    shown = narrowed(agent(house), "only=overdue")
    assert "Harbor" in shown
    assert "Second Practice" not in shown


def test_only_what_is_to_be_called_now(house: House) -> None:
    """After a call that nobody answered a case is quiet until its next call is due, all by itself."""
    case_id, person = case(house), agent(house)
    house.wait(timedelta(days=3))
    person = agent(house)
    assert "Call now" in narrowed(person, "only=call_due")
    call(person, case_id, "No answer")
    assert "No open case fits." in narrowed(person, "only=call_due")
    assert "Next call:" in narrowed(person, "")
    house.wait(timedelta(days=3))
    assert "Harbor" in narrowed(agent(house), "only=call_due")


def test_only_what_i_work_on(house: House) -> None:
    """Cases in which this agent called; a colleague sees none of them as theirs."""
    case_id, dana = case(house), agent(house)
    second_case(house)
    call(dana, case_id, "Left a message")
    mine = narrowed(dana, "only=mine")
    assert "Harbor" in mine
    assert "Second Practice" not in mine
    assert "No open case fits." in narrowed(agent(house, "Eli Evening"), "only=mine")


def test_only_what_waits_for_a_second_person(house: House) -> None:
    """A proposal is found by the colleague who is to decide it."""
    case_id = case(house)
    second_case(house)
    propose(agent(house), case_id)
    shown = narrowed(agent(house, "Eli Evening"), "only=second")
    assert "Waits for a second person" in shown
    assert "Second Practice" not in shown


def test_only_what_has_alerts(house: House) -> None:
    """M12: the queue says how many alerts a case has, and can show those only."""
    house.directory(*(Row(f"12345670{n}", f"Office {n}", "(202) 555-0111", True, True) for n in range(4)), ROW)
    case(house)
    second_case(house, tin=None)
    shown = narrowed(agent(house), "only=alerts")
    assert "1 alert" in shown
    assert "Second Practice" not in shown


def test_filters_are_asked_for_together(house: House) -> None:
    """Two of them narrow further, and the form shows what was chosen."""
    case(house, tin=None)
    person = agent(house)
    assert "No open case fits." in narrowed(person, "ground=no_tin&only=overdue")
    ticked = person._page.xpath("//input[@checked]/@value")
    assert ticked == ["no_tin", "overdue", "25"]


def test_pages_of_25(house: House) -> None:
    """The rest is a page away, with the filter still in the address; 50 fit where somebody asks for them."""
    house.directory(ROW)
    case(house)
    _copies(house, 27)
    person = agent(house)
    assert _shown(person) == 25
    assert "page=2" in person.leads_to("Less urgent cases")
    person.open("/desk?ground=first_person")
    person.follow("Less urgent cases")
    assert "ground=first_person" in person.address
    assert _shown(person) == 3
    person.follow("More urgent cases")
    assert _shown(person) == 25
    person.open("/desk?size=50")
    assert _shown(person) == 28


@pytest.mark.parametrize(
    "query", ["size=1000000", "page=0", "page=-1", "page=99999999999999999999", "ground=x&only=x", "page=٣", "only="]
)
def test_an_address_made_up_by_hand_does_no_harm(house: House, query: str) -> None:
    """Threat: what nobody offered counts as not asked, whatever stands in the address."""
    case(house)
    person = agent(house)
    person.open(f"/desk?{query}")
    assert person.answer.status_code == 200
    assert _shown(person) == 1


def test_a_page_beyond_the_last_leads_back(house: House) -> None:
    """Cases were decided since the bookmark was made: the page says that none fits, and where all are."""
    case(house)
    person = agent(house)
    assert "No open case fits." in narrowed(person, "page=7")
    person.follow("Show all cases")
    assert _shown(person) == 1


def test_the_queue_as_a_file_for_spreadsheets(house: House) -> None:
    """The filter of the page holds for the file; no TIN and no contact is in it."""
    house.directory(ROW)
    case(house)
    second_case(house, tin=None)
    person = agent(house)
    person.open("/desk?ground=first_person")
    person.follow("Download these cases")
    assert person.answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in person.answer.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(person.answer.text.removeprefix("\ufeff")))
    assert len(rows) == 1
    assert len(rows[0]) == len(head)
    assert "Harbor Family Practice" in rows[0]
    assert all(each not in person.answer.text for each in ("123456789", "casey@", "2025550143"))


def test_no_cell_of_the_file_is_a_formula(house: House) -> None:
    """ASVS 1.2.10: an applicant cannot make a spreadsheet of the desk compute."""
    case(house, organization="=HYPERLINK(A1)")
    person = agent(house)
    person.follow("Download these cases")
    cells = [cell for row in csv.reader(io.StringIO(person.answer.text.removeprefix("\ufeff"))) for cell in row]
    assert "'=HYPERLINK(A1)" in cells
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]


def test_somebody_who_cannot_sign_in_is_helped_elsewhere(house: House) -> None:
    """C6: a locked-out only manager is no case here; the way to identity, by support code, is on every page."""
    person = agent(house)
    assert "support code" in person.text
    assert person.leads_to("Find their account").endswith("/admin")
    confirm(person, case(house))
    assert person.leads_to("Help somebody sign in").endswith("/admin")


def test_nobody_else_gets_the_file(house: House) -> None:
    """The file is for population staff, as the page is."""
    person = house.visitor()
    house.sign_in("acc_x", "Somebody", "provider", 2)
    person.open("/desk/cases.csv")
    assert person.answer.status_code == 403


def _shown(person: Visitor) -> int:
    return len(person._page.xpath("//tbody/tr"))


def _copies(house: House, count: int) -> None:
    """More cases like the one there is, made in the database: walking through thirty applications takes long."""
    with house.context.transaction() as work:
        connection = work.session.connection()
        for table, own in (
            ("applications", ("id", "number", "draft_key")),
            ("vetting_cases", ("id", "application_id")),
        ):
            (row,) = [dict(each._mapping) for each in house.rows(f"SELECT * FROM {table} LIMIT 1")]
            names = ", ".join(row)
            chosen = ", ".join(f"{name} || :n" if name in own else name for name in row)
            for n in range(count):
                made = f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table} WHERE id = :id"
                connection.exec_driver_sql(made.replace(":n", f"'-{n}'").replace(":id", "?"), (row["id"],))
