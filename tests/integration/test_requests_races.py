"""Requests for more under sixteen rivals at once, on real PostgreSQL, through the front door."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.test_access_manager_races import RIVALS, at_once
from tests.service.access_manager.world import CLINIC, SAM, World, asks, clinic, manager, member

MINE = "/api/access/v1/me/access-requests"
THEIRS = f"/api/access/v1/organizations/{CLINIC}/access-requests"
FUNCTIONS = ("claims.submit", "remittance.view", "clinical.view", "fee-schedule.view")


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database, with fifteen managers and a member."""
    made = World(tmp_path, postgres("access"))
    made.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(15)), member()))
    yield made
    made.close()


def ask(world: World, *functions: str) -> httpx.Response:
    """Sam asks."""
    return world.api(subject=SAM).post(MINE, json={"organization_id": CLINIC, "functions": list(functions)})


def granted(world: World) -> list[object]:
    """What Sam was given since the clinic was made, one entry for each time."""
    return [each.data["functions"] for each in world.published("membership.changed") if each.data["account_id"] == SAM]


def test_of_sixteen_askings_one_opens_the_request(world: World) -> None:
    """G7: windows, double clicks and a portal that repeats: one open request, every function in it, one mail each."""
    answers = at_once([lambda n=n: ask(world, FUNCTIONS[n % 4]) for n in range(RIVALS)])  # type: ignore[misc]
    assert {answer.status_code for answer in answers} == {200}
    [waiting] = world.api().get(THEIRS).json()["access_requests"]
    assert sorted(waiting["functions"]) == sorted(FUNCTIONS)
    assert [event.sequence for event in world.published("access.requested")] == [1, 2, 3, 4]
    assert len(world.mails()) == 15


def test_of_sixteen_decisions_exactly_one_counts(world: World) -> None:
    """Threat 39: give against deny: one outcome, one change of access or none, the others told who was first."""
    request_id = ask(world, *FUNCTIONS).json()["request_id"]

    def decide(n: int) -> httpx.Response:
        some = {"outcome": "give", "functions": [FUNCTIONS[n % 4]]}
        body = some if n % 2 else {"outcome": "deny", "reason": "training_first"}
        return world.api(subject=f"acc_{n % 15}").post(f"{THEIRS}/{request_id}/decision", json=body)

    answers = at_once([lambda n=n: decide(n) for n in range(RIVALS)])  # type: ignore[misc]
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: RIVALS - 1}
    [first] = [answer.json() for answer in answers if answer.status_code == 200]
    assert {each.json()["decided_by"] for each in answers if each.status_code == 409} == {first["decided_by"]}
    assert len(granted(world)) == len(first["granted"])


def test_withdrawing_against_approving_leaves_one_truth(world: World) -> None:
    """Either the person has it and the request is granted, or it is withdrawn and they have nothing."""
    request_id = ask(world, "claims.submit").json()["request_id"]
    answers = at_once(
        [
            lambda: world.api(subject=SAM).post(f"{MINE}/{request_id}/withdrawal"),
            lambda: world.api(subject="acc_1").post(f"{THEIRS}/{request_id}/decision", json={"outcome": "give"}),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    state = world.api().get(f"{THEIRS}/{request_id}").json()["state"]
    assert (state == "granted") == bool(granted(world))
    assert state == ("withdrawn" if answers[0].status_code == 200 else "granted")


def test_two_managers_who_approve_the_same_list_decide_each_request_once(world: World) -> None:
    """Both selected everything: every person is approved once, and both see the same end."""
    for n in range(6):
        world.tell("user.registered", "registration", f"app_{n}", **asks(f"acc_p{n}", f"app_{n}"))
    visitors = []
    for n in (1, 2):
        visitor = world.browser(f"acc_{n}", name=f"Manager {n}")
        visitor.open("/manage")
        visitor.follow("Approve 6 requests as asked")
        visitors.append(visitor)

    def press(n: int) -> httpx.Response:
        visitors[n].press("Approve 6 requests")
        return visitors[n].answer

    answers = at_once([lambda: press(0), lambda: press(1)])
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(world.published("approval.decided")) == 6
    assert world.api().get(f"/api/access/v1/organizations/{CLINIC}/approvals").json() == {"approvals": []}
