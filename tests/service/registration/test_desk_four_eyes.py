"""Four eyes: a seat against an alert, without a confirmed call or past silent managers takes two people of the desk."""

import pytest

from tests.service.registration.house import House, Visitor
from tests.service.registration.workbench import ROW, agent, call, case, confirm, propose, refused, seat


def waiting(house: House) -> tuple[str, Visitor, Visitor]:
    """A case with a proposal of Dana's, Dana herself and her colleague Eli."""
    house.directory(ROW)
    case_id = case(house)
    dana = agent(house)
    propose(dana, case_id)
    eli = agent(house, "Eli Evening")
    eli.open(f"/desk/cases/{case_id}")
    return case_id, dana, eli


def alerted(house: House, person: Visitor) -> str:
    """A case with an alert, in which the office confirmed."""
    refused(house, person)
    case_id = case(house, email="other@practice.example", mobile="202 555 0145")
    confirm(person, case_id)
    return case_id


def state(house: House, case_id: str) -> str:
    """Where a case stands."""
    return str(house.rows("SELECT state FROM vetting_cases WHERE id = :id", id=case_id)[0].state)


def test_without_a_confirmed_call_a_colleague_is_asked(house: House) -> None:
    """The page says why it takes two, and the proposer sees that it waits; nobody is seated yet."""
    case_id = case(house)
    dana = agent(house)
    dana.open(f"/desk/cases/{case_id}")
    assert "a second person of the desk has to agree" in dana.text
    assert "The office has not confirmed it on a recorded call." in dana.text
    propose(dana, case_id)
    assert "You asked, so somebody else decides." in dana.text
    assert "Agree and seat" not in dana.text
    assert state(house, case_id) == "open"
    assert house.published("vetting.completed") == []


def test_the_second_sees_who_asked_and_why(house: House) -> None:
    """Name, reason, organization, tasks: all that the decision needs is on the page."""
    _, _, eli = waiting(house)
    assert "Dana Desk asks a colleague to agree that Casey Coordinator" in eli.text
    assert "I met the owner at the office." in eli.text
    assert "Harbor Family Practice" in eli.text
    assert "Take it back" not in eli.text


def test_the_second_agrees_and_the_applicant_is_seated(house: House) -> None:
    """One event, both names in the audit, the applicant told."""
    case_id, _, eli = waiting(house)
    eli.press("Agree and seat")
    assert "Decided by Eli Evening" in eli.text
    assert len(house.published("vetting.completed")) == 1
    assert house.rows("SELECT state FROM applications")[0].state == "approved"
    assert state(house, case_id) == "seated"
    vetting = [action for action in house.audited() if action.startswith("vetting.seat")]
    assert vetting == ["vetting.seat_proposed", "vetting.seat_confirmed", "vetting.seated"]


def test_nobody_agrees_with_themselves(house: House) -> None:
    """Threat: the proposer posts past the page, from a browser that shows no such button."""
    case_id, dana, eli = waiting(house)
    shown = str(eli._page.xpath("//input[@name='proposal']/@value")[0])
    answer = dana.post(f"/desk/cases/{case_id}/proposal/confirm", {"proposal": shown})
    assert answer.status_code == 409
    assert "You cannot agree to your own proposal" in answer.text
    assert state(house, case_id) == "open"


def test_the_second_says_why_not(house: House) -> None:
    """A reason is needed; the proposer reads it with the name, and may ask again."""
    case_id, dana, eli = waiting(house)
    eli.press("Do not agree")
    assert eli.answer.status_code == 422
    assert "Say why not" in eli.text
    eli.fill("Why not?", "The door plate showed another name.")
    eli.press("Do not agree")
    assert eli.answer.status_code == 200
    dana.open(f"/desk/cases/{case_id}")
    assert "Eli Evening did not agree that Casey Coordinator is seated" in dana.text
    assert "The door plate showed another name." in dana.text
    propose(dana, case_id, "I went there again.")


def test_a_proposal_taken_back_cannot_be_agreed_to(house: House) -> None:
    """The colleague had the page open; nothing happens, and the page says why."""
    case_id, dana, eli = waiting(house)
    dana.open(f"/desk/cases/{case_id}")
    dana.press("Take it back")
    assert "You asked" not in dana.text
    eli.press("Agree and seat")
    assert eli.answer.status_code == 409
    assert "Nothing waits for a second person any more" in eli.text
    assert state(house, case_id) == "open"


def test_another_proposal_is_not_agreed_to_unseen(house: House) -> None:
    """Threat: what was read is what is agreed to, though another proposal has taken its place meanwhile."""
    case_id, dana, eli = waiting(house)
    dana.open(f"/desk/cases/{case_id}")
    dana.press("Take it back")
    propose(dana, case_id, "Trust me.")
    eli.press("Agree and seat")
    assert eli.answer.status_code == 409
    assert state(house, case_id) == "open"
    assert "Trust me." in eli.text
    eli.press("Agree and seat")
    assert "Decided by Eli Evening" in eli.text


def test_a_page_that_is_out_of_date_neither_turns_down_nor_takes_back_another_proposal(house: House) -> None:
    """The reason was written about the proposal that was read; of the new one the page tells, and it still waits."""
    case_id, dana, eli = waiting(house)
    dana.open(f"/desk/cases/{case_id}")
    beside = agent(house)
    beside.open(f"/desk/cases/{case_id}")
    dana.press("Take it back")
    propose(dana, case_id, "I met the owner again.")
    for stale, button in ((eli, "Do not agree"), (beside, "Take it back")):
        if stale is eli:
            stale.fill("Why not?", "The door plate showed another name.")
        stale.press(button)
        assert stale.answer.status_code == 409
        assert "Nothing waits for a second person any more" in stale.text
        assert "I met the owner again." in stale.text
    assert [row.state for row in house.rows("SELECT state FROM vetting_proposals ORDER BY proposed_at")] == [
        "withdrawn", "open"
    ]  # fmt: skip


@pytest.mark.parametrize("act", ["confirm", "reject", "withdraw"])
def test_a_decision_about_nothing(house: House, act: str) -> None:
    """Threat 36: a form without the proposal it is about changes nothing."""
    case_id, dana, eli = waiting(house)
    person = dana if act == "withdraw" else eli
    assert person.post(f"/desk/cases/{case_id}/proposal/{act}", {"no_because": "No."}).status_code == 422
    assert state(house, case_id) == "open"
    assert house.rows("SELECT state FROM vetting_proposals")[0].state == "open"


def test_one_proposal_at_a_time(house: House) -> None:
    """Two agents ask at the same time: the second one learns that something waits already."""
    case_id = case(house)
    dana, eli = agent(house), agent(house, "Eli Evening")
    for each in (dana, eli):
        each.open(f"/desk/cases/{case_id}/propose")
        each.fill("Why is it right?", "I met the owner.")
        each.press("Ask a colleague to agree")
    assert eli.answer.status_code == 409
    assert "A seat waits for a second person already" in eli.text
    assert "Agree and seat" in eli.text


def test_against_an_alert_it_takes_two_though_the_office_confirmed(house: House) -> None:
    """The seat form is not there, and posted past the page it is refused; a colleague may agree."""
    dana = agent(house)
    case_id = alerted(house, dana)
    assert "There are alerts." in dana.text
    assert "Seat as access manager" not in dana.text
    form = {"organization_name": "Harbor", "organization_kind": "practice", "functions": "claims.submit"}
    answer = dana.post(f"/desk/cases/{case_id}/seat", form)
    assert answer.status_code == 409
    assert "This takes a second person of the desk" in answer.text
    propose(dana, case_id)
    eli = agent(house, "Eli Evening")
    eli.open(f"/desk/cases/{case_id}")
    assert "declined not long ago" in eli.text
    eli.press("Agree and seat")
    assert state(house, case_id) == "seated"


def test_past_silent_managers_it_takes_two(house: House) -> None:
    """The organization has managers, who did not answer: a call alone does not overrule them."""
    case_id, dana = case(house), agent(house)
    with house.context.transaction() as work:
        work.session.connection().exec_driver_sql("UPDATE vetting_cases SET ground = 'managers_silent'")
    confirm(dana, case_id)
    assert "They may still decide before you do." in dana.text
    assert "Seat as access manager" not in dana.text
    propose(dana, case_id)


def test_a_proposal_needs_its_why(house: House) -> None:
    """Without it nobody can decide; what was typed elsewhere stays."""
    case_id, dana = case(house), agent(house)
    dana.open(f"/desk/cases/{case_id}/propose")
    dana.fill("Name of the organization", "Harbor Family Practice, P.C.")
    dana.press("Ask a colleague to agree")
    assert dana.answer.status_code == 422
    assert "Say why it is right." in dana.text
    assert "Harbor Family Practice, P.C." in dana.answer.text


def test_what_is_refused_meanwhile_cannot_be_agreed_to(house: House) -> None:
    """The first decision wins, here too."""
    _, dana, eli = waiting(house)
    dana.open(eli.address)
    dana.fill("Reason", "The owner called: it was a mistake.")
    dana.press("Refuse this application")
    eli.press("Agree and seat")
    assert eli.answer.status_code == 409
    assert "Dana Desk was first" in eli.text
    assert len(house.published("vetting.completed")) == 1


@pytest.mark.parametrize("path", ["propose", "proposal/confirm", "proposal/reject", "proposal/withdraw", "another"])
def test_only_staff_act(house: House, path: str) -> None:
    """Threat: an applicant who knows the address of the own case acts on it."""
    case_id = case(house)
    (row,) = house.rows("SELECT account_id FROM applications")
    house.sign_in(row.account_id, "Casey", acr=2)
    applicant = house.visitor()
    applicant.open("/register/status")
    assert applicant.post(f"/desk/cases/{case_id}/{path}", {"why": "Because"}).status_code == 403
    assert house.rows("SELECT id FROM vetting_proposals") == []


def named(person: Visitor, case_id: str) -> None:
    """Record a call in which the office named somebody else."""
    person.open(f"/desk/cases/{case_id}")
    person.choose("The office confirmed")
    person.fill("Whom did you speak to?", "Pat Owner, owner")
    person.choose("They want another person")
    person.press("Record call")
    assert person.answer.status_code == 200, person.text


def another(person: Visitor, case_id: str, email: str = "lee@harbor.example") -> None:
    """Fill in whom the office named."""
    person.open(f"/desk/cases/{case_id}")
    person.follow("The office names another person")
    person.fill("Full name", "Lee Manager")
    person.fill("E-mail address", email)


def test_the_office_names_somebody_else(house: House) -> None:
    """That person is seated with an account of identity's and an invitation; the applicant waits for them."""
    house.directory(ROW)
    case_id, dana = case(house), agent(house)
    named(dana, case_id)
    another(dana, case_id)
    dana.press("Seat this person")
    assert dana.answer.status_code == 200
    assert state(house, case_id) == "seated"
    (event,) = house.published("vetting.completed")
    assert event["data"]["person"]["display_name"] == "Lee Manager"
    assert len(house.messages("lee@harbor.example")) == 1
    assert house.rows("SELECT state FROM applications")[0].state != "approved"
    assert "Lee Manager" in dana.text


def test_nobody_named_by_the_office_takes_two(house: House) -> None:
    """Without a call that says so, a colleague has to agree to the other person as well."""
    case_id, dana = case(house), agent(house)
    another(dana, case_id)
    dana.press("Ask a colleague to agree")
    assert dana.answer.status_code == 409
    assert "Say why it is right, and a colleague is asked." in dana.text
    assert "Lee Manager" in dana.answer.text
    dana.fill("Why is it right?", "A letter of the owner is in the file.")
    dana.press("Ask a colleague to agree")
    eli = agent(house, "Eli Evening")
    eli.open(f"/desk/cases/{case_id}")
    assert "Lee Manager" in eli.text
    assert "lee@harbor.example" not in eli.answer.text
    eli.press("Agree and seat")
    assert house.published("vetting.completed")[0]["data"]["person"]["display_name"] == "Lee Manager"


def test_the_applicant_is_not_another_person(house: House) -> None:
    """The applicant's own address leads back to seating the applicant."""
    case_id, dana = case(house), agent(house)
    named(dana, case_id)
    another(dana, case_id, "casey@practice.example")
    dana.press("Seat this person")
    assert dana.answer.status_code == 409
    assert "Seat the applicant instead." in dana.text
    assert len(house.street.accounts) == 1


@pytest.mark.parametrize(("email", "sentence"), [("", "Enter the e-mail address"), ("lee", "like name@practice.com")])
def test_faults_of_the_other_person_have_their_sentences(house: House, email: str, sentence: str) -> None:
    """Nothing typed is lost, and nobody gets an account."""
    case_id, dana = case(house), agent(house)
    named(dana, case_id)
    another(dana, case_id, email)
    dana.press("Seat this person")
    assert dana.answer.status_code == 422
    assert sentence in dana.text
    assert "Lee Manager" in dana.answer.text
    assert len(house.street.accounts) == 1


def test_while_identity_is_away_nothing_is_lost(house: House) -> None:
    """The page says so; the case is open, and a second try works."""
    case_id, dana = case(house), agent(house)
    named(dana, case_id)
    another(dana, case_id)
    house.street.away.add("identity")
    dana.press("Seat this person")
    assert dana.answer.status_code == 503
    assert state(house, case_id) == "open"
    house.street.away.clear()
    another(dana, case_id)
    dana.press("Seat this person")
    assert state(house, case_id) == "seated"


def test_a_call_that_reached_nobody_proves_nothing(house: House) -> None:
    """Calls do not add up: only what the office said counts."""
    case_id, dana = case(house), agent(house)
    for outcome in ("No answer", "Left a message", "Wrong number"):
        call(dana, case_id, outcome)
    assert "Possible once a recorded call" in dana.text
    seat_form = {"organization_name": "X", "organization_kind": "practice", "functions": "claims.submit"}
    assert dana.post(f"/desk/cases/{case_id}/seat", seat_form).status_code == 409


def test_with_a_confirmed_call_one_agent_is_enough(house: House) -> None:
    """Four eyes are for what is out of the ordinary; the ordinary case stays quick."""
    case_id, dana = case(house), agent(house)
    confirm(dana, case_id)
    seat(dana)
    assert state(house, case_id) == "seated"
    assert house.rows("SELECT id FROM vetting_proposals") == []
