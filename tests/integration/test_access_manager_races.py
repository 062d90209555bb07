"""The hard rules of access managers under rivals at once, on real PostgreSQL, through the front door."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from threading import Barrier

import httpx
import pytest

from access_manager.people import service as people
from shared.events import parked
from shared.events.event import Event
from tests.service.access_manager.world import CLINIC, MONDAY, World, asks, clinic, manager, member, seated

RIVALS = 16
BASE = f"/api/access/v1/organizations/{CLINIC}"


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("access"))
    yield made
    made.close()


def at_once(calls: Sequence[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    """Make all calls in the same instant, a thread each; return the answers in the order of the calls."""
    start = Barrier(len(calls))

    def run(call: Callable[[], httpx.Response]) -> httpx.Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def ids(world: World) -> dict[str, str]:
    """Return the memberships of the clinic by account."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return {each["account_id"]: each["membership_id"] for each in members}


def managers(world: World) -> int:
    """Return how many managers sit, after checking that every way of counting agrees."""
    seated = sum(each["role"] == "manager" for each in world.api().get(f"{BASE}/members").json()["members"])
    assert world.api().get(BASE).json()["manager_count"] == seated
    assert world.published("manager.changed")[-1].data["count"] == seated
    versions = [event.sequence for event in world.published() if event.subject == CLINIC]
    assert sorted(versions) == list(range(1, len(versions) + 1))
    return seated


def test_of_many_who_hear_of_a_person_at_once_none_fails(world: World) -> None:
    """An account's events and an application's arrive side by side: one makes the row, the others find it."""
    start = Barrier(RIVALS)

    def hear(number: int) -> None:
        start.wait()
        with world.context.transaction() as work:
            if number % 2:
                people.learn(work, "acc_new", "Nell New", "nell@lakeside.example")
            else:
                state = {"status": "active", "population": "provider", "locked_until": None}
                people.take_state(work, "acc_new", number, **state)

    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(hear, range(RIVALS)))
    with world.context.reading() as session:
        nell = people.names(session, ["acc_new"])["acc_new"]
    assert (nell.display_name, nell.status, nell.sequence) == ("Nell New", "active", RIVALS - 2)


def test_of_sixteen_promotions_at_fourteen_exactly_one_succeeds(world: World) -> None:
    """G1: never sixteen managers (threat 38)."""
    crowd = [member(f"acc_m{n}", f"Member {n}") for n in range(RIVALS)]
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(14)), *crowd))
    found = ids(world)
    answers = at_once(
        [
            lambda n=n: world.api().put(f"{BASE}/managers/{found[f'acc_m{n}']}")  # type: ignore[misc]
            for n in range(RIVALS)
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: RIVALS - 1}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"/problems/too-many-managers"}
    assert managers(world) == 15


def test_when_everybody_steps_down_at_once_one_stays(world: World) -> None:
    """G1: never zero managers (threat 37): fifteen leave together, the last one is told how to hand over."""
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(15))))
    found = ids(world)
    answers = at_once(
        [
            lambda n=n: world.api(subject=f"acc_{n}").delete(f"{BASE}/managers/{found[f'acc_{n}']}")  # type: ignore[misc]
            for n in range(15)
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {200: 14, 409: 1}
    [last] = [answer.json() for answer in answers if answer.status_code == 409]
    assert (last["type"], last["hand_over"]) == ("/problems/last-manager", "/manage/managers/hand-over")
    assert managers(world) == 1


def test_fifty_at_once_keep_the_managers_between_one_and_fifteen(world: World) -> None:
    """G1: fifty promotions, demotions and removals in the same instant, whatever order they find (threats 37, 38)."""
    crowd = [member(f"acc_m{n}", f"Member {n}") for n in range(20)]
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(15)), *crowd))
    found = ids(world)

    def removes(account: str) -> Callable[[], httpx.Response]:
        return lambda: world.api().post(f"{BASE}/members/{found[account]}/removal", json={})

    def steps_down(account: str) -> Callable[[], httpx.Response]:
        return lambda: world.api(subject=account).delete(f"{BASE}/managers/{found[account]}")

    def promotes(account: str) -> Callable[[], httpx.Response]:
        return lambda: world.api().put(f"{BASE}/managers/{found[account]}")

    calls = [steps_down(f"acc_{n}") for n in range(15)] + [removes(f"acc_{n}") for n in range(15)]
    answers = at_once([*calls, *(promotes(f"acc_m{n}") for n in range(20))])
    assert {answer.status_code for answer in answers} <= {200, 404, 409}
    assert 1 <= managers(world) <= 15
    counts = [int(str(event.data["count"])) for event in world.published("manager.changed")]
    # Each is one step from the one before: nobody slipped in or out between the lock and the count.
    assert all(1 <= count <= 15 for count in counts)
    assert all(abs(after - before) == 1 for before, after in pairwise(counts))


def test_two_managers_who_agree_to_each_others_end_leave_one(world: World) -> None:
    """G1, G17: whoever lost the seat first no longer has a say; the other proposal falls with it."""
    world.seed(clinic(manager("acc_a", "A"), manager("acc_b", "B")))
    found = ids(world)
    ends_b = world.api(subject="acc_a").delete(f"{BASE}/managers/{found['acc_b']}").json()["proposal_id"]
    ends_a = world.api(subject="acc_b").delete(f"{BASE}/managers/{found['acc_a']}").json()["proposal_id"]
    a, b = world.api(subject="acc_a"), world.api(subject="acc_b")
    answers = at_once(
        [
            lambda: b.post(f"{BASE}/proposals/{ends_b}/approval"),
            lambda: a.post(f"{BASE}/proposals/{ends_a}/approval"),
        ]
    )
    assert sorted(answer.status_code for answer in answers) in ([200, 404], [200, 409])
    assert managers(world) == 1


def test_of_sixteen_words_the_last_one_counts_once(world: World) -> None:
    """G17: eight approvals and eight acceptances of one proposal: one of each, one seat, one event."""
    people = [manager(f"acc_{n}", f"Manager {n}") for n in range(9)]
    world.seed(clinic(*people, member()))
    made = world.api(subject="acc_8").put(f"{BASE}/managers/{ids(world)['acc_sam']}").json()["proposal_id"]
    path = f"{BASE}/proposals/{made}"
    calls = [lambda n=n: world.api(subject=f"acc_{n}").post(f"{path}/approval") for n in range(8)]  # type: ignore[misc]
    calls += [lambda: world.api(subject="acc_sam").post(f"{path}/acceptance") for _ in range(8)]
    assert Counter(answer.status_code for answer in at_once(calls)) == {200: 2, 409: RIVALS - 2}
    assert managers(world) == 10
    told = [each.data["role"] for each in world.published("membership.changed") if each.data["account_id"] == "acc_sam"]
    assert told == ["manager"]


def test_acceptance_against_withdrawal_leaves_one_truth(world: World) -> None:
    """G16: eight withdrawals and eight acceptances: either it was withdrawn and nothing changed, or it is done."""
    world.seed(clinic(manager(), member()))
    made = world.api(subject="acc_meg").put(f"{BASE}/managers/{ids(world)['acc_sam']}").json()["proposal_id"]
    path = f"{BASE}/proposals/{made}"
    calls = [lambda: world.api(subject="acc_meg").post(f"{path}/withdrawal") for _ in range(8)]
    calls += [lambda: world.api(subject="acc_sam").post(f"{path}/acceptance") for _ in range(8)]
    assert Counter(answer.status_code for answer in at_once(calls)) == {200: 1, 409: RIVALS - 1}
    state = world.api(subject="acc_meg").get(path).json()["state"]
    assert (state, managers(world)) in [("withdrawn", 1), ("carried_out", 2)]


def test_of_sixteen_decisions_exactly_one_counts(world: World) -> None:
    """Approve against deny (threat 39): one terminal state, one event, the others are told who was first."""
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(15))))
    world.tell("user.registered", "registration", "app_1", **asks())
    approval = world.published("approval.required")[0].subject

    def decide(n: int) -> httpx.Response:
        body = {"outcome": "approve"} if n % 2 else {"outcome": "deny", "reason": "no_need"}
        return world.api(subject=f"acc_{n % 15}").post(f"{BASE}/approvals/{approval}/decision", json=body)

    answers = at_once([lambda n=n: decide(n) for n in range(RIVALS)])  # type: ignore[misc]
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: RIVALS - 1}
    [event] = world.published("approval.decided")
    [first] = [answer.json() for answer in answers if answer.status_code == 200]
    late = [answer.json() for answer in answers if answer.status_code == 409]
    assert {each["decided_by"] for each in late} == {first["decided_by"]}
    assert {each["outcome"] for each in late} == {first["state"]} == {event.data["outcome"]}
    granted = [each for each in world.published("membership.granted") if each.data["account_id"] == "acc_pat"]
    assert len(granted) == (1 if event.data["outcome"] == "approved" else 0)


def test_of_sixteen_changes_of_one_person_exactly_one_is_kept(world: World) -> None:
    """All read the same version: one writes, the others are told that it changed."""
    world.seed(clinic(manager(), member()))
    sam = ids(world)["acc_sam"]
    path, tag = f"{BASE}/members/{sam}", {"If-Match": '"1"'}
    body = {"functions": ["claims.submit"]}
    calls = [lambda: world.api(subject="acc_meg").put(path, json=body, headers=tag) for _ in range(RIVALS)]
    assert Counter(answer.status_code for answer in at_once(calls)) == {200: 1, 412: RIVALS - 1}
    assert len([each for each in world.published("membership.changed") if each.subject == sam]) == 1


def test_one_request_told_by_sixteen_at_once_opens_one_approval(world: World) -> None:
    """Different events about the same application, a thread each: one approval, one mail, nothing parked."""
    world.seed(clinic(manager()))
    events = [Event(f"evt_r{n}", "user.registered", "registration", "app_1", 1, MONDAY, asks()) for n in range(RIVALS)]
    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(world.deliver, events))
    assert len(world.published("approval.required")) == 1
    assert len(world.mails()) == 1
    assert nothing_parked(world)


def test_sixteen_cases_of_one_new_organization_make_one_with_fifteen_managers(world: World) -> None:
    """Seated by the desk at the same instant: one organization, the sixteenth person joins without a seat."""
    cases = [
        Event(f"evt_v{n}", "vetting.completed", "registration", f"case_{n}", 1, MONDAY, seated(f"case_{n}", f"acc_{n}"))
        for n in range(RIVALS)
    ]
    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(world.deliver, cases))
    assert managers(world) == 15
    assert len(ids(world)) == RIVALS
    assert nothing_parked(world)


def nothing_parked(world: World) -> bool:
    """Return whether every event found its handler willing in the end."""
    with world.context.reading() as session:
        return parked.listed(session) == []
