"""The only manager of an organization has stopped signing in: a case of the desk, as every case is (G11, M8)."""

import csv
import io
import json
from datetime import timedelta

import pytest

from registration import housekeeping
from tests.service.registration.away import ANSWERED, MEG, NAMED, at_case, dana, dark, states, stays_away
from tests.service.registration.desk_room import PERSON, SEAT, DeskAgent, new_case, slug
from tests.service.registration.house import House
from tests.service.registration.test_vetting_commands import Shell
from tests.service.registration.workbench import agent

__all__ = ["dana", "dark"]


class TestTheCase:
    """What the desk has before it."""

    def test_it_is_in_the_queue_with_its_due_date(self, house: House, dark: str) -> None:
        """G11: due in ten business days over Thanksgiving, to be called when the desk opens; announced to worklists."""
        person = agent(house)
        assert "Meg Manager" in person.text
        assert "Harbor Family Practice" in person.text
        assert "Manager stays away" in person.text
        assert "10 business days left" in person.text
        (event,) = house.published("vetting.required")
        assert (event["data"]["application_id"], event["data"]["account_id"]) == (None, MEG)
        assert event["data"]["due_at"] == "2026-12-07T22:00:00Z"

    def test_the_page_says_whom_to_call_and_what_to_say(self, house: House, dark: str) -> None:
        """The organization's number in the directory, its TIN masked, who it is about, a script, a checklist."""
        person = at_case(house, dark)
        text = person.text
        for told in (
            *("(202) 555-0111", "•••••6789", "Meg Manager", "November 20, 2025", "has not signed in for a year"),
            *("Ask who manages access to the portal", "Not yet The access manager answered"),
            *("1 access manager", "Find their account"),
        ):
            assert told in text, told
        assert "123456789" not in person.answer.text
        assert "Dana Desk" in person.answer.text  # who is signed in, whomever the case is about
        assert "Refuse" not in text

    def test_the_page_in_spanish(self, house: House, dark: str) -> None:
        """Every sentence."""
        text = at_case(house, dark, language="es").text
        assert "El único administrador de accesos de esta organización no ha iniciado sesión en un año." in text
        assert "Otra persona será administrador de accesos" in text

    def test_programs_read_it_as_every_case(self, house: House, dark: str, dana: DeskAgent) -> None:
        """JSON: nobody applied; the manager, their last sign-in, the directory's number, four digits of the TIN."""
        assert dana.listed("?ground=manager_dormant") == [dark]
        told = dana.case(dark)
        assert (told["application_id"], told["applicant"], told["email_masked"]) == (None, None, None)
        assert (told["dormant_manager"], told["account_id"]) == ("Meg Manager", MEG)
        assert (told["last_seen_at"], told["tin_last4"]) == ("2025-11-20T15:00:00Z", "6789")
        assert (told["telephone"], told["organization_id"]) == ("(202) 555-0111", "org_1")
        assert (told["why_second"], told["managers"]) == (["override", "manager_dormant"], 1)

    def test_in_a_file_and_on_the_command_line(self, house: House, dark: str, dana: DeskAgent) -> None:
        """CSV by page, API and command; `list` and `show` print it."""
        files = [
            at_case(house, dark)._http.get("/desk/cases.csv").text,
            dana.send("GET", "/export").text,
            Shell(house).type("export").stdout,
        ]
        for text in files:
            (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
            assert (row["case"], row["ground"], row["person"]) == (dark, "manager_dormant", "Meg Manager")
            assert (row["organization"], row["tin_last4"]) == ("Harbor Family Practice", "6789")
        assert Shell(house).json("list", "--ground", "manager_dormant")[0]["id"] == dark
        assert "dormant_manager: Meg Manager" in Shell(house).type("show", dark).output

    def test_an_organization_that_nobody_told_of_yet(self, house: House) -> None:
        """Events cross: the case is there, with what is known, and learns the rest when it arrives."""
        stays_away(house, organization="org_9")
        (row,) = house.rows("SELECT id FROM vetting_cases")
        assert "There is no number on file" in at_case(house, str(row.id)).text
        told = DeskAgent(house, "acc_dana").case(str(row.id))
        assert (told["organization_name"], told["tin_last4"]) == (None, None)

    def test_a_name_that_was_not_told(self, house: House) -> None:
        """An older access-manager tells no name; the page says what it can."""
        house.hear(
            "access-manager",
            "manager.dormant",
            "org_1",
            1,
            organization_id="org_1",
            account_id=MEG,
            last_seen_at=None,
            noticed_at=house.clock.now(),
        )
        assert "An access manager" in agent(house).text

    def test_it_becomes_overdue_like_every_case(self, house: House, dark: str) -> None:
        """Announced once; there is no applicant to write to."""
        for days, announced in ((12, 0), (5, 1), (1, 0)):
            house.wait(timedelta(days=days))
            assert housekeeping.announce_overdue(house.context) == announced
        assert len(house.published("vetting.overdue")) == 1
        assert "Overdue" in agent(house).text

    def test_what_needs_an_applicant_is_refused(self, house: House, dark: str, dana: DeskAgent) -> None:
        """Nobody applied: nobody to seat, refuse or reveal."""
        assert slug(dana.act(dark, "seat", SEAT)) == (409, "no-application")
        assert slug(dana.propose(dark)) == (409, "no-application")
        assert slug(dana.act(dark, "refuse", {"reason": "No."})) == (409, "no-application")
        assert slug(dana.act(dark, "reveal", {"field": "email"})) == (409, "no-application")
        assert states(house) == ["open"]


class TestTheManagerAnswers:
    """The desk calls and closes."""

    def test_closed_on_the_page_with_the_evidence_of_a_call(self, house: House, dark: str) -> None:
        """No button before the call; the audit has call and closing, with the organization."""
        person = at_case(house, dark)
        assert "Possible once a recorded call says" in person.text
        person.choose("The office confirmed")
        person.fill("Whom did you speak to?", "Meg Manager")
        person.choose("The access manager answered, works there")
        person.press("Record call")
        assert "Done The access manager answered" in person.text
        person.press("Close this case")
        assert "The access manager answered and stays" in person.text
        assert "Decided by Dana Desk" in person.text
        assert states(house) == ["answered"]
        assert house.audited()[-2:] == ["vetting.call_recorded", "vetting.answered"]
        assert house.published("vetting.completed") == []

    def test_not_without_a_call(self, house: House, dark: str, dana: DeskAgent) -> None:
        """Neither at once, nor after a call that reached nobody, nor where the office named somebody else."""
        assert slug(dana.act(dark, "answered")) == (409, "no-answered-call")
        dana.act(dark, "calls", {"outcome": "no_answer"})
        dana.act(dark, "calls", NAMED)
        assert slug(dana.act(dark, "answered")) == (409, "no-answered-call")
        dana.act(dark, "calls", ANSWERED)
        assert dana.act(dark, "answered").get_json()["state"] == "answered"
        assert slug(dana.act(dark, "answered")) == (409, "already-decided")

    @pytest.mark.parametrize("evidence", [[], ["knows_applicant", "agrees_to_manager"], ["named_last4"]])
    def test_what_an_applicants_case_asks_proves_nothing_here(
        self, dark: str, dana: DeskAgent, evidence: list[str]
    ) -> None:
        """A confirmation says that the manager answered, or whom the office names."""
        answer = dana.act(dark, "calls", {**ANSWERED, "evidence": evidence})
        assert slug(answer) == (422, "validation")
        assert "the access manager must have answered" in json.dumps(answer.get_json())

    def test_nor_does_an_answering_manager_prove_an_applicant(self, house: House, dana: DeskAgent) -> None:
        """Threat: a case with an application is not closed by the wrong door, and not confirmed by the wrong words."""
        case_id = new_case(house)
        assert dana.act(case_id, "calls", ANSWERED).status_code == 422
        assert slug(dana.act(case_id, "answered")) == (409, "has-application")

    def test_on_the_command_line(self, house: House, dark: str) -> None:
        """`registration vetting answered`."""
        shell = Shell(house)
        assert shell.refused("answered", dark) == "no-answered-call"
        call = ("--outcome", "confirmed", "--spoke-to", "Meg", "--evidence", "manager_answers")
        assert shell.json("call", dark, *call)["may_close_answered"] is True
        assert shell.json("answered", dark)["state"] == "answered"

    def test_a_further_year_of_silence_is_a_further_case(self, house: House, dark: str, dana: DeskAgent) -> None:
        """They said that they stay, and still do not sign in: access-manager tells again, the desk calls again."""
        dana.act(dark, "calls", ANSWERED)
        dana.act(dark, "answered")
        house.wait(timedelta(days=365))
        stays_away(house, 9)
        assert states(house) == ["answered", "open"]


class TestAnotherManager:
    """The office names somebody else."""

    def test_two_agents_seat_them_beside_the_one_who_stays_away(self, house: House, dark: str, dana: DeskAgent) -> None:
        """M12: never one agent alone, even with the call; the new manager is invited and told to access-manager."""
        dana.act(dark, "calls", NAMED)
        answer = dana.act(dark, "another", {**SEAT, "person": PERSON})
        assert (slug(answer), answer.get_json()["why"]) == ((409, "second-agent-needed"), ["manager_dormant"])
        assert dana.propose(dark, person=PERSON).status_code == 201
        assert slug(dana.confirm(dark)) == (409, "own-proposal")
        told = DeskAgent(house, "acc_eli").confirm(dark).get_json()
        assert (told["state"], told["seated_name"], told["organization_id"]) == ("seated", "Robin Manager", "org_1")
        (event,) = house.published("vetting.completed")
        assert (event["data"]["application_id"], event["data"]["outcome"]) == (None, "seated")
        assert (event["data"]["organization"]["id"], event["data"]["organization"]["tin_last4"]) == ("org_1", "6789")
        assert event["data"]["person"]["email"] == PERSON["email"]
        assert "your office named you" in house.messages(PERSON["email"])[0].lower()

    def test_on_the_pages(self, house: House, dark: str) -> None:
        """One agent asks, a colleague agrees; the words fit a case without an applicant."""
        person = at_case(house, dark)
        person.follow("The office names another person")
        assert "becomes an access manager too, beside Meg Manager" in person.text
        person.fill("Full name", "Robin Manager")
        person.fill("E-mail address", PERSON["email"])
        person.choose("See patient claims")
        person.fill("Why is it right?", "The owner named her on the call.")
        person.press("Ask a colleague to agree")
        assert "Waits for a second person" in person.text
        colleague = at_case(house, dark, "Eli Desk")
        assert "that Robin Manager becomes an access manager too" in colleague.text
        colleague.press("Agree and seat")
        assert "Robin Manager was seated, whom the office named." in colleague.text
        assert states(house) == ["seated"]

    def test_an_alert_of_the_new_person_counts(self, house: House, dark: str, dana: DeskAgent) -> None:
        """M12: a look-alike of the office's own domain is among the reasons for two."""
        with house.context.transaction() as work:
            work.session.connection().exec_driver_sql("UPDATE directory_entries SET domain = 'harbor.example'")
        dana.act(dark, "calls", NAMED)
        answer = dana.act(dark, "another", {**SEAT, "person": {**PERSON, "email": "robin@harb0r.example"}})
        assert answer.get_json()["why"] == ["alert", "manager_dormant"]
