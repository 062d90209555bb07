"""G9: a deputy acts as themself on behalf of one manager, inside the period and the scope, and nowhere else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.db.floor import audit_entries
from tests.service.access_manager.world import (
    CLINIC,
    MEG,
    MONDAY,
    OTHER,
    PAT,
    SAM,
    World,
    asks,
    clinic,
    manager,
    member,
)

BASE = f"/api/access/v1/organizations/{CLINIC}"
DAN = "acc_dan"
WEEK = timedelta(days=7)


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic with two managers and two members, one request open."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member(), member(DAN, "Dan Deputy")))
    world.tell("user.registered", "registration", "app_1", **asks())
    return world


def id_of(world: World, account: str) -> str:
    """Return the membership of an account at the clinic."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return str(next(each["membership_id"] for each in members if each["account_id"] == account))


def named(world: World, *scopes: str, subject: str | None = MEG, deputy: str = DAN, **changes: Any) -> httpx.Response:
    """Name a deputy for a week from now."""
    body = {
        "membership_id": id_of(world, deputy),
        "scopes": list(scopes or ("requests", "people")),
        "ends_at": (world.clock.now() + WEEK).isoformat(),
        **changes,
    }
    return world.api(subject=subject).post(f"{BASE}/deputies", json=body)


def decides(world: World, account: str, outcome: str = "approve") -> httpx.Response:
    """Decide about the open request as `account`."""
    [asked] = world.published("approval.required")
    body = {"outcome": outcome} if outcome == "approve" else {"outcome": outcome, "reason": "no_need"}
    return world.api(subject=account).post(f"{BASE}/approvals/{asked.subject}/decision", json=body)


def changes(world: World, actor: str, account: str = SAM, *functions: str) -> httpx.Response:
    """Replace somebody's functions as `actor`."""
    path = f"{BASE}/members/{id_of(world, account)}"
    return world.api(subject=actor).put(path, json={"functions": list(functions)}, headers={"If-Match": "*"})


def newest(world: World) -> dict[str, Any]:
    """Return the newest entry of the clinic's history."""
    return dict(world.api().get(f"{BASE}/history").json()["entries"][0])


def test_a_deputy_decides_on_behalf_of_the_manager(staffed: World) -> None:
    """G9: before the naming 404, then effective at once; the audit names both, in both places."""
    assert decides(staffed, DAN).status_code == 404
    assert named(staffed, "requests").status_code == 201
    assert decides(staffed, DAN).status_code == 200
    with staffed.context.reading() as session:
        entries = audited(session, "approval.decided")
    assert [(each.actor, each.on_behalf_of) for each in entries] == [(DAN, MEG)]
    told = newest(staffed)
    assert (told["action"], told["actor_name"], told["on_behalf_of"]) == ("membership.granted", "Dan Deputy", MEG)
    assert staffed.published("approval.decided")[0].data["outcome"] == "approved"


def audited(session: Any, action: str) -> list[Any]:
    """Return the audit's entries of an action, in order."""
    from_audit = audit_entries.select().where(audit_entries.c.action == action).order_by(audit_entries.c.number)
    return list(session.execute(from_audit))


def test_a_deputy_changes_peoples_access_on_behalf_of_the_manager(staffed: World) -> None:
    """G9: functions and removal, with both names; the membership itself is as if the manager had done it."""
    named(staffed, "people")
    assert changes(staffed, DAN, SAM, "claims.submit").status_code == 200
    gone = staffed.api(subject=DAN).post(f"{BASE}/members/{id_of(staffed, SAM)}/removal", json={"reason": "left"})
    assert gone.status_code == 200
    with staffed.context.reading() as session:
        entries = [*audited(session, "membership.changed"), *audited(session, "membership.removed")]
    acted = [(each.actor, each.on_behalf_of) for each in entries if each.actor == DAN]
    assert acted == [(DAN, MEG), (DAN, MEG)]


def test_a_manager_who_acts_for_themself_acts_on_nobodys_behalf(staffed: World) -> None:
    """Having a deputy, or being somebody's elsewhere, changes nothing about one's own acts."""
    named(staffed, "people")
    assert changes(staffed, MEG, SAM, "claims.submit").status_code == 200
    with staffed.context.reading() as session:
        assert audited(session, "membership.changed")[-1].on_behalf_of is None


@pytest.mark.parametrize(("scope", "allowed"), [("requests", False), ("people", True)])
def test_a_deputy_acts_inside_the_scope_only(staffed: World, scope: str, allowed: bool) -> None:
    """G9: named for one thing, the other is refused with words, for reading and for acting."""
    named(staffed, scope)
    answers = (
        staffed.api(subject=DAN).get(f"{BASE}/members"),
        staffed.api(subject=DAN).get(f"{BASE}/members/{id_of(staffed, SAM)}"),
        changes(staffed, DAN, SAM, "claims.submit"),
    )
    assert [answer.status_code for answer in answers] == ([200] * 3 if allowed else [403] * 3)
    inbox = staffed.api(subject=DAN).get(f"{BASE}/approvals")
    decided = decides(staffed, DAN)
    assert [inbox.status_code, decided.status_code] == ([403] * 2 if allowed else [200] * 2)
    if allowed:
        assert decided.json()["type"] == "/problems/deputy-beyond"


def test_a_deputy_acts_inside_the_period_only(staffed: World) -> None:
    """G9: not before the first instant, not from the last one on; no job is needed, instants are compared."""
    starts, ends = MONDAY + timedelta(days=1), MONDAY + WEEK
    named(staffed, starts_at=starts.isoformat(), ends_at=ends.isoformat())
    for instant, status in (
        (starts - timedelta(seconds=1), 404),
        (starts, 200),
        (ends - timedelta(seconds=1), 200),
        (ends, 404),
    ):
        staffed.clock.freeze(instant)
        assert staffed.api(subject=DAN).get(f"{BASE}/members").status_code == status, instant
    assert changes(staffed, DAN, SAM, "claims.submit").status_code == 404


def test_a_deputy_names_no_further_deputy(staffed: World) -> None:
    """G9: nor may they see who is one, or end any."""
    made = named(staffed).json()
    assert named(staffed, subject=DAN, deputy=SAM).status_code == 403
    assert staffed.api(subject=DAN).get(f"{BASE}/deputies").status_code == 404
    assert staffed.api(subject=DAN).delete(f"{BASE}/deputies/{made['deputy_id']}").status_code == 403


def test_a_deputy_changes_no_managers(staffed: World) -> None:
    """Neither seat anybody, themself least, nor touch a manager's access, nor switch four eyes."""
    named(staffed)
    before = len(staffed.published())
    dan, own, max_there = staffed.api(subject=DAN), id_of(staffed, DAN), id_of(staffed, "acc_max")
    refused = (
        dan.put(f"{BASE}/managers/{own}"),
        dan.delete(f"{BASE}/managers/{max_there}"),
        dan.post(f"{BASE}/proposals", json={"kind": "seat", "membership_id": own}),
        dan.put(f"{BASE}/four-eyes", json={"sensitive_functions": True}),
        dan.put(f"{BASE}/members/{own}/lines", json={"lines": ["dental"]}),
        dan.post(f"{BASE}/members/{max_there}/removal", json={}),
        changes(staffed, DAN, MEG),
    )
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert {answer.json()["type"] for answer in refused} == {"/problems/deputy-beyond"}
    assert len(staffed.published()) == before


def test_a_deputy_raises_nobody_that_is_themself(staffed: World) -> None:
    """G5, threat 36: their own functions stay what they were; giving some up is fine."""
    named(staffed)
    refused = changes(staffed, DAN, DAN, "payment.manage")
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/self-raise")
    assert changes(staffed, DAN, DAN, "eligibility.view").status_code == 200


@pytest.mark.parametrize("applicant", [DAN, MEG])
def test_a_deputy_decides_neither_their_own_request_nor_their_managers(world: World, applicant: str) -> None:
    """G5: whoever asks must not decide, and not let somebody decide in their name."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member(DAN, "Dan Deputy")))
    world.tell("user.registered", "registration", "app_1", **asks(applicant))
    named(world, "requests")
    refused = decides(world, DAN)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/self-approval")
    assert world.published("approval.decided") == []


def test_it_ends_at_once_when_it_is_ended(staffed: World) -> None:
    """By the manager who named them or another one; both people are written to; a second end says so."""
    made = named(staffed).json()
    mails = len(staffed.mails())
    path = f"{BASE}/deputies/{made['deputy_id']}"
    assert staffed.api(subject="acc_max").delete(path).json()["ended_by"] == "acc_max"
    assert staffed.api(subject=DAN).get(f"{BASE}/members").status_code == 404
    told = {mail.recipient for mail in staffed.mails()[mails:]}
    assert told == {"acc_dan@lakeside.example", "acc_meg@lakeside.example"}
    again = staffed.api(subject=MEG).delete(path)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/deputy-over")


def test_both_are_written_to_when_it_begins(staffed: World) -> None:
    """What the deputy may do, until when, and that it can be ended."""
    mails = len(staffed.mails())
    named(staffed, "requests")
    told = {mail.recipient: mail.body for mail in staffed.mails()[mails:]}
    assert set(told) == {"acc_dan@lakeside.example", "acc_meg@lakeside.example"}
    for body in told.values():
        assert "Meg Manager named Dan Deputy as deputy at Lakeside Family Practice" in body
        assert "Decide about requests" in body and "November 30, 2026" in body


def test_a_deputy_for_requests_is_written_to_when_somebody_asks(staffed: World) -> None:
    """While the manager is away the request reaches who stands in; ended, it does not."""
    made = named(staffed, "requests").json()
    mails = len(staffed.mails())
    staffed.tell("user.registered", "registration", "app_2", **asks("acc_pia", application="app_2"))
    assert "acc_dan@lakeside.example" in {mail.recipient for mail in staffed.mails()[mails:]}
    staffed.api(subject=MEG).delete(f"{BASE}/deputies/{made['deputy_id']}")
    mails = len(staffed.mails())
    staffed.tell("user.registered", "registration", "app_3", **asks("acc_pim", application="app_3"))
    assert "acc_dan@lakeside.example" not in {mail.recipient for mail in staffed.mails()[mails:]}


def leaves(world: World, account: str) -> None:
    """The manager steps down and is seated again a moment later."""
    seat = f"{BASE}/managers/{id_of(world, account)}"
    assert world.api().delete(seat).status_code == 200
    assert world.api().put(seat).status_code == 200


def returns(world: World, account: str) -> None:
    """The deputy is removed, and added again by the desk."""
    world.api().post(f"{BASE}/members/{id_of(world, account)}/removal", json={})
    world.seed(clinic(member(account, "Dan Deputy")))


def closes(world: World, account: str) -> None:
    """The manager's account is closed."""
    data = {"account_id": account, "population": "provider", "status": "closed", "reason": "closed"}
    world.tell("account.closed", "identity", account, 9, **data)


@pytest.mark.parametrize(("what", "who"), [(leaves, MEG), (returns, DAN), (closes, MEG), (closes, DAN)])
def test_it_ends_with_the_seat_of_who_named_them_and_with_their_own_membership(
    staffed: World, what: Callable[[World, str], None], who: str
) -> None:
    """G9: and does not come back with either of them."""
    named(staffed)
    assert staffed.api(subject=DAN).get(f"{BASE}/members").status_code == 200
    what(staffed, who)
    assert staffed.api(subject=DAN).get(f"{BASE}/members").status_code == 404
    assert staffed.api(subject="acc_max").get(f"{BASE}/deputies").json() == {"deputies": []}
    with staffed.context.reading() as session:
        assert len(audited(session, "deputy.ended")) == 1


@pytest.mark.parametrize(
    ("deputy", "changes", "status", "problem"),
    [
        ("acc_max", {}, 409, "already-a-manager"),
        (MEG, {}, 409, "own-deputy"),
        (DAN, {"scopes": []}, 422, "deputy-scope"),
        (DAN, {"scopes": ["manager"]}, 422, "validation"),
        (DAN, {"ends_at": MONDAY.isoformat()}, 422, "deputy-period"),
        (DAN, {"ends_at": (MONDAY + timedelta(days=91)).isoformat()}, 422, "deputy-period"),
        (DAN, {"starts_at": (MONDAY + timedelta(days=8)).isoformat()}, 422, "deputy-period"),
        (DAN, {"manager_account_id": "acc_max"}, 409, "not-a-manager"),
    ],
)
def test_who_may_be_named_and_for_how_long(
    staffed: World, deputy: str, changes: dict[str, Any], status: int, problem: str
) -> None:
    """Another member, at most ninety days, for oneself only; nothing else is kept."""
    refused = named(staffed, deputy=deputy, **changes)
    assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{problem}")
    assert staffed.api(subject=MEG).get(f"{BASE}/deputies").json() == {"deputies": []}


def test_the_same_days_are_named_once(staffed: World) -> None:
    """Sent twice it would take two ends; the days after are free."""
    assert named(staffed).status_code == 201
    again = named(staffed)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/deputy-already")
    later = {"starts_at": (MONDAY + WEEK).isoformat(), "ends_at": (MONDAY + 2 * WEEK).isoformat()}
    assert named(staffed, **later).status_code == 201
    assert named(staffed, subject="acc_max").status_code == 201


def test_a_deputy_of_two_managers_acts_for_the_one_who_named_them_for_it(staffed: World) -> None:
    """Each act names the manager whose scope it takes."""
    named(staffed, "requests", subject=MEG)
    named(staffed, "people", subject="acc_max")
    assert decides(staffed, DAN).status_code == changes(staffed, DAN, SAM, "claims.submit").status_code == 200
    with staffed.context.reading() as session:
        assert audited(session, "approval.decided")[-1].on_behalf_of == MEG
        assert audited(session, "membership.changed")[-1].on_behalf_of == "acc_max"


def test_a_program_names_one_for_a_manager_it_says(staffed: World) -> None:
    """For anybody else than a manager it is refused."""
    assert named(staffed, subject=None, manager_account_id=MEG).status_code == 201
    assert named(staffed, subject=None, manager_account_id=SAM).json()["type"] == "/problems/not-a-manager"
    assert named(staffed, subject=None).json()["type"] == "/problems/not-a-manager"


@pytest.mark.parametrize("who", [SAM, "acc_bo", "acc_stranger"])
def test_nobody_else_learns_of_deputies(staffed: World, who: str) -> None:
    """A member, a manager of another practice, a stranger: 404 for all of it, and nothing changes."""
    staffed.seed(clinic(manager("acc_bo", "Bo Boss"), id=OTHER))
    made = named(staffed).json()
    client = staffed.api(subject=who)
    assert client.get(f"{BASE}/deputies").status_code == 404
    assert client.delete(f"{BASE}/deputies/{made['deputy_id']}").status_code == 404
    assert named(staffed, subject=who).status_code == 404
    elsewhere = f"/api/access/v1/organizations/{OTHER}/deputies/{made['deputy_id']}"
    assert staffed.api(subject="acc_bo").delete(elsewhere).status_code == 404
    assert staffed.api(subject=MEG).get(f"{BASE}/deputies").json()["deputies"][0]["ended_at"] is None


def test_a_suspended_or_expired_deputy_does_nothing(staffed: World) -> None:
    """Their own membership must hold at that very instant."""
    ends = MONDAY + timedelta(hours=1)
    path = f"{BASE}/members/{id_of(staffed, DAN)}"
    staffed.api().put(path, json={"functions": [], "ends_at": ends.isoformat()}, headers={"If-Match": "*"})
    named(staffed)
    staffed.clock.freeze(ends - timedelta(seconds=1))
    assert staffed.api(subject=DAN).get(f"{BASE}/members").status_code == 200
    staffed.clock.freeze(ends)
    assert staffed.api(subject=DAN).get(f"{BASE}/members").status_code == 404


def test_being_a_deputy_gives_no_function(staffed: World) -> None:
    """They decide about others' access; their own tasks at the portal stay theirs."""
    staffed.availability.open("claims.submit", until=MONDAY + WEEK)
    named(staffed)
    assert staffed.evaluate(DAN, "claims.submit")["decision"] is False
    assert PAT not in {each.data["account_id"] for each in staffed.published("membership.granted")}
