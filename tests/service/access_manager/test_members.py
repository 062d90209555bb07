"""Members and managers through the JSON API: the rules, effective at once, told to everybody."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.service.access_manager.world import CLINIC, MEG, MONDAY, SAM, World, clinic, manager, member

MEMBERS = f"/api/access/v1/organizations/{CLINIC}/members"
MANAGERS = f"/api/access/v1/organizations/{CLINIC}/managers"


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic with one manager and one member, everything open."""
    world.seed(clinic(manager(), member()))
    world.availability.open("precert.submit", "claims.submit", "eligibility.view", until=MONDAY + timedelta(hours=8))
    return world


def id_of(world: World, account: str) -> str:
    """Return the membership of an account at the clinic."""
    members = world.api().get(MEMBERS).json()["members"]
    return str(next(each["membership_id"] for each in members if each["account_id"] == account))


def put(world: World, account: str, subject: str | None, version: str = '"1"', **body: Any) -> httpx.Response:
    """Replace the access of an account as `subject`."""
    path = f"{MEMBERS}/{id_of(world, account)}"
    return world.api(subject=subject).put(path, json=body, headers={"If-Match": version})


def test_a_function_taken_away_is_denied_by_the_very_next_evaluation(staffed: World) -> None:
    """No batch, no cache in between: change, ask, denied."""
    assert staffed.evaluate(SAM, "precert.submit")["decision"] is True
    answer = put(staffed, SAM, MEG, functions=["eligibility.view"])
    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"2"'
    denied = staffed.evaluate(SAM, "precert.submit")
    assert denied["decision"] is False
    assert denied["context"]["reason_code"] == "function_not_granted"
    assert denied["context"]["who_can_fix"] == "access_manager"
    changed = staffed.published("membership.changed")[-1]
    assert (changed.sequence, changed.data["functions"]) == (2, ["eligibility.view"])


def test_an_end_date_ends_by_itself(staffed: World) -> None:
    """Allowed until the instant, denied from it on, and the permit named it."""
    ends = MONDAY + timedelta(hours=2)
    assert put(staffed, SAM, MEG, functions=["precert.submit"], ends_at=ends.isoformat()).status_code == 200
    assert staffed.evaluate(SAM, "precert.submit")["context"]["valid_until"] == "2026-11-23T17:00:00Z"
    staffed.clock.freeze(ends)
    assert staffed.evaluate(SAM, "precert.submit")["context"]["reason_code"] == "grant_expired"


@pytest.mark.parametrize(("version", "status"), [('"7"', 412), ('W/"1"', 412), ("no tag", 412), ("*", 200)])
def test_a_change_to_something_else_than_was_read_is_refused(staffed: World, version: str, status: int) -> None:
    """Two managers at the same person: the second sees that it changed."""
    assert put(staffed, SAM, MEG, version, functions=[]).status_code == status


def test_a_replacement_must_say_what_was_read(staffed: World) -> None:
    """Without If-Match a whole replacement is refused with 428."""
    path = f"{MEMBERS}/{id_of(staffed, SAM)}"
    assert staffed.api(subject=MEG).put(path, json={"functions": []}).status_code == 428


@pytest.mark.parametrize(
    "body",
    [
        {"functions": ["claims.submit"], "role": "manager"},
        {"functions": ["claims.submit"], "status": "active"},
        {"functions": ["claims.submit"], "organization_id": "org_other"},
        {"functions": "claims.submit"},
        {"functions": ["everything"]},
        {"functions": ["claims.submit"], "ends_at": "2027-01-01T00:00:00"},
        {"functions": ["claims.submit"], "ends_at": "9999-12-31T23:59:59-12:00"},
        {"functions": ["claims.submit"], "ends_at": "2026-11-23T15:00:00Z"},
        {},
    ],
)
def test_what_nobody_declared_is_refused_and_changes_nothing(staffed: World, body: dict[str, Any]) -> None:
    """Mass assignment, wrong types, unknown functions, past or endless dates: 422, values as before (threat 34)."""
    assert put(staffed, SAM, MEG, **body).status_code == 422
    assert staffed.published("membership.changed")[-1].data["account_id"] == MEG


def test_nobody_raises_their_own_functions(staffed: World) -> None:
    """Not even the sole manager; giving up own functions is fine."""
    refused = put(staffed, MEG, MEG, "*", functions=["precert.submit", "payment.manage"])
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/self-raise")
    assert put(staffed, MEG, MEG, "*", functions=["precert.submit"]).status_code == 200


def test_an_ordinary_member_changes_nothing(staffed: World) -> None:
    """For somebody without the seat everything here is 404, reading too."""
    assert put(staffed, SAM, SAM, functions=["payment.manage"]).status_code == 404
    assert staffed.api(subject=SAM).get(MEMBERS).status_code == 404


def test_removing_ends_access_at_once_and_is_told(staffed: World) -> None:
    """The removed membership carries nothing; a second removal says so."""
    path = f"{MEMBERS}/{id_of(staffed, SAM)}/removal"
    assert staffed.api(subject=MEG).post(path, json={"reason": "left"}).json()["functions"] == []
    told = staffed.published("membership.removed")[-1].data
    assert (told["status"], told["functions"], told["role"]) == ("removed", [], "member")
    assert staffed.evaluate(SAM, "precert.submit")["context"]["reason_code"] == "no_membership"
    again = staffed.api(subject=MEG).post(path, json={"reason": "left"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-a-member")


def test_the_last_manager_can_neither_step_down_nor_be_removed(staffed: World) -> None:
    """G1: 409 with words that say how to go on and where to hand over; nothing changed, nothing told."""
    before = len(staffed.published())
    mine = id_of(staffed, MEG)
    for answer in (
        staffed.api(subject=MEG).delete(f"{MANAGERS}/{mine}"),
        staffed.api().delete(f"{MANAGERS}/{mine}"),
        staffed.api(subject=MEG).post(f"{MEMBERS}/{mine}/removal", json={}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-manager")
        assert answer.json()["hand_over"] == "/manage/managers/hand-over"
    assert len(staffed.published()) == before


def test_a_member_becomes_manager_and_the_first_may_go(staffed: World) -> None:
    """Each change is told with who manages now and the count; both events have versions of their own."""
    assert staffed.api().put(f"{MANAGERS}/{id_of(staffed, SAM)}").json()["role"] == "manager"
    assert staffed.api(subject=MEG).delete(f"{MANAGERS}/{id_of(staffed, MEG)}").json()["role"] == "member"
    managers = staffed.published("manager.changed")
    assert [event.data["managers"] for event in managers] == [[MEG], [MEG, SAM], [SAM]]
    about = [event for event in staffed.published() if event.subject == CLINIC]
    assert [event.sequence for event in about] == list(range(1, len(about) + 1))
    assert staffed.api(subject=MEG).get(MEMBERS).status_code == 404


def test_promotion_lifts_an_end_date(staffed: World) -> None:
    """A manager's access does not end by itself, and no end can be set afterwards."""
    ends = (MONDAY + timedelta(days=3)).isoformat()
    put(staffed, SAM, MEG, functions=[], ends_at=ends)
    assert staffed.api().put(f"{MANAGERS}/{id_of(staffed, SAM)}").json()["ends_at"] is None
    refused = put(staffed, SAM, MEG, "*", functions=[], ends_at=ends)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/manager-without-end")


def test_there_is_no_sixteenth_manager(world: World) -> None:
    """Fifteen sit; the next one is refused and stays a member."""
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(15)), member()))
    for answer in (world.api(), world.api(subject="acc_0")):
        refused = answer.put(f"{MANAGERS}/{id_of(world, SAM)}")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-managers")
    assert world.published("manager.changed")[-1].data["count"] == 15


def test_the_same_act_sent_twice_with_one_key_is_done_once(staffed: World) -> None:
    """`Idempotency-Key`: the first answer again."""
    path = f"{MEMBERS}/{id_of(staffed, SAM)}/removal"
    key = {"Idempotency-Key": "remove-sam-1"}
    answers = [staffed.api(subject=MEG).post(path, json={}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(staffed.published("membership.removed")) == 1


@pytest.mark.parametrize("before", [10**30, -(10**30)])
def test_a_number_that_no_database_holds_is_only_far_away(staffed: World, before: int) -> None:
    """Newer than everything, or older than everything; never a fault."""
    answer = staffed.api(subject=MEG).get(f"/api/access/v1/organizations/{CLINIC}/history?before={before}")
    assert answer.status_code == 200
    assert bool(answer.json()["entries"]) is (before > 0)


def test_the_history_tells_the_organization_its_own_part(staffed: World) -> None:
    """Who gave what to whom, when and why, with names, newest first."""
    path = f"{MEMBERS}/{id_of(staffed, SAM)}/removal"
    staffed.api(subject=MEG).post(path, json={"reason": "left"})
    newest = staffed.api(subject=MEG).get(f"/api/access/v1/organizations/{CLINIC}/history").json()["entries"][0]
    assert (newest["actor_name"], newest["action"], newest["target_name"]) == (
        "Meg Manager",
        "membership.removed",
        "Sam Staff",
    )
    assert newest["reason"] == "left"
    assert newest["before"]["functions"] and newest["after"]["functions"] == []
    older = staffed.api(subject=MEG).get(f"/api/access/v1/organizations/{CLINIC}/history?before={newest['number']}")
    assert newest["number"] not in [each["number"] for each in older.json()["entries"]]
