"""Requests to join: opened by an event, decided once by a manager, told to everybody who must know."""

from datetime import timedelta

import pytest

from tests.service.access_manager.world import (
    CLINIC,
    MEG,
    MONDAY,
    OTHER,
    PAT,
    World,
    asks,
    clinic,
    manager,
    member,
    seated,
)


@pytest.fixture
def asked(world: World) -> str:
    """A clinic with two managers and one open request; gives the request's id."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    world.tell("user.registered", "registration", "app_1", **asks())
    return str(world.published("approval.required")[0].data["approval_id"])


def decision(world: World, approval: str, subject: str | None = MEG, **body: object) -> dict[str, object]:
    """Decide through the API and return the answer with its status."""
    path = f"/api/access/v1/organizations/{CLINIC}/approvals/{approval}/decision"
    answer = world.api(subject=subject).post(path, json=body)
    return {"status_code": answer.status_code, **answer.json()}


def test_a_request_opens_an_approval_and_mails_every_manager(world: World, asked: str) -> None:
    """Each manager gets one mail with person, practice, tasks and a link that only opens the request."""
    event = world.published("approval.required")[0]
    assert event.data["functions"] == ["claims.status.view", "claims.submit"]
    mails = world.mails()
    assert sorted(mail.recipient for mail in mails) == ["acc_max@lakeside.example", "acc_meg@lakeside.example"]
    assert mails[0].subject == "Pat Partner asks for access to Lakeside Family Practice"
    assert f"/manage/requests/{asked}" in mails[0].body
    assert "Send claims" in mails[0].body


def test_the_same_request_told_twice_opens_one_approval(world: World, asked: str) -> None:
    """Neither the same event nor another one about the same application opens a second."""
    world.tell("user.registered", "registration", "app_1", **asks())
    assert len(world.published("approval.required")) == 1
    assert len(world.mails()) == 2


def test_a_request_for_the_desk_passes_by(world: World) -> None:
    """Route vetting is registration's own business."""
    world.seed(clinic(manager()))
    world.tell("user.registered", "registration", "app_1", **asks(route="vetting", organization_id=None))
    assert world.published("approval.required") == []


def test_a_request_without_a_manager_left_is_kept_and_escalated(world: World) -> None:
    """The last manager may have gone while the event travelled: nothing is lost, the desk can see it."""
    world.seed(clinic(member()))
    world.tell("user.registered", "registration", "app_1", **asks())
    [waiting] = world.api().get(f"/api/access/v1/organizations/{CLINIC}/approvals").json()["approvals"]
    assert waiting["state"] == "open"
    assert waiting["escalated_at"] == "2026-11-23T15:00:00Z"


@pytest.mark.parametrize("first", ["registered", "withdrawn"])
def test_a_withdrawn_request_cannot_be_decided(world: World, first: str) -> None:
    """In whichever order the two facts arrive."""
    world.seed(clinic(manager()))
    gone = {"application_id": "app_1", "account_id": PAT, "organization_id": CLINIC, "withdrawn_at": MONDAY}
    if first == "withdrawn":
        world.tell("application.withdrawn", "registration", "app_1", 2, **gone)
    world.tell("user.registered", "registration", "app_1", **asks())
    if first == "registered":
        world.tell("application.withdrawn", "registration", "app_1", 2, **gone)
        approval = str(world.published("approval.required")[0].data["approval_id"])
        refused = decision(world, approval, outcome="approve")
        assert (refused["status_code"], refused["outcome"]) == (409, "withdrawn")
    assert world.api().get(f"/api/access/v1/organizations/{CLINIC}/approvals").json() == {"approvals": []}
    assert world.published("approval.decided") == []


def test_approving_as_asked_gives_the_membership_in_the_same_breath(world: World, asked: str) -> None:
    """One decision, one membership, both told; the next evaluation permits."""
    world.availability.open("claims.submit", until=MONDAY + timedelta(hours=1))
    answer = decision(world, asked, outcome="approve")
    assert (answer["status_code"], answer["state"]) == (200, "approved")
    [decided] = world.published("approval.decided")
    assert (decided.data["outcome"], decided.data["reason"]) == ("approved", None)
    granted = world.published("membership.granted")[-1]
    assert granted.data["account_id"] == PAT
    assert granted.data["functions"] == ["claims.status.view", "claims.submit"]
    assert world.evaluate(PAT, "claims.submit")["decision"] is True


def test_approving_with_other_functions_is_told_as_such(world: World, asked: str) -> None:
    """What counts is what the manager ticked."""
    answer = decision(world, asked, outcome="approve", functions=["eligibility.view"])
    assert answer["state"] == "approved_with_changes"
    assert world.published("approval.decided")[0].data["functions"] == ["eligibility.view"]
    assert world.evaluate(PAT, "claims.submit")["context"]["reason_code"] == "function_not_granted"


def test_denying_needs_a_reason_and_tells_it(world: World, asked: str) -> None:
    """The person reads a plain sentence and the manager's words, on one line."""
    assert decision(world, asked, outcome="deny")["status_code"] == 422
    answer = decision(world, asked, outcome="deny", reason="no_need", note="Ask again\nin spring")
    assert answer["state"] == "denied"
    told = world.published("approval.decided")[0].data
    assert told["reason"] == "This person’s work does not need access. Ask again in spring"
    assert world.published("membership.granted")[-1].data["account_id"] != PAT


@pytest.mark.parametrize("note", ["call 123456789", "12-3456789", "his number is 123-45-6789"])
def test_a_note_never_carries_a_tin(world: World, asked: str, note: str) -> None:
    """What looks like a TIN is refused before anything is decided."""
    assert decision(world, asked, outcome="deny", reason="other", note=note)["status_code"] == 422
    assert world.published("approval.decided") == []


def test_who_comes_second_is_told_who_was_first(world: World, asked: str) -> None:
    """One terminal state, one event; the other manager learns who decided what and when."""
    decision(world, asked, "acc_max", outcome="deny", reason="unknown_person")
    late = decision(world, asked, MEG, outcome="approve")
    assert late["status_code"] == 409
    assert late["type"] == "/problems/already-decided"
    assert (late["outcome"], late["decided_by_name"]) == ("denied", "Max Manager")
    assert late["decided_at"] == "2026-11-23T15:00:00Z"
    assert len(world.published("approval.decided")) == 1


def test_nobody_decides_their_own_request(world: World) -> None:
    """A manager elsewhere who asks to join is still an applicant here; even with a seat here, not for oneself."""
    world.seed(clinic(manager(), manager(PAT, "Pat Partner")))
    world.tell("user.registered", "registration", "app_1", **asks())
    approval = str(world.published("approval.required")[0].data["approval_id"])
    refused = decision(world, approval, PAT, outcome="approve")
    assert (refused["status_code"], refused["type"]) == (403, "/problems/self-approval")


def test_nobody_grants_what_the_organization_may_not_hold(world: World) -> None:
    """Without a contract the three functions stay out, named in the refusal; nothing is decided."""
    world.seed(clinic(manager(), contracted=False))
    world.tell("user.registered", "registration", "app_1", **asks())
    approval = str(world.published("approval.required")[0].data["approval_id"])
    refused = decision(world, approval, outcome="approve", functions=["claims.submit", "demographics.update"])
    assert (refused["status_code"], refused["type"]) == (409, "/problems/contracted-only")
    assert refused["functions"] == ["demographics.update"]
    assert world.published("approval.decided") == []


def test_a_manager_removed_a_moment_ago_decides_nothing(world: World, asked: str) -> None:
    """Authority is asked again under the lock: 404, as for everything foreign."""
    members = world.api().get(f"/api/access/v1/organizations/{CLINIC}/members").json()["members"]
    mine = next(each["membership_id"] for each in members if each["account_id"] == MEG)
    gone = world.api().delete(f"/api/access/v1/organizations/{CLINIC}/managers/{mine}")
    assert gone.status_code == 200
    assert decision(world, asked, MEG, outcome="approve")["status_code"] == 404


def test_a_person_who_comes_back_gets_the_same_membership_again(world: World, asked: str) -> None:
    """A later approval wakes the old membership: same id, higher version."""
    decision(world, asked, outcome="approve")
    first = world.published("membership.granted")[-1]
    path = f"/api/access/v1/organizations/{CLINIC}/members/{first.subject}/removal"
    assert world.api(subject=MEG).post(path, json={"reason": "left"}).status_code == 200
    world.tell("user.registered", "registration", "app_2", **asks(application="app_2"))
    again = str(world.published("approval.required")[-1].data["approval_id"])
    decision(world, again, outcome="approve", functions=["eligibility.view"])
    second = world.published("membership.granted")[-1]
    assert (second.subject, second.sequence) == (first.subject, 3)
    assert second.data["functions"] == ["eligibility.view"]


def test_the_inbox_is_oldest_first_and_only_ones_own(world: World, asked: str) -> None:
    """Requests of another organization are not there."""
    world.seed(clinic(manager("acc_bo", "Bo"), id=OTHER))
    early = asks("acc_ann", "app_2", submitted_at=MONDAY - timedelta(days=2))
    world.tell("user.registered", "registration", "app_2", **early)
    world.tell("user.registered", "registration", "app_3", **asks("acc_x", "app_3", organization_id=OTHER))
    found = world.api(subject=MEG).get(f"/api/access/v1/organizations/{CLINIC}/approvals").json()["approvals"]
    assert [each["application_id"] for each in found] == ["app_2", "app_1"]


def test_who_withdrew_before_hearing_of_the_approval_gets_no_access(world: World, asked: str) -> None:
    """Both were accepted while the broker was away; registration told the person that it is withdrawn, so it is."""
    world.availability.open("claims.submit", until=MONDAY + timedelta(hours=1))
    decision(world, asked, outcome="approve")
    world.clock.advance(timedelta(minutes=1))
    gone = {"application_id": "app_1", "account_id": PAT, "organization_id": CLINIC, "withdrawn_at": MONDAY}
    for _ in range(2):
        world.tell("application.withdrawn", "registration", "app_1", 3, **gone)
    assert world.evaluate(PAT, "claims.submit")["context"]["reason_code"] == "no_membership"
    [removed] = world.published("membership.removed")
    assert (removed.data["account_id"], removed.data["functions"]) == (PAT, [])


def test_a_withdrawal_that_comes_late_takes_nothing_that_was_given_since(world: World, asked: str) -> None:
    """Only what the approval itself gave is taken back: whoever was removed and added again stays."""
    decision(world, asked, outcome="approve")
    world.clock.advance(timedelta(minutes=1))
    world.tell("vetting.completed", "registration", "case_1", **seated())
    gone = {"application_id": "app_1", "account_id": PAT, "organization_id": CLINIC, "withdrawn_at": MONDAY}
    world.tell("application.withdrawn", "registration", "app_1", 3, **gone)
    assert world.published("membership.removed") == []


def test_approving_somebody_whose_access_had_ended_begins_anew(world: World, asked: str) -> None:
    """An end date of the past does not outlive the approval, and what ended does not come back with it."""
    world.availability.open("claims.submit", until=MONDAY + timedelta(days=3))
    decision(world, asked, outcome="approve", functions=["eligibility.view"])
    members = f"/api/access/v1/organizations/{CLINIC}/members"
    pat = next(each for each in world.api().get(members).json()["members"] if each["account_id"] == PAT)
    ends = {"functions": ["eligibility.view"], "ends_at": (MONDAY + timedelta(hours=1)).isoformat()}
    path = f"{members}/{pat['membership_id']}"
    assert world.api(subject=MEG).put(path, json=ends, headers={"If-Match": "*"}).status_code == 200
    world.clock.advance(timedelta(hours=2))
    world.tell("user.registered", "registration", "app_2", **asks(application="app_2"))
    decision(world, str(world.published("approval.required")[-1].data["approval_id"]), outcome="approve")
    assert world.evaluate(PAT, "claims.submit")["decision"] is True
    granted = world.published("membership.granted")[-1].data
    assert (granted["ends_at"], granted["functions"]) == (None, ["claims.status.view", "claims.submit"])
