"""The desk through its API: calls that plan themselves, alerts from what is known, the queue, revealing, exporting."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from registration import housekeeping
from registration.directory.imports import Row
from registration.directory.models import DirectoryEntry
from tests.service.registration.desk_room import (
    CASES,
    CONFIRMED,
    NAMED,
    OFFICE,
    PERSON,
    SEAT,
    DeskAgent,
    new_case,
    slug,
)
from tests.service.registration.house import House
from tests.service.registration.news import decided, managed, managers_are, submitted

NPI = "1234567893"


@pytest.fixture
def dana(house: House) -> DeskAgent:
    """One agent."""
    return DeskAgent(house, "acc_dana")


@pytest.fixture
def eli(house: House) -> DeskAgent:
    """Another one."""
    return DeskAgent(house, "acc_eli")


def kinds(agent: DeskAgent, case_id: str) -> list[tuple[str, str]]:
    """The alerts of a case."""
    return [(each["kind"], each["detail"]) for each in agent.case(case_id)["alerts"]]


class TestCalls:
    """The log of attempts, and when the next one is due."""

    def test_plan_the_next_one_themselves(self, house: House, dana: DeskAgent) -> None:
        """M12: applied for on a Sunday, called on Monday at eight, again at eleven, and the day after a message."""
        case_id = new_case(house)
        assert dana.case(case_id)["next_call_at"] == "2026-11-23T13:00:00Z"
        house.clock.advance(timedelta(hours=22))
        dana.act(case_id, "calls", {"outcome": "no_answer"})
        assert dana.case(case_id)["next_call_at"] == "2026-11-23T16:00:00Z"
        dana.act(case_id, "calls", {"outcome": "voicemail"})
        assert dana.case(case_id)["next_call_at"] == "2026-11-24T15:00:00Z"
        dana.act(case_id, "calls", CONFIRMED)
        assert dana.case(case_id)["next_call_at"] is None

    def test_end_in_a_letter_after_five(self, house: House, dana: DeskAgent) -> None:
        """A case nobody can be reached about says so; an agreed time takes it back among the calls."""
        case_id = new_case(house)
        for _ in range(5):
            dana.act(case_id, "calls", {"outcome": "no_answer"})
        told = dana.case(case_id)
        assert (told["write_a_letter"], told["next_call_at"], len(told["calls"])) == (True, None, 5)
        agreed = dana.act(case_id, "next-call", {"at": "2026-11-30T10:30:00-05:00"}).get_json()
        assert (agreed["write_a_letter"], agreed["next_call_at"]) == (False, "2026-11-30T15:30:00Z")

    def test_are_planned_for_the_future_and_for_open_cases(self, house: House, dana: DeskAgent) -> None:
        """A time that has passed is refused, and so is a case that is over."""
        case_id = new_case(house)
        assert slug(dana.act(case_id, "next-call", {"at": "2026-11-22T10:00:00Z"})) == (409, "in-the-past")
        dana.act(case_id, "refuse", {"reason": "Nobody knows them."})
        late = dana.act(case_id, "next-call", {"at": "2026-11-30T10:00:00Z"})
        assert slug(late) == (409, "already-decided")
        assert dana.act(case_id, "calls", {"outcome": "no_answer"}).status_code == 409
        assert dana.case(case_id)["next_call_at"] is None

    def test_go_to_the_number_of_the_directory(self, house: House, dana: DeskAgent) -> None:
        """F4: the directory's number is recorded, whatever was typed; the application's own number is never offered."""
        house.directory(OFFICE)
        case_id = new_case(house)
        typed = {"outcome": "no_answer", "number_called": "202 555 1000"}
        assert dana.act(case_id, "calls", typed).get_json()["number_called"] == "(202) 555-0111"
        assert "5551000" not in str(dana.case(case_id)).replace(" ", "").replace("-", "")


class TestAlerts:
    """What is striking about a case, from what registration knows."""

    def test_one_mobile_on_five_tins(self, house: House, dana: DeskAgent, eli: DeskAgent) -> None:
        """M12: the fifth TIN fires the rule for all five cases, and seating now takes a colleague."""
        opened = [
            new_case(house, number, tin=f"98-765432{number}", mobile="202 555 0199", email=f"p{number}@some.example")
            for number in range(5)
        ]
        assert {str(kinds(dana, each)) for each in opened} == {"[('shared_phone', '5')]"}
        dana.act(opened[0], "calls", CONFIRMED)
        answer = dana.act(opened[0], "seat", SEAT)
        assert (slug(answer), answer.get_json()["why"]) == ((409, "second-agent-needed"), ["alert"])
        dana.propose(opened[0])
        assert eli.confirm(opened[0]).get_json()["state"] == "seated"

    def test_one_office_number_on_five_tins_of_the_directory(self, house: House, dana: DeskAgent) -> None:
        """The directory itself may show five practices behind one telephone."""
        house.directory(OFFICE, *(Row(f"10000000{n}", f"Practice {n}", OFFICE.phone, True, True) for n in range(1, 4)))
        case_id = new_case(house)
        assert kinds(dana, case_id) == []
        house.directory(Row("100000009", "Practice 9", OFFICE.phone, True, True))
        assert kinds(dana, case_id) == [("shared_phone", "5")]

    def test_a_domain_like_the_offices(self, house: House, dana: DeskAgent) -> None:
        """The applicant's mail is near the office's domain, and not it."""
        house.directory(OFFICE)
        with house.context.transaction() as work:
            work.session.execute(update(DirectoryEntry).values(domain="harborpractice.example"))
        real = new_case(house, 1, email="casey@harborpractice.example")
        fake = new_case(house, 2, email="casey@harborpractlce.example")
        assert kinds(dana, real) == []
        assert kinds(dana, fake) == [("look_alike_domain", "harborpractice.example")]

    def test_declined_lately_and_applying_again(self, house: House, dana: DeskAgent) -> None:
        """The same TIN counts as well as the same person; after ninety days it is over."""
        first = new_case(house, 1)
        dana.act(first, "refuse", {"reason": "Nobody knows them."})
        number = dana.case(first)["application_number"]
        assert kinds(dana, new_case(house, 2)) == [("recently_declined", number)]
        assert kinds(dana, new_case(house, 3, tin="98-7654321")) == []
        house.wait(timedelta(days=91))
        assert kinds(dana, new_case(house, 4)) == []

    def test_declined_lately_by_the_managers_of_another_office(self, house: House, dana: DeskAgent) -> None:
        """M12: what managers denied counts as what the desk refused; what a rule refused says nothing of a person."""
        managed(house)
        application_id, account_id = submitted(house)
        decided(house, application_id, account_id, "denied")
        (row,) = house.rows("SELECT number FROM applications")
        again = new_case(house, 2, tin="98-7654321", email="casey@practice.example")
        assert kinds(dana, again) == [("recently_declined", row.number)]
        house.directory(Row("987654322", "Stranger", "(202) 555-0112", False, False))
        house.submit(house.apply(tin="98-7654322", email="lee@practice.example", mobile="202 555 0188"))
        assert kinds(dana, new_case(house, 3, tin=None, email="lee@practice.example")) == []

    def test_managers_of_an_office_without_a_tin(self, house: House, dana: DeskAgent) -> None:
        """The person whom the office named manages it and stays silent: the desk sees that there is somebody."""
        case_id = new_case(house, tin=None)
        dana.act(case_id, "calls", NAMED)
        dana.act(case_id, "another", {**SEAT, "person": PERSON})
        organization_id = dana.case(case_id)["organization_id"]
        managers_are(house, 1, 2, organization_id)
        house.wait(timedelta(days=30))
        assert housekeeping.escalate_silent(house.context) == 1
        assert kinds(dana, case_id) == [("has_managers", "1")]

    def test_declined_lately_and_applying_with_other_capitals(self, house: House, dana: DeskAgent) -> None:
        """Threat 50: another mobile, another TIN, and the same mailbox in other letters is the same person."""
        first = new_case(house, 1, email="casey@practice.example")
        dana.act(first, "refuse", {"reason": "Nobody knows them."})
        number = dana.case(first)["application_number"]
        again = new_case(house, 2, tin="98-7654321", email="CASEY@practice.example")
        assert kinds(dana, again) == [("recently_declined", number)]

    @pytest.mark.parametrize(
        "person",
        [{"email": "CASEY@practice.example"}, {"mobile": "202 555 1001"}],
        ids=["the same mailbox", "the same mobile"],
    )
    def test_declined_lately_and_named_by_another_office(
        self, house: House, dana: DeskAgent, person: dict[str, str]
    ) -> None:
        """Threat 36, M12: who was declined does not come in as the person whom an accomplice's office names."""
        first = new_case(house, 1, email="casey@practice.example")
        dana.act(first, "refuse", {"reason": "Nobody knows them."})
        other = new_case(house, 2, tin="98-7654321")
        dana.act(other, "calls", NAMED)
        answer = dana.act(other, "another", {**SEAT, "person": {**PERSON, **person}})
        assert slug(answer) == (409, "second-agent-needed")
        assert answer.get_json()["why"] == ["alert"]
        house.wait(timedelta(days=91))
        later = new_case(house, 3, tin="98-7654322")
        dana.act(later, "calls", NAMED)
        assert dana.act(later, "another", {**SEAT, "person": {**PERSON, **person}}).status_code == 200

    def test_an_npi_the_payer_does_not_know_for_the_tin(self, house: House, dana: DeskAgent) -> None:
        """Threat 40: a right check digit is not the right number."""
        house.directory(Row("123456789", "Harbor Family Practice", "(202) 555-0111", True, True, NPI))
        case_id = new_case(house)
        with house.context.transaction() as work:
            work.session.connection().exec_driver_sql("UPDATE applications SET npi = '1679576722'")
        assert kinds(dana, case_id) == [("npi_mismatch", "")]
        with house.context.transaction() as work:
            work.session.connection().exec_driver_sql(f"UPDATE applications SET npi = '{NPI}'")
        assert kinds(dana, case_id) == []


class TestTheQueue:
    """Which cases, in which order, how many at a time."""

    def test_has_filters_that_add_up(self, house: House, dana: DeskAgent, eli: DeskAgent) -> None:
        """By ground, by what is due, by what waits for a colleague, by what is mine."""
        first, second = new_case(house, 1), new_case(house, 2, tin=None)
        dana.act(first, "calls", {"outcome": "no_answer"})
        dana.propose(second)
        assert dana.listed() == [first, second]
        assert dana.listed("?ground=no_tin") == [second]
        assert dana.listed("?mine=true") == [first, second]
        assert eli.listed("?mine=true") == []
        assert eli.listed("?second=true") == [second]
        assert dana.listed("?call_due=true") == []
        house.clock.advance(timedelta(hours=23))
        assert dana.listed("?call_due=true&ground=no_tin") == [second]
        assert dana.listed("?overdue=true") == []
        house.wait(timedelta(days=16))
        assert dana.listed("?overdue=true") == [first, second]
        assert dana.listed("?alerts=true") == []

    def test_comes_in_pages(self, house: House, dana: DeskAgent) -> None:
        """25, 50 or 100 at a time, the most urgent first, the total beside it; a page past the end is empty."""
        dana.act(new_case(house, 99), "refuse", {"reason": "Nobody knows them."})  # so that the others have an alert
        ids = [new_case(house, number) for number in range(26)]
        told = dana.send("GET", "").get_json()
        assert (len(told["cases"]), told["total"], told["pages"]) == (25, 26, 2)
        assert dana.listed("?page=2") == ids[25:]
        assert dana.listed("?page=3") == []
        alerted = dana.send("GET", "?alerts=true&page=2").get_json()
        assert ([each["id"] for each in alerted["cases"]], alerted["total"]) == (ids[25:], 26)
        assert dana.listed("?size=50") == ids

    @pytest.mark.parametrize("query", ["?size=7", "?page=0", "?ground=any", "?overdue=perhaps"])
    def test_refuses_filters_it_does_not_have(self, dana: DeskAgent, query: str) -> None:
        """Threat 34: 422, not a guess."""
        assert dana.send("GET", query).status_code == 422

    def test_needs_as_many_queries_for_many_cases_as_for_few(self, house: House, dana: DeskAgent) -> None:
        """performance.md: no query per case."""
        new_case(house, 1)
        _give_everybody_an_npi(house)
        few = _queries(house, dana)
        for number in range(2, 8):
            new_case(house, number, tin=f"98-765432{number}")
        _give_everybody_an_npi(house)
        assert _queries(house, dana) == few


def test_contacts_are_masked_until_somebody_asks_and_the_asking_is_recorded(house: House, dana: DeskAgent) -> None:
    """M12: the case shows c•••@ and the last four digits; revealing records who looked at which."""
    case_id = new_case(house)
    told = dana.case(case_id)
    assert (told["email_masked"], told["mobile_masked"]) == ("c•••@practice.example", "•••1000")
    assert "casey0@" not in str(told)
    assert dana.act(case_id, "reveal", {"field": "email"}).get_json() == {"value": "casey0@practice.example"}
    assert dana.act(case_id, "reveal", {"field": "mobile"}).get_json() == {"value": "+12025551000"}
    assert dana.act(case_id, "reveal", {"field": "tin"}).status_code == 422
    entries = house.rows("SELECT actor, after FROM audit_entries WHERE action = 'vetting.revealed' ORDER BY number")
    assert [each.actor for each in entries] == ["acc_dana", "acc_dana"]
    assert "email" in str(entries[0].after) and "casey0" not in str(entries[0].after)


def test_the_export_is_safe_in_a_spreadsheet(house: House, dana: DeskAgent) -> None:
    """Threat 45, ASVS 1.2.10: no cell is a formula; neither contacts nor a TIN are in it."""
    case_id = new_case(house, organization='=HYPERLINK("https://evil.example","x")')
    answer = dana.send("GET", "/export")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.get_data(as_text=True)
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (row["case"], row["tin_last4"], row["business_days_left"]) == (case_id, "6789", "10")
    assert row["organization"].startswith("'=HYPERLINK")
    assert "casey0@" not in text and "123456789" not in text and "5551000" not in text


def test_a_case_that_is_not_there_is_404_for_every_act(dana: DeskAgent) -> None:
    """Not found, before anything else is said."""
    bodies: dict[str, object] = {
        "calls": CONFIRMED,
        "seat": SEAT,
        "refuse": {"reason": "No."},
        "reveal": {"field": "email"},
        "proposal": {**SEAT, "reason": "Because."},
        "proposal/confirm": {"proposal_id": "prop_x"},
        "proposal/reject": {"proposal_id": "prop_x", "note": "No."},
        "proposal/withdraw": {"proposal_id": "prop_x"},
        "next-call": {"at": "2026-11-30T10:00:00Z"},
    }
    for act, body in bodies.items():
        assert dana.act("case_unknown", act, body).status_code == 404, act
    assert dana.send("GET", "/case_unknown").status_code == 404
    assert CASES.endswith("/cases")


def _give_everybody_an_npi(house: House) -> None:
    with house.context.transaction() as work:
        work.session.connection().exec_driver_sql(f"UPDATE applications SET npi = '{NPI}'")


def _queries(house: House, agent: DeskAgent) -> int:
    """How many statements a look at the queue takes."""
    counted: list[str] = []
    engine = house.context.database.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        agent.listed()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(counted)
