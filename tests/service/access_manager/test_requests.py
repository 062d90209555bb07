"""G7: whoever lacks a function asks for it from the place that refused it, and a manager's answer counts at once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.service.access_manager.world import CLINIC, MEG, MONDAY, OTHER, SAM, World, clinic, manager, member

MAX = "acc_max"
MINE = "/api/access/v1/me/access-requests"
THEIRS = f"/api/access/v1/organizations/{CLINIC}/access-requests"


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic with two managers and a member, open for the day."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
    world.availability.open("claims.submit", "remittance.view", until=MONDAY + timedelta(hours=8))
    return world


def ask(world: World, *functions: str, who: str = SAM, **body: object) -> Any:
    """Ask through the API; return the answer."""
    wanted = {"organization_id": CLINIC, "functions": list(functions), **body}
    return world.api(subject=who).post(MINE, json=wanted)


def decide(world: World, request_id: str, who: str = MEG, **body: object) -> Any:
    """Decide through the API; return the answer."""
    return world.api(subject=who).post(f"{THEIRS}/{request_id}/decision", json=body)


def test_from_the_denial_to_the_same_call_permitted(staffed: World) -> None:
    """G7: denied, asked for from there, seen by the manager, approved: the same call permits.

    No other step, no new sign-in, no waiting.
    """
    refused = staffed.evaluate(SAM, "claims.submit")
    assert refused["context"]["reason_code"] == "function_not_granted"
    sam = staffed.browser(SAM, name="Sam Staff", acr="urn:gatehouse:acr:1")
    sam.open(f"/manage/mine/ask?organization={CLINIC}&function=claims.submit")
    assert "Send new and corrected claims for the organization." in sam.text
    sam.fill("Why do you need it?", "I stand in for Lee in December")
    sam.press("Ask an access manager")
    assert "You have asked" in sam.text and "Asked for" in sam.text
    meg = staffed.browser(MEG)
    meg.open("/manage")
    assert "More access, to:Send claims" in meg.text.replace(": ", ":")
    meg.follow("Sam Staff")
    assert "I stand in for Lee in December" in meg.text
    meg.press("Approve access")
    assert "Approved" in meg.text and "You decided on" in meg.text
    assert staffed.evaluate(SAM, "claims.submit")["decision"] is True


def test_the_event_and_the_mails_say_what_is_asked_and_what_was_decided(staffed: World) -> None:
    """`access.requested` once; each manager one mail whose link only opens; the asker one at the decision."""
    asked = ask(staffed, "claims.submit", "remittance.view", note="Month end").json()
    [event] = staffed.published("access.requested")
    assert (event.subject, event.data["account_id"]) == (asked["request_id"], SAM)
    assert event.data["functions"] == ["claims.submit", "remittance.view"]
    told = {mail.recipient: mail for mail in staffed.mails()}
    assert set(told) == {"acc_meg@lakeside.example", "acc_max@lakeside.example"}
    mail = told["acc_meg@lakeside.example"]
    assert mail.subject == "Sam Staff asks for more access at Lakeside Family Practice"
    assert f"/manage/requests/more/{asked['request_id']}" in mail.body and "Month end" not in mail.body
    decide(staffed, asked["request_id"], outcome="give", functions=["remittance.view"])
    [answer] = [mail for mail in staffed.mails() if mail.recipient == "acc_sam@lakeside.example"]
    assert answer.subject == "Your request at Lakeside Family Practice: Approved in part"
    given, left = answer.body.split("they were not given")
    assert "See remittances" in given and "Send claims" in left and "Meg" not in answer.body


def test_asking_again_opens_no_second_request(staffed: World) -> None:
    """One open request for each person and organization; the same asking changes nothing, another adds to it."""
    first = ask(staffed, "claims.submit").json()
    assert ask(staffed, "claims.submit").json() == first
    assert len(staffed.published("access.requested")) == 1
    grown = ask(staffed, "remittance.view").json()
    assert (grown["request_id"], grown["functions"]) == (first["request_id"], ["claims.submit", "remittance.view"])
    assert [event.sequence for event in staffed.published("access.requested")] == [1, 2]
    assert len(staffed.mails()) == 2


def test_only_what_is_lacking_is_asked_for(staffed: World) -> None:
    """What the person can do already is left out; nothing left is refused with the reason."""
    assert ask(staffed, "claims.submit", "eligibility.view").json()["functions"] == ["claims.submit"]
    held = ask(staffed, "eligibility.view")
    assert (held.status_code, held.json()["type"]) == (409, "/problems/already-held")


def test_what_the_organization_may_not_hold_is_refused_at_asking(world: World) -> None:
    """The three functions of contracted organizations: refused with the reason, nobody is written to."""
    world.seed(clinic(manager(), member(), contracted=False))
    refused = ask(world, "demographics.update", "claims.submit")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/contracted-only")
    assert refused.json()["functions"] == ["demographics.update"]
    sam = world.browser(SAM, acr="urn:gatehouse:acr:1")
    sam.open(f"/manage/mine/ask?organization={CLINIC}&function=demographics.update")
    assert "only for organizations with a contract" in sam.text and "Ask an access manager" not in sam.text
    assert world.mails() == [] and world.published("access.requested") == []


def test_nobody_decides_their_own_request(staffed: World) -> None:
    """G5: a manager may ask; another manager decides, never they themself."""
    asked = ask(staffed, "claims.submit", who=MEG).json()["request_id"]
    refused = decide(staffed, asked, MEG, outcome="give")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/self-approval")
    assert {mail.recipient for mail in staffed.mails()} == {"acc_max@lakeside.example"}
    assert decide(staffed, asked, MAX, outcome="give").json()["state"] == "granted"


def test_a_sole_manager_is_sent_to_the_desk(world: World) -> None:
    """Nobody else could decide: told so before anything is asked, with the number to call."""
    world.seed(clinic(manager()))
    refused = ask(world, "claims.submit", who=MEG)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/nobody-to-decide")
    meg = world.browser(MEG)
    meg.open("/manage/mine/ask?function=claims.submit")
    assert "there is no other access manager here" in meg.text and "Support desk:" in meg.text
    assert world.published("access.requested") == []


def test_some_of_it_is_given_and_never_more_than_was_asked(staffed: World) -> None:
    """Other functions are given on the person's page, where everything they hold is seen."""
    asked = ask(staffed, "claims.submit", "remittance.view").json()["request_id"]
    beyond = decide(staffed, asked, outcome="give", functions=["claims.submit", "payment.manage"])
    assert (beyond.status_code, beyond.json()["type"]) == (422, "/problems/not-asked")
    some = decide(staffed, asked, outcome="give", functions=["claims.submit"]).json()
    assert (some["state"], some["granted"]) == ("partly", ["claims.submit"])
    assert staffed.evaluate(SAM, "remittance.view")["decision"] is False


def test_a_denial_needs_a_reason_which_the_person_reads(staffed: World) -> None:
    """The reason and the reply stand on their page; who decided does not."""
    asked = ask(staffed, "claims.submit").json()["request_id"]
    assert decide(staffed, asked, outcome="deny").status_code == 422
    assert decide(staffed, asked, outcome="deny", reason="other").status_code == 422
    assert decide(staffed, asked, outcome="deny", reason="other", reply="his 123-45-6789").status_code == 422
    decide(staffed, asked, outcome="deny", reason="training_first", reply="The course is in May")
    sam = staffed.browser(SAM, name="Sam Staff", acr="urn:gatehouse:acr:1")
    sam.open("/manage/mine")
    assert "Your last request: Denied" in sam.text
    assert "You need training first" in sam.text and "The course is in May" in sam.text
    [own] = staffed.api("access.read", subject=SAM).get(MINE).json()["access_requests"]
    assert own["reason"] == "training_first" and "decided_by" not in own


def test_who_comes_second_is_told_who_was_first(staffed: World) -> None:
    """One decision; the other manager sees it on the page, and as a conflict on the API."""
    asked = ask(staffed, "claims.submit").json()["request_id"]
    meg = staffed.browser(MEG)
    meg.open(f"/manage/requests/more/{asked}")
    decide(staffed, asked, MAX, outcome="deny", reason="somebody_else")
    late = decide(staffed, asked, MEG, outcome="give")
    assert (late.status_code, late.json()["decided_by_name"]) == (409, "Max Manager")
    meg.press("Approve access")
    assert meg.answer.status_code == 409
    assert "Somebody decided before you: Denied" in meg.text and "Max Manager decided on" in meg.text
    assert staffed.evaluate(SAM, "claims.submit")["decision"] is False


def test_a_withdrawn_request_cannot_be_decided(staffed: World) -> None:
    """Withdrawn by a button of one's own page; withdrawn twice is withdrawn; a new one may be opened."""
    asked = ask(staffed, "claims.submit").json()["request_id"]
    sam = staffed.browser(SAM, name="Sam Staff", acr="urn:gatehouse:acr:1")
    sam.open("/manage/mine")
    sam.press("Withdraw the request")
    assert "Your request is withdrawn" in sam.text
    again = staffed.api(subject=SAM).post(f"{MINE}/{asked}/withdrawal")
    assert (again.status_code, again.json()["state"]) == (200, "withdrawn")
    assert decide(staffed, asked, outcome="give").json()["outcome"] == "withdrawn"
    assert ask(staffed, "claims.submit").json()["request_id"] != asked


def test_a_decided_request_cannot_be_withdrawn(staffed: World) -> None:
    """What was given is not taken back by the person pressing an old button."""
    asked = ask(staffed, "claims.submit").json()["request_id"]
    decide(staffed, asked, outcome="give")
    late = staffed.api(subject=SAM).post(f"{MINE}/{asked}/withdrawal")
    assert (late.status_code, late.json()["outcome"]) == (409, "granted")
    assert staffed.evaluate(SAM, "claims.submit")["decision"] is True


def test_nobody_withdraws_or_sees_what_another_asked_for(staffed: World) -> None:
    """Threat 32: a foreign id is 404, and one's own list holds one's own only."""
    asked = ask(staffed, "claims.submit").json()["request_id"]
    assert staffed.api(subject=MAX).post(f"{MINE}/{asked}/withdrawal").status_code == 404
    assert staffed.api("access.read", subject=MAX).get(MINE).json() == {"access_requests": []}


@pytest.mark.parametrize("who", [SAM, "acc_bo", "acc_stranger"])
def test_who_does_not_manage_there_learns_nothing(staffed: World, who: str) -> None:
    """The asker themself, a manager of another practice, a stranger: 404 on every door, nothing decided."""
    staffed.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    asked = ask(staffed, "claims.submit").json()["request_id"]
    caller = staffed.api(subject=who)
    assert caller.get(THEIRS).status_code == 404
    assert caller.get(f"{THEIRS}/{asked}").status_code == 404
    assert decide(staffed, asked, who, outcome="give").status_code == 404
    visitor = staffed.browser(who, name="Somebody")
    visitor.open(f"/manage/requests/more/{asked}")
    assert visitor.answer.status_code == 404 and "Sam" not in visitor.text


def test_a_stranger_cannot_ask_an_organization_anything(staffed: World) -> None:
    """Neither whether it exists nor who manages it: 404, the same as for one that is not there."""
    foreign = ask(staffed, "claims.submit", who="acc_stranger")
    nowhere = ask(staffed, "claims.submit", who="acc_stranger", organization_id="org_none")
    assert (foreign.status_code, nowhere.status_code) == (404, 404)
    assert foreign.json()["detail"] == nowhere.json()["detail"]


def test_a_program_asks_for_nobody(staffed: World) -> None:
    """A token without a person has no access of its own."""
    refused = staffed.api().post(MINE, json={"organization_id": CLINIC, "functions": ["claims.submit"]})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/people-only")


def test_somebody_who_left_meanwhile_is_given_nothing(staffed: World) -> None:
    """A request does not bring a removed person back; it leaves the inbox, and the decision says why."""
    asked = ask(staffed, "claims.submit").json()["request_id"]
    members = staffed.api().get(f"/api/access/v1/organizations/{CLINIC}/members").json()["members"]
    sam = next(each["membership_id"] for each in members if each["account_id"] == SAM)
    staffed.api().post(f"/api/access/v1/organizations/{CLINIC}/members/{sam}/removal", json={})
    assert staffed.api(subject=MEG).get(THEIRS).json() == {"access_requests": []}
    refused = decide(staffed, asked, outcome="give")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-a-member")
    assert staffed.evaluate(SAM, "claims.submit")["decision"] is False


def test_access_that_ended_is_asked_for_anew(staffed: World) -> None:
    """`grant_expired` is a denial like another: asked for from there, given again, without the old end."""
    members = staffed.api().get(f"/api/access/v1/organizations/{CLINIC}/members").json()["members"]
    sam = next(each for each in members if each["account_id"] == SAM)
    path = f"/api/access/v1/organizations/{CLINIC}/members/{sam['membership_id']}"
    ends = {"functions": ["claims.submit"], "ends_at": (MONDAY + timedelta(hours=1)).isoformat()}
    assert staffed.api().put(path, json=ends, headers={"If-Match": "*"}).status_code == 200
    staffed.clock.advance(timedelta(hours=2))
    assert staffed.evaluate(SAM, "claims.submit")["context"]["reason_code"] == "grant_expired"
    asked = ask(staffed, "claims.submit").json()["request_id"]
    decide(staffed, asked, outcome="give")
    assert staffed.evaluate(SAM, "claims.submit")["decision"] is True


def test_asking_and_withdrawing_does_not_fill_the_managers_mail(staffed: World) -> None:
    """Five requests a day; the sixth waits, and says so."""
    for _ in range(5):
        asked = ask(staffed, "claims.submit").json()["request_id"]
        staffed.api(subject=SAM).post(f"{MINE}/{asked}/withdrawal")
    refused = ask(staffed, "claims.submit")
    assert refused.status_code == 429 and refused.headers["Retry-After"]
    staffed.clock.advance(timedelta(days=1))
    assert ask(staffed, "claims.submit").status_code == 200


def test_with_several_organizations_the_page_asks_which(world: World) -> None:
    """A link without an organization leads to the choice, and keeps the function."""
    world.seed(clinic(manager(), member()), clinic(manager("acc_bo", "Bo Boss"), member(), id=OTHER))
    sam = world.browser(SAM, name="Sam Staff", acr="urn:gatehouse:acr:1")
    sam.open("/manage/mine/ask?function=claims.submit")
    assert "For which organization?" in sam.text
    sam.follow("Harbor Dental")
    sam.press("Ask an access manager")
    [event] = world.published("access.requested")
    assert (event.data["organization_id"], event.data["functions"]) == (OTHER, ["claims.submit"])


def test_nothing_ticked_is_named_at_the_field(staffed: World) -> None:
    """And a note that looks like a TIN is kept out of the house."""
    sam = staffed.browser(SAM, name="Sam Staff", acr="urn:gatehouse:acr:1")
    sam.open("/manage/mine/ask")
    sam.press("Ask an access manager")
    assert sam.answer.status_code == 422 and "Choose at least one task" in sam.text
    sam.choose("Send claims")
    sam.fill("Why do you need it?", "for 12-3456789")
    sam.press("Ask an access manager")
    assert "Leave out the number that looks like a TIN" in sam.text
    assert staffed.published("access.requested") == []


def test_the_mails_link_opens_and_decides_nothing_elsewhere(staffed: World) -> None:
    """M28: a scanner follows it, a colleague gets it forwarded, a manager opens it in another browser: no decision.

    The scanner is asked to sign in, the colleague finds nothing, and the manager's own press still needs a sign-in of
    the last hour with two factors.
    """
    ask(staffed, "claims.submit")
    body = next(mail.body for mail in staffed.mails() if mail.recipient == "acc_meg@lakeside.example")
    link = next(word for word in body.split() if "/manage/requests/more/" in word)
    scanner = staffed.browser()
    scanner.stop_at = "http://localhost:8000/oauth"
    scanner.open(link)
    assert scanner.visited[-1].startswith("GET http://localhost:8000/oauth/authorize")
    colleague = staffed.browser(SAM, name="Sam Staff")
    colleague.open(link)
    assert colleague.answer.status_code == 404
    meg = staffed.browser(MEG, acr="urn:gatehouse:acr:2")
    meg.open(link)
    for _ in range(4):
        staffed.clock.advance(timedelta(minutes=20))
        meg.open(link)
    asked_before = len(staffed.identity.asked)
    meg.press("Approve access")
    assert staffed.identity.asked[asked_before]["max_age"] == "3600"
    [own] = staffed.api("access.read", subject=SAM).get(MINE).json()["access_requests"]
    assert own["state"] == "open"


def test_every_sentence_is_there_in_spanish(staffed: World) -> None:
    """The page of asking and the manager's."""
    asked = ask(staffed, "claims.submit").json()["request_id"]
    sam = staffed.browser(SAM, language="es", acr="urn:gatehouse:acr:1")
    sam.open("/manage/mine/ask?function=remittance.view")
    assert "Pedir más acceso" in sam.text
    meg = staffed.browser(MEG, language="es")
    meg.open(f"/manage/requests/more/{asked}")
    assert "pide más acceso" in meg.text
