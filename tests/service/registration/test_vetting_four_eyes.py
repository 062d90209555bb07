"""Two pairs of eyes: what one agent may not do alone, and that nobody is their own second."""

import pytest
from sqlalchemy import update

from registration.directory.imports import Row
from registration.directory.models import DirectoryEntry
from tests.service.registration.desk_room import (
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


@pytest.fixture
def dana(house: House) -> DeskAgent:
    """One agent."""
    return DeskAgent(house, "acc_dana")


@pytest.fixture
def eli(house: House) -> DeskAgent:
    """Another one."""
    return DeskAgent(house, "acc_eli")


@pytest.fixture
def case_id(house: House) -> str:
    """A case in which nobody has called yet, so that seating is an override."""
    house.directory(OFFICE)
    return new_case(house)


def test_a_proved_applicant_without_alerts_takes_one_agent(dana: DeskAgent, case_id: str) -> None:
    """F4: the plain case stays plain, and proposing it is refused as needless."""
    assert dana.act(case_id, "calls", CONFIRMED).status_code == 201
    assert dana.case(case_id)["why_second"] == []
    assert slug(dana.propose(case_id)) == (409, "no-second-needed")
    assert dana.act(case_id, "seat", SEAT).get_json()["state"] == "seated"


def test_an_override_is_proposed_by_one_and_confirmed_by_another(
    house: House, dana: DeskAgent, eli: DeskAgent, case_id: str
) -> None:
    """Without a call or evidence one agent gets nowhere; with a colleague the seat is given; the record names both."""
    assert slug(dana.act(case_id, "seat", SEAT)) == (409, "no-confirmed-call")
    proposed = dana.propose(case_id)
    assert (proposed.status_code, proposed.get_json()["why"]) == (201, ["override"])
    assert eli.case(case_id)["proposals"][0]["proposed_by_name"] == "Acc_Dana"
    assert eli.confirm(case_id).get_json()["state"] == "seated"
    (event,) = house.published("vetting.completed")
    assert event["data"]["outcome"] == "seated"
    (entry,) = house.rows("SELECT actor, after, reason FROM audit_entries WHERE action = 'vetting.seat_confirmed'")
    assert (entry.actor, entry.reason) == ("acc_eli", "The owner wrote to us.")
    assert "acc_dana" in str(entry.after)


def test_nobody_confirms_or_turns_down_their_own_proposal(house: House, dana: DeskAgent, case_id: str) -> None:
    """Threat 36: the same agent under another name is still the same account."""
    dana.propose(case_id)
    again = DeskAgent(house, "acc_dana", name="Somebody Else")
    assert slug(again.confirm(case_id)) == (409, "own-proposal")
    assert slug(again.reject(case_id)) == (409, "own-proposal")
    assert dana.case(case_id)["state"] == "open"
    assert house.published("vetting.completed") == []


def test_a_program_may_propose_but_no_program_is_a_second_pair_of_eyes(
    house: House, dana: DeskAgent, case_id: str
) -> None:
    """Whoever confirms has looked: a person's token it must be."""
    dana.propose(case_id)
    program = DeskAgent(house, "suite-service")
    assert slug(program.confirm(case_id)) == (403, "person-needed")
    assert dana.take_back(case_id).status_code == 200
    assert program.propose(case_id).status_code == 201


@pytest.mark.parametrize(
    "claims", [{"population": "provider"}, {"acr": "urn:gatehouse:acr:1"}, {"population": None}, {"acr": None}]
)
def test_only_staff_with_two_factors_may_use_a_token_here(
    house: House, case_id: str, claims: dict[str, object]
) -> None:
    """ASVS 8.3.1: the scope belongs to the app; who may do the desk's work is asked of the person."""
    stranger = DeskAgent(house, "acc_stranger", **claims)
    for method, path in (("GET", ""), ("GET", f"/{case_id}"), ("POST", f"/{case_id}/refuse")):
        answer = stranger.send(method, path, {"reason": "Mine."} if method == "POST" else None)
        assert slug(answer) == (403, "staff-only")


def test_a_colleague_turns_a_proposal_down_with_a_reason(dana: DeskAgent, eli: DeskAgent, case_id: str) -> None:
    """The case stays open, everybody reads why, and another proposal can follow."""
    dana.propose(case_id)
    told = eli.reject(case_id).get_json()
    assert told["state"] == "open"
    assert (told["proposals"][0]["state"], told["proposals"][0]["note"]) == ("rejected", "Call them first.")
    assert dana.propose(case_id).status_code == 201
    assert [each["state"] for each in dana.case(case_id)["proposals"]] == ["open", "rejected"]


def test_one_proposal_at_a_time_taken_back_by_its_proposer_alone(dana: DeskAgent, eli: DeskAgent, case_id: str) -> None:
    """A second proposal waits for the first; a colleague rejects, only the proposer withdraws."""
    dana.propose(case_id)
    assert slug(eli.propose(case_id)) == (409, "already-proposed")
    assert slug(eli.take_back(case_id)) == (409, "not-your-proposal")
    assert dana.take_back(case_id).get_json()["proposals"][0]["state"] == "withdrawn"
    assert slug(dana.take_back(case_id)) == (409, "no-proposal")


def test_nobody_gets_an_account_by_a_proposal_that_nobody_read(
    house: House, dana: DeskAgent, eli: DeskAgent, case_id: str
) -> None:
    """Who confirms an earlier proposal is refused before identity makes anything for the person of the later one."""
    assert dana.propose(case_id).status_code == 201
    first = dana.open_proposal(case_id)
    dana.take_back(case_id)
    assert dana.propose(case_id, person=PERSON).status_code == 201
    assert slug(eli.confirm(case_id, first)) == (409, "no-proposal")
    assert PERSON["email"] not in {each["email"] for each in house.street.accounts.values()}
    assert slug(dana.confirm(case_id)) == (409, "own-proposal")
    assert PERSON["email"] not in {each["email"] for each in house.street.accounts.values()}


def test_only_the_proposal_that_was_read_is_decided(dana: DeskAgent, eli: DeskAgent, case_id: str) -> None:
    """Threat 36: a proposal that took the place of the one on the screen is not decided unseen."""
    first = dana.propose(case_id).get_json()["id"]
    dana.take_back(case_id)
    second = dana.propose(case_id, organization_name="Another Name").get_json()["id"]
    assert slug(eli.confirm(case_id, first)) == (409, "no-proposal")
    assert slug(eli.reject(case_id, first)) == (409, "no-proposal")
    assert slug(dana.take_back(case_id, first)) == (409, "no-proposal")
    assert eli.act(case_id, "proposal/reject", {"note": "No."}).status_code == 422
    assert dana.act(case_id, "proposal/withdraw", {}).status_code == 422
    assert eli.confirm(case_id, second).get_json()["state"] == "seated"


def test_a_case_decided_in_another_way_ends_its_proposal(dana: DeskAgent, eli: DeskAgent, case_id: str) -> None:
    """Refused while the seat waits: the proposal is overtaken, and confirming it says who was first."""
    proposal = dana.propose(case_id).get_json()["id"]
    assert eli.act(case_id, "refuse", {"reason": "The owner says no."}).status_code == 200
    assert dana.case(case_id)["proposals"][0]["state"] == "overtaken"
    answer = eli.confirm(case_id, proposal)
    assert slug(answer) == (409, "already-decided")
    assert answer.get_json()["decided_by"] == "Acc_Eli"
    assert slug(dana.propose(case_id)) == (409, "already-decided")


def test_functions_beyond_the_contract_cannot_be_proposed(house: House, dana: DeskAgent) -> None:
    """F6: the same list as for a direct seat; nothing is kept of what is refused."""
    unknown = new_case(house, tin="98-7654321")
    answer = dana.propose(unknown, functions=["demographics.update"])
    assert answer.status_code == 422
    assert house.rows("SELECT id FROM vetting_proposals") == []


@pytest.mark.parametrize("act", ["seat", "proposal", "another"])
def test_a_vendor_never_gets_what_only_who_gives_care_holds(dana: DeskAgent, case_id: str, act: str) -> None:
    """F8: the kind the desk enters decides too, whichever way it seats."""
    more = {"seat": {}, "proposal": {"reason": "They asked."}, "another": {"person": PERSON}}[act]
    body = {**SEAT, **more, "organization_kind": "vendor", "functions": ["clinical.view"]}
    answer = dana.act(case_id, act, body)
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["functions"])


def test_a_contract_that_ended_meanwhile_stops_the_second_agent(
    house: House, dana: DeskAgent, eli: DeskAgent, case_id: str
) -> None:
    """What was allowed when it was proposed is asked again when it is confirmed; the proposal can be turned down."""
    assert dana.propose(case_id, functions=["demographics.update"]).status_code == 201
    house.directory(Row(OFFICE.tin, OFFICE.name, OFFICE.phone, False, True))
    assert eli.confirm(case_id).status_code == 422
    assert eli.reject(case_id).status_code == 200


class TestSomebodyElse:
    """The office names another person as access manager."""

    def test_is_seated_by_a_link_to_their_own_mail(self, house: House, dana: DeskAgent, case_id: str) -> None:
        """F4: identity makes the account, the event names that person, the request waits for them."""
        assert slug(dana.act(case_id, "another", {**SEAT, "person": PERSON})) == (409, "no-confirmed-call")
        dana.act(case_id, "calls", NAMED)
        told = dana.act(case_id, "another", {**SEAT, "person": PERSON}).get_json()
        assert (told["state"], told["seated_name"]) == ("seated", "Robin Manager")
        (event,) = house.published("vetting.completed")
        assert event["data"]["person"] == {
            "display_name": "Robin Manager",
            "email": "robin@harbor.example",
            "mobile": None,
        }
        account = next(each for each in house.street.accounts.values() if each["email"] == "robin@harbor.example")
        assert (event["data"]["account_id"], account["mobile"]) == (account["account_id"], None)
        (mail,) = house.messages("robin@harbor.example")
        assert "/account/activate?ticket=" in mail
        (row,) = house.rows("SELECT state, organization_id FROM applications")
        assert tuple(row) == ("vetting", told["organization_id"])
        assert not any("was approved" in text for text in house.messages("casey0@practice.example"))

    def test_a_call_about_another_person_does_not_prove_the_applicant(self, dana: DeskAgent, case_id: str) -> None:
        """What the office said is about whom it named."""
        dana.act(case_id, "calls", NAMED)
        assert slug(dana.act(case_id, "seat", SEAT)) == (409, "no-confirmed-call")

    def test_nobody_refused_gets_an_account(self, house: House, dana: DeskAgent, case_id: str) -> None:
        """The rules are asked before identity is; the applicant under another name is told apart by the address."""
        dana.act(case_id, "another", {**SEAT, "person": PERSON})
        dana.act(case_id, "calls", NAMED)
        applicant = {**PERSON, "email": "Casey0@practice.example"}
        assert slug(dana.act(case_id, "another", {**SEAT, "person": applicant})) == (409, "is-the-applicant")
        assert len(house.street.accounts) == 1

    def test_with_a_domain_that_looks_like_the_offices_takes_two(
        self, house: House, dana: DeskAgent, eli: DeskAgent
    ) -> None:
        """Alerts are computed for the person to be seated, not for the applicant alone."""
        house.directory(OFFICE)
        with house.context.transaction() as work:
            work.session.execute(update(DirectoryEntry).values(domain="harbor.example"))
        case_id = new_case(house)
        dana.act(case_id, "calls", NAMED)
        fake = {**PERSON, "email": "robin@harb0r.example"}
        answer = dana.act(case_id, "another", {**SEAT, "person": fake})
        assert (slug(answer), answer.get_json()["why"]) == ((409, "second-agent-needed"), ["alert"])
        assert dana.propose(case_id, person=fake).status_code == 201
        assert len(house.street.accounts) == 1
        assert eli.confirm(case_id).get_json()["seated_name"] == "Robin Manager"
        assert len(house.street.accounts) == 2

    @pytest.mark.parametrize("written", ["robin@harbor.example", "Robin@harbor.example"])
    def test_who_has_an_account_keeps_it(self, house: House, dana: DeskAgent, case_id: str, written: str) -> None:
        """F11: an address that an applicant proved leads to that account, however it was written: no second one."""
        house.submit(house.apply(tin="98-7654321", email=written, mobile="202 555 0188"))
        (row,) = house.rows("SELECT account_id FROM applications WHERE email = :email", email=written)
        known = row.account_id
        dana.act(case_id, "calls", NAMED)
        dana.act(case_id, "another", {**SEAT, "person": PERSON})
        assert house.published("vetting.completed")[0]["data"]["account_id"] == known
        assert len(house.street.accounts) == 2
        assert "activate" not in house.messages("robin@harbor.example")[-1]

    def test_waits_while_identity_is_away(self, house: House, dana: DeskAgent, case_id: str) -> None:
        """Nothing is half done: 503, the case open, and the same act works a minute later."""
        dana.act(case_id, "calls", NAMED)
        house.street.away.add("identity")
        assert dana.act(case_id, "another", {**SEAT, "person": PERSON}).status_code == 503
        assert dana.case(case_id)["state"] == "open"
        house.street.away.clear()
        assert dana.act(case_id, "another", {**SEAT, "person": PERSON}).status_code == 200

    @pytest.mark.parametrize(
        ("person", "field"),
        [
            ({**PERSON, "email": "nobody"}, "person.email"),
            ({**PERSON, "mobile": "12"}, "person.mobile"),
            ({**PERSON, "display_name": "12-3456789"}, "person.display_name"),
            ({**PERSON, "admin": True}, "person.admin"),
            ({"email": "x@harbor.example"}, "person.display_name"),
        ],
    )
    def test_is_described_strictly(self, dana: DeskAgent, case_id: str, person: dict[str, object], field: str) -> None:
        """Threat 34: 422 names the part that needs mending."""
        answer = dana.act(case_id, "another", {**SEAT, "person": person})
        assert answer.status_code == 422
        assert field in answer.get_json()["errors"]
