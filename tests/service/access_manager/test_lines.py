"""G2: a manager limited to some lines of business sees and changes only who and what lies within them."""

from typing import Any

import httpx
import pytest

from tests.service.access_manager.world import CLINIC, MEG, PAT, SAM, World, asks, clinic, manager, member

BASE = f"/api/access/v1/organizations/{CLINIC}"
DEE, DOT = "acc_dee", "acc_dot"


@pytest.fixture
def house(world: World) -> World:
    """Meg manages all lines, Dee dental only; Sam works for medical, Dot for dental."""
    world.seed(clinic(manager(), member(DEE, "Dee Dental"), member(), member(DOT, "Dot Dental")))
    for account, line in ((DEE, "dental"), (SAM, "medical"), (DOT, "dental")):
        assert limited(world, account, line).status_code == 200
    assert world.api().put(f"{BASE}/managers/{id_of(world, DEE)}").json()["lines"] == ["dental"]
    return world


def id_of(world: World, account: str) -> str:
    """Return the membership of an account at the clinic."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return str(next(each["membership_id"] for each in members if each["account_id"] == account))


def limited(world: World, account: str, *lines: str, by: str | None = MEG) -> httpx.Response:
    """Limit somebody to lines of business."""
    return world.api(subject=by).put(f"{BASE}/members/{id_of(world, account)}/lines", json={"lines": list(lines)})


def lines_of(world: World, account: str) -> list[str]:
    """Return the lines of somebody."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return list(next(each["lines"] for each in members if each["account_id"] == account))


def asked(world: World, application: str = "app_1", **changes: Any) -> str:
    """Let somebody ask to join; return the request."""
    world.tell("user.registered", "registration", application, **asks(application=application, **changes))
    return world.published("approval.required")[-1].subject


def test_a_limited_manager_sees_only_who_works_for_their_lines(house: World) -> None:
    """G2: one who works for all lines, or for others as well, is not theirs to see."""
    seen = house.api(subject=DEE).get(f"{BASE}/members").json()["members"]
    assert {each["account_id"] for each in seen} == {DEE, DOT}
    assert house.api(subject=DEE).get(f"{BASE}/members/{id_of(house, DOT)}").status_code == 200
    limited(house, DOT, "dental", "medical")
    assert house.api(subject=DEE).get(f"{BASE}/members/{id_of(house, DOT)}").status_code == 404
    assert len(house.api(subject=MEG).get(f"{BASE}/members").json()["members"]) == 4


def test_whoever_lies_outside_is_404_for_every_act(house: World) -> None:
    """G2: as if they were in another organization; nothing is changed and no name is told."""
    before = len(house.published())
    dee, sam = house.api(subject=DEE), id_of(house, SAM)
    answers = (
        dee.get(f"{BASE}/members/{sam}"),
        dee.put(f"{BASE}/members/{sam}", json={"functions": []}, headers={"If-Match": "*"}),
        dee.post(f"{BASE}/members/{sam}/removal", json={}),
        dee.put(f"{BASE}/members/{sam}/lines", json={"lines": ["dental"]}),
        dee.put(f"{BASE}/managers/{sam}"),
        dee.delete(f"{BASE}/managers/{id_of(house, MEG)}"),
        dee.post(f"{BASE}/proposals", json={"kind": "seat", "membership_id": sam}),
        dee.post(f"{BASE}/deputies", json={"membership_id": sam, "scopes": ["people"], "ends_at": "2026-12-01T00:00Z"}),
    )
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert not any("Sam" in answer.text for answer in answers)
    assert len(house.published()) == before


def test_what_lies_within_is_theirs_to_change(house: World) -> None:
    """Functions and removal, effective at once."""
    path = f"{BASE}/members/{id_of(house, DOT)}"
    dee = house.api(subject=DEE)
    assert dee.put(path, json={"functions": ["claims.submit"]}, headers={"If-Match": "*"}).status_code == 200
    assert dee.post(f"{path}/removal", json={"reason": "left"}).status_code == 200


def test_a_request_carries_its_lines_to_whoever_may_decide_it(house: World) -> None:
    """G2: those outside are in no inbox of theirs and 404 to decide; the membership gets the lines asked for."""
    mails = len(house.mails())
    medical = asked(house, lines_of_business=["medical"])
    assert {mail.recipient for mail in house.mails()[mails:]} == {"acc_meg@lakeside.example"}
    dental = asked(house, "app_2", account_id="acc_pia", lines_of_business=["dental"])
    inbox = house.api(subject=DEE).get(f"{BASE}/approvals").json()["approvals"]
    assert [each["approval_id"] for each in inbox] == [dental]
    dee = house.api(subject=DEE)
    assert dee.get(f"{BASE}/approvals/{medical}").status_code == 404
    assert dee.post(f"{BASE}/approvals/{medical}/decision", json={"outcome": "approve"}).status_code == 404
    assert dee.post(f"{BASE}/approvals/{dental}/decision", json={"outcome": "approve"}).status_code == 200
    assert lines_of(house, "acc_pia") == ["dental"]
    house.api(subject=MEG).post(f"{BASE}/approvals/{medical}/decision", json={"outcome": "approve"})
    assert lines_of(house, PAT) == ["medical"]


@pytest.mark.parametrize("told", [{}, {"lines_of_business": None}, {"lines_of_business": []}])
def test_a_request_for_all_lines_is_for_managers_of_all(house: World, told: dict[str, Any]) -> None:
    """Not told, none, empty: all of them."""
    approval = asked(house, **told)
    assert house.api(subject=DEE).get(f"{BASE}/approvals").json() == {"approvals": []}
    decided = house.api(subject=MEG).post(f"{BASE}/approvals/{approval}/decision", json={"outcome": "approve"})
    assert decided.status_code == 200
    assert lines_of(house, PAT) == []


def test_a_deputy_reaches_as_far_as_their_manager(house: World) -> None:
    """G2, G9: on behalf of Dee, dental only, whatever the deputy's own lines are."""
    body = {"membership_id": id_of(house, DOT), "scopes": ["people"], "ends_at": "2026-12-01T00:00:00Z"}
    assert house.api(subject=DEE).post(f"{BASE}/deputies", json=body).status_code == 201
    seen = house.api(subject=DOT).get(f"{BASE}/members").json()["members"]
    assert {each["account_id"] for each in seen} == {DEE, DOT}
    sam = f"{BASE}/members/{id_of(house, SAM)}"
    assert house.api(subject=DOT).get(sam).status_code == 404
    assert house.api(subject=DOT).post(f"{sam}/removal", json={}).status_code == 404


def test_lines_are_given_by_a_manager_of_all_lines(house: World) -> None:
    """G5: a limited manager widens nobody; nobody changes their own; a manager's reach is not cut by one alone."""
    assert limited(house, DOT, "dental", "medical", by=DEE).json()["type"] == "/problems/beyond-lines"
    assert limited(house, MEG, "dental").json()["type"] == "/problems/own-lines"
    assert limited(house, DEE, "medical").json()["type"] == "/problems/manager-role-first"
    assert limited(house, DEE, "medical", by=None).status_code == 200
    assert limited(house, DOT, "optical").status_code == 422
    assert limited(house, DOT).json()["lines"] == []
    assert limited(house, DOT, "medical", "dental", "behavioral").json()["lines"] == []


def test_whoever_becomes_a_manager_manages_their_own_lines(house: World) -> None:
    """A limited manager makes nobody a manager of more; the policy of the whole organization is not theirs."""
    assert house.api(subject=DEE).put(f"{BASE}/managers/{id_of(house, DOT)}").status_code == 202
    policy = house.api(subject=DEE).put(f"{BASE}/four-eyes", json={"sensitive_functions": True})
    assert (policy.status_code, policy.json()["type"]) == (403, "/problems/beyond-lines")
    made = house.api(subject=MEG).get(f"{BASE}/proposals").json()["proposals"][0]
    word = f"{BASE}/proposals/{made['proposal_id']}"
    house.api(subject=MEG).post(f"{word}/approval")
    assert house.api(subject=DOT).post(f"{word}/acceptance").json()["state"] == "carried_out"
    assert house.api(subject=DOT).get(f"{BASE}/members/{id_of(house, SAM)}").status_code == 404


def test_a_proposal_outside_the_lines_is_not_theirs_to_approve(house: World) -> None:
    """G2, G17: the second manager must reach the person."""
    made = house.api(subject=MEG).put(f"{BASE}/managers/{id_of(house, SAM)}").json()
    assert house.api(subject=DEE).get(f"{BASE}/proposals").json() == {"proposals": []}
    word = f"{BASE}/proposals/{made['proposal_id']}"
    assert house.api(subject=DEE).get(word).status_code == 404
    assert house.api(subject=DEE).post(f"{word}/approval").status_code == 404


def test_lines_are_set_on_a_page_of_their_own(house: World) -> None:
    """From the person's page; the list of a limited manager follows at once."""
    meg = house.browser(MEG)
    meg.open(f"/manage/people/{id_of(house, SAM)}/lines")
    meg.choose("Dental")
    meg.untick("Medical")
    meg.press("Save")
    assert "The change is in effect now." in meg.text
    assert lines_of(house, SAM) == ["dental"]
    dee = house.browser(DEE, name="Dee Dental")
    dee.open("/manage/people")
    assert "Sam Staff" in dee.text and "Meg Manager" not in dee.text
    dee.open(f"/manage/people/{id_of(house, MEG)}")
    assert dee.answer.status_code == 404
