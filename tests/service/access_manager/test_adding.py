"""Many people at once: a list is looked at first, then done whole or not at all, and undone within a day where safe.

Row G14, through the front door: JSON API, pages and command line.
"""

import time
from datetime import timedelta

import pytest

from access_manager.adding.models import Batch
from tests.service.access_manager.invited import (
    BASE,
    BATCHES,
    INVITATIONS,
    TASKS,
    Accounts,
    acts,
    ann,
    audited,
    held,
    letters,
    practices,
    remains,
    send,
    undo,
)
from tests.service.access_manager.world import (
    FRONT_DESK,
    MEG,
    OTHER,
    PAT,
    SAM,
    World,
    clinic,
    member,
)

MAX = "acc_max"


@pytest.fixture
def accounts(world: World) -> Accounts:
    """A clinic with two managers and two members, another practice, and identity's side."""
    return practices(world)


def test_g14_a_dry_run_of_a_thousand_rows_changes_nothing_and_lists_each_error(
    world: World, accounts: Accounts
) -> None:
    """Every row has its result, every fault its line, name and mend; not one row is written; it takes a moment."""
    rows = [ann(name=f"Person {n}", email=f"person{n}@office.example") for n in range(990)]
    rows += [ann(email="person0@office.example"), ann(email="no address"), ann(email=f"{MEG}@lakeside.example")]
    rows += [ann(email=f"{SAM}@lakeside.example"), ann(functions=["no.such"], email="x@office.example")]
    rows += [ann(email=f"late{n}@office.example", last_day="2026-11-20") for n in range(5)]
    before, began = remains(world), time.perf_counter()
    told = send(world, rows, dry_run=True)
    took = time.perf_counter() - began
    assert remains(world) == before
    assert (told["batch_id"], told["dry_run"]) == (None, True)
    assert told["counts"] == {"invite": 990, "extend": 1, "fault": 9}
    faults = {row["number"]: row["fault"]["slug"] for row in told["rows"] if row["fault"]}
    assert faults == {
        991: "twice", 992: "email", 993: "self-raise", 995: "unknown-function",
        **dict.fromkeys(range(996, 1001), "end-in-the-past"),
    }  # fmt: skip
    assert all(row["fault"]["sentence"] for row in told["rows"] if row["fault"])
    assert took < 5
    assert world.api(subject=MEG).post(BATCHES, json={"kind": "add", "rows": [ann()] * 1001}).status_code == 422


def test_g14_what_the_dry_run_says_is_what_happens(world: World, accounts: Accounts) -> None:
    """New people are invited, members get what they lack, what is so already stays; faults are left out and told."""
    rows = [
        ann(),
        ann(name="", email="bob@office.example", functions=[]),
        ann(email=f"{SAM}@lakeside.example", functions=["remittance.view"]),
        ann(email=f"{PAT}@lakeside.example", functions=["claims.status.view"]),
        ann(email="broken"),
    ]
    looked = send(world, rows, functions=["eligibility.view"], dry_run=True)
    done = send(world, rows, functions=["eligibility.view"])
    assert acts(looked) == acts(done) == ["invite", "invite", "extend", "nothing", "fault"]
    invited = {each["email"]: each for each in world.api().get(INVITATIONS).json()["invitations"]}
    assert invited["ann@office.example"]["functions"] == TASKS
    assert invited["bob@office.example"]["functions"] == ["eligibility.view"]
    assert letters(world) == ["Lakeside Family Practice invites you"]
    assert set((held(world, SAM) or {})["functions"]) == {*FRONT_DESK, "remittance.view"}
    assert world.evaluate(SAM, "remittance.view")["decision"] is True
    assert audited(world, "members.") == ["members.added"]
    shown = world.api(subject=MAX).get(f"{BATCHES}/{done['batch_id']}").json()
    assert shown["rows"] == done["rows"] and shown["counts"] == done["counts"]


def test_g14_the_same_list_again_is_no_act(world: World, accounts: Accounts) -> None:
    """Nothing is written, nobody is written to, and there is nothing to undo."""
    rows = [ann(), ann(email=f"{SAM}@lakeside.example", functions=["remittance.view"])]
    send(world, rows)
    before = remains(world)
    again = send(world, rows)
    assert acts(again) == ["nothing", "nothing"] and again["batch_id"] is None
    assert remains(world) == before


def test_g14_a_list_changes_open_invitations_and_undo_puts_them_back(world: World, accounts: Accounts) -> None:
    """An address invited before: the row changes what the invitation gives; undone, it gives what it gave."""
    send(world, [ann()])
    second = send(world, [ann(functions=["remittance.view"])])
    assert acts(second) == ["update"] and len(letters(world)) == 1
    assert undo(world, second)["rows"][0]["undone"]["slug"] == "undone"
    assert world.api().get(INVITATIONS).json()["invitations"][0]["functions"] == TASKS


def test_g14_undo_takes_back_what_nobody_touched_and_says_what_it_could_not(world: World, accounts: Accounts) -> None:
    """Open invitations are revoked, added tasks go; an accepted invitation and a changed member stay, with the why."""
    accounts.owned["ann@office.example"] = ["acc_ann"]
    extended = [ann(email=f"{who}@lakeside.example", functions=["remittance.view"]) for who in (SAM, PAT)]
    batch = send(world, [ann(), ann(email="bob@office.example"), *extended])
    visitor = world.browser("acc_ann", name="Ann Lee")
    visitor.open(f"/manage/join/{batch['rows'][0]['invitation_id']}")
    visitor.press("Yes, accept")
    pat = held(world, PAT) or {}
    world.api(subject=MAX).put(
        f"{BASE}/members/{pat['membership_id']}",
        json={"functions": ["remittance.view"]},
        headers={"If-Match": f'"{pat["version"]}"'},
    )
    world.clock.advance(timedelta(hours=23, minutes=59))
    undone = undo(world, batch, MAX)
    assert [row["undone"]["slug"] for row in undone["rows"]] == ["accepted", "undone", "undone", "changed"]
    assert all(row["undone"]["sentence"] for row in undone["rows"])
    assert (held(world, "acc_ann") or {})["functions"] == TASKS
    assert set((held(world, SAM) or {})["functions"]) == set(FRONT_DESK)
    assert (held(world, PAT) or {})["functions"] == ["remittance.view"]
    stands = {each["email"]: each["standing"] for each in world.api().get(INVITATIONS).json()["invitations"]}
    assert stands["bob@office.example"] == "revoked"
    assert audited(world, "members.") == ["members.added", "members.undone"]


def test_g14_undo_works_once_and_for_a_day(world: World, accounts: Accounts) -> None:
    """The second time and after 24 hours: 409 with the reason, and nothing changes."""
    first, second = send(world, [ann()]), send(world, [ann(email="bob@office.example")])
    undo(world, first)
    again = world.api(subject=MEG).post(f"{BATCHES}/{first['batch_id']}/undo")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/undone-before")
    world.clock.advance(timedelta(hours=24))
    late = world.api(subject=MEG).post(f"{BATCHES}/{second['batch_id']}/undo")
    assert (late.status_code, late.json()["type"]) == (409, "/problems/undo-over")
    assert world.api().get(INVITATIONS).json()["invitations"][0]["standing"] == "pending"


def test_g14_many_are_removed_at_once_for_a_reason(world: World, accounts: Accounts) -> None:
    """Denied at the next decision; strangers, oneself and managers are left out, each with its own sentence."""
    rows: list[dict[str, object]] = [{"email": f"{who}@lakeside.example"} for who in (SAM, PAT, MEG, MAX, "acc_nobody")]
    looked = send(world, rows, "remove", reason="left", dry_run=True)
    assert world.evaluate(SAM, "claims.status.view")["decision"] is True
    done = send(world, rows, "remove", reason="left")
    assert acts(looked) == acts(done) == ["remove", "remove", "fault", "fault", "fault"]
    assert [row["fault"]["slug"] for row in done["rows"][2:]] == ["own-row", "manager-role-first", "not-a-member"]
    assert world.evaluate(SAM, "claims.status.view")["decision"] is False
    assert held(world, PAT) is None and held(world, MAX) is not None
    entries = world.api().get(f"{BASE}/history").json()["entries"]
    assert {each["reason"] for each in entries if each["action"] == "membership.removed"} == {"left"}
    again = send(world, rows[:2], "remove", reason="left")
    assert acts(again) == ["fault", "fault"] and again["batch_id"] is None


def test_g14_the_last_manager_is_never_removed_by_a_list(world: World, accounts: Accounts) -> None:
    """G1: a program may remove managers; whatever the order of the list, one stays, and is told as left out."""
    rows = [{"email": f"{who}@lakeside.example"} for who in (MEG, MAX)]
    answer = world.api().post(BATCHES, json={"kind": "remove", "rows": rows, "reason": "left"}).json()
    assert acts(answer) == ["remove", "fault"]
    assert answer["rows"][1]["fault"]["slug"] == "last-manager"
    assert world.api().get(BASE).json()["manager_count"] == 1


def test_g14_undoing_a_removal_gives_back_what_stood(world: World, accounts: Accounts) -> None:
    """Functions, end and lines as before; not the manager role, which is said; not who was given access anew."""
    ends_at = (world.clock.now() + timedelta(days=30)).isoformat()
    sam = held(world, SAM) or {}
    world.api().put(
        f"{BASE}/members/{sam['membership_id']}",
        json={"functions": TASKS, "ends_at": ends_at},
        headers={"If-Match": f'"{sam["version"]}"'},
    )
    rows = [{"email": f"{who}@lakeside.example"} for who in (SAM, PAT, MAX)]
    batch = world.api().post(BATCHES, json={"kind": "remove", "rows": rows, "reason": "by_mistake"}).json()
    assert acts(batch) == ["remove"] * 3
    world.seed(clinic(member(PAT, "Pat Partner", ("claims.submit",))))
    with world.context.transaction() as work:
        work.session.execute(Batch.__table__.update().values(made_by="client"))
    undone = undo(world, batch)
    assert [row["undone"]["slug"] for row in undone["rows"]][::2] == ["undone", "undone"]
    assert "manager role is not given back" in undone["rows"][2]["undone"]["sentence"]
    found = held(world, SAM) or {}
    assert found["functions"] == TASKS and found["ends_at"] == "2026-12-23T15:00:00Z"
    assert (held(world, MAX) or {})["role"] == "member"


def test_a_closed_account_is_not_given_back(world: World, accounts: Accounts) -> None:
    """The person left for good between removal and undo."""
    batch = send(world, [{"email": f"{SAM}@lakeside.example"}], "remove", reason="left")
    world.tell("account.closed", "identity", SAM, 9, account_id=SAM, population="provider", status="closed")
    assert undo(world, batch)["rows"][0]["undone"]["slug"] == "closed"
    assert held(world, SAM) is None


@pytest.mark.parametrize("path", ["", "/undo"])
def test_another_practice_s_lists_are_not_there(world: World, accounts: Accounts, path: str) -> None:
    """Threat 35: a foreign list is 404 by every door, sending one too, and so is the page."""
    batch = send(world, [ann()])
    foreign = world.api(subject="acc_bea")
    for place in (BATCHES, f"/api/access/v1/organizations/{OTHER}/batches"):
        address = f"{place}/{batch['batch_id']}{path}"
        assert (foreign.post(address) if path else foreign.get(address)).status_code == 404
    assert foreign.post(BATCHES, json={"kind": "add", "rows": [ann()], "dry_run": True}).status_code == 404
    assert world.api(subject=SAM).post(BATCHES, json={"kind": "add", "rows": [ann()]}).status_code == 404
    page = world.browser("acc_bea", name="Bea Boss")
    page.open(f"/manage/batches/{batch['batch_id']}")
    assert page.answer.status_code == 404
    assert world.api().get(f"{BATCHES}/{batch['batch_id']}").json()["undone_at"] is None
