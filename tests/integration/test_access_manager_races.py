"""The hard rules of access managers under sixteen rivals at once, on real PostgreSQL, through the front door."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    """Never sixteen managers (threat 38)."""
    crowd = [member(f"acc_m{n}", f"Member {n}") for n in range(RIVALS)]
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(14)), *crowd))
    found = ids(world)
    answers = at_once(
        [
            lambda n=n: world.api(subject=f"acc_{n % 14}").put(f"{BASE}/managers/{found[f'acc_m{n}']}")  # type: ignore[misc]
            for n in range(RIVALS)
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: RIVALS - 1}
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {"/problems/too-many-managers"}
    assert managers(world) == 15


def test_when_everybody_steps_down_at_once_one_stays(world: World) -> None:
    """Never zero managers (threat 37): fifteen leave together, the last one is told to name another."""
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(15))))
    found = ids(world)
    answers = at_once(
        [
            lambda n=n: world.api(subject=f"acc_{n}").delete(f"{BASE}/managers/{found[f'acc_{n}']}")  # type: ignore[misc]
            for n in range(15)
        ]
    )
    assert Counter(answer.status_code for answer in answers) == {200: 14, 409: 1}
    assert managers(world) == 1


def test_two_managers_who_remove_each_other_leave_one(world: World) -> None:
    """Whoever was removed first no longer has a say: one succeeds, the other finds nothing there."""
    world.seed(clinic(manager("acc_a", "A"), manager("acc_b", "B"), manager("acc_c", "C")))
    found = ids(world)
    a, b = world.api(subject="acc_a"), world.api(subject="acc_b")
    answers = at_once(
        [
            lambda: a.post(f"{BASE}/members/{found['acc_b']}/removal", json={}),
            lambda: b.post(f"{BASE}/members/{found['acc_a']}/removal", json={}),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert managers(world) == 2


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
