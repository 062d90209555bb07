"""Why a case is with the desk, and what follows: a first person, no TIN, managers who stay silent, evidence at hand."""

from datetime import timedelta

import pytest

from registration import housekeeping
from registration.applications.models import Application
from registration.evidence.models import EvidenceProof
from registration.vetting import service
from registration.vetting.cases import Ground
from shared.errors import Problem
from tests.service.registration.desk_room import CONFIRMED, NAMED, PERSON, SEAT, DeskAgent, new_case, slug
from tests.service.registration.house import House
from tests.service.registration.news import managed, managers_are


@pytest.fixture
def dana(house: House) -> DeskAgent:
    """One agent."""
    return DeskAgent(house, "acc_dana")


def application_of(house: House, case_id: str) -> str:
    """The application of a case."""
    return str(house.rows("SELECT application_id FROM vetting_cases WHERE id = :id", id=case_id)[0].application_id)


def hand_on(house: House, case_id: str) -> None:
    """The organization has a manager now, and the application goes on to them."""
    with house.context.transaction() as work:
        service.hand_on(work, application_of(house, case_id))


def open_again(house: House, case_id: str, ground: Ground = Ground.MANAGERS_SILENT) -> str:
    """The managers did not answer: the desk gets the application; return the case."""
    with house.context.transaction() as work:
        application = work.session.get(Application, application_of(house, case_id))
        assert application is not None
        return service.open_case(work, application, work.now + timedelta(days=14), ground).id


def test_a_case_says_why_it_is_there(house: House, dana: DeskAgent) -> None:
    """The first person of a TIN, and somebody without one."""
    with_tin, without = new_case(house, 1), new_case(house, 2, tin=None)
    assert (dana.case(with_tin)["ground"], dana.case(without)["ground"]) == ("first_person", "no_tin")


def test_evidence_does_instead_of_a_call(house: House, dana: DeskAgent) -> None:
    """F5: what the applicant proved with a claim lets one agent seat them without a call."""
    case_id = new_case(house)
    with house.context.transaction() as work:
        proof = EvidenceProof(
            id="proof_1", application_id=application_of(house, case_id), way="claim", verified_at=work.now
        )
        work.session.add(proof)
    told = dana.case(case_id)
    assert ([each["way"] for each in told["verified"]], told["may_seat"]) == (["claim"], True)
    assert dana.act(case_id, "seat", SEAT).get_json()["state"] == "seated"


def test_a_case_handed_on_is_closed_for_the_desk(house: House, dana: DeskAgent) -> None:
    """The managers decide now: no act is possible, a proposal is overtaken, handing on again changes nothing."""
    case_id = new_case(house)
    dana.propose(case_id)
    hand_on(house, case_id)
    hand_on(house, case_id)
    told = dana.case(case_id)
    assert (told["state"], told["proposals"][0]["state"]) == ("handed_on", "overtaken")
    assert slug(dana.act(case_id, "seat", SEAT)) == (409, "already-decided")
    assert slug(dana.act(case_id, "refuse", {"reason": "No."})) == (409, "already-decided")
    assert house.audited().count("vetting.handed_on") == 1
    assert dana.listed() == []


def test_silent_managers_bring_a_case_back_with_its_log(house: House, dana: DeskAgent) -> None:
    """One case per application for good: opened again with a new ground, due date and first call, announced again."""
    case_id = new_case(house)
    dana.act(case_id, "calls", {"outcome": "no_answer"})
    hand_on(house, case_id)
    house.wait(timedelta(days=16))
    assert open_again(house, case_id) == case_id
    told = dana.case(case_id)
    assert (told["ground"], told["state"], len(told["calls"])) == ("managers_silent", "open", 1)
    assert told["decided_at"] is None
    required = [event["sequence"] for event in house.published("vetting.required")]
    assert required == [1, 3]
    with pytest.raises(Problem, match="The case of this application is open"):
        open_again(house, case_id)


def test_a_seat_over_the_heads_of_silent_managers_takes_two(house: House, dana: DeskAgent) -> None:
    """M12: even with a confirmed call; the applicant joins the managers of the organization that is there."""
    managed(house)
    application_id = house.submit(house.apply())
    house.wait(timedelta(days=16))
    assert housekeeping.escalate_silent(house.context) == 1
    (row,) = house.rows("SELECT id FROM vetting_cases WHERE application_id = :id", id=application_id)
    case_id = str(row.id)
    assert dana.case(case_id)["ground"] == "managers_silent"
    dana.act(case_id, "calls", CONFIRMED)
    answer = dana.act(case_id, "seat", SEAT)
    assert (slug(answer), answer.get_json()["why"]) == ((409, "second-agent-needed"), ["alert", "managers_silent"])
    assert dana.case(case_id)["managers"] == 2
    dana.propose(case_id)
    told = DeskAgent(house, "acc_eli").confirm(case_id).get_json()
    assert (told["state"], told["organization_id"]) == ("seated", "org_1")
    (row,) = house.rows("SELECT state, organization_id FROM applications")
    assert tuple(row) == ("approved", "org_1")


def test_managers_who_decide_first_end_the_proposal(house: House, dana: DeskAgent) -> None:
    """Refused or approved elsewhere meanwhile: the second agent is told that the case is over, nobody is seated."""
    case_id = new_case(house)
    dana.propose(case_id)
    proposal = dana.case(case_id)["proposals"][0]["id"]
    hand_on(house, case_id)
    assert slug(DeskAgent(house, "acc_eli").confirm(case_id, proposal)) == (409, "already-decided")
    assert house.published("vetting.completed") == []


def test_the_person_seated_instead_stays_silent_too(house: House, dana: DeskAgent) -> None:
    """The applicant's request went to the new manager; that manager leaves, and the desk has the same case again."""
    case_id = new_case(house)
    dana.act(case_id, "calls", NAMED)
    organization_id = dana.act(case_id, "another", {**SEAT, "person": PERSON}).get_json()["organization_id"]
    managers_are(house, 1, 2, organization_id)
    (row,) = house.rows("SELECT state, route FROM applications")
    assert row.route == "managers"
    managers_are(house, 0, 3, organization_id)
    told = dana.case(case_id)
    assert (told["state"], told["seated_name"], told["decided_at"]) == ("open", None, None)
