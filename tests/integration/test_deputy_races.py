"""Deputies under rivals at once, on real PostgreSQL, through the front door (G9)."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.integration.test_access_manager_races import BASE, RIVALS, at_once, ids
from tests.service.access_manager.world import World, clinic, manager, member

DAN, SAM, MEG = "acc_dan", "acc_sam", "acc_meg"


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database, with two managers and two members."""
    made = World(tmp_path, postgres("access"))
    made.seed(clinic(manager(), manager("acc_max", "Max Manager"), member(), member(DAN, "Dan Deputy")))
    yield made
    made.close()


def named(world: World) -> httpx.Response:
    """Meg names Dan for a week."""
    ends_at = (world.clock.now() + timedelta(days=7)).isoformat()
    body = {"membership_id": ids(world)[DAN], "scopes": ["people"], "ends_at": ends_at}
    return world.api(subject=MEG).post(f"{BASE}/deputies", json=body)


def test_a_deputy_named_by_sixteen_presses_is_named_once(world: World) -> None:
    """One row, one mail to each; the others are told that it is so already."""
    answers = at_once([lambda: named(world) for _ in range(RIVALS)])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: RIVALS - 1}
    assert len(world.mails()) == 2


def test_a_deputy_ended_by_sixteen_presses_ends_once(world: World) -> None:
    """One end, one entry of the audit, the others are told that it is over."""
    path = f"{BASE}/deputies/{named(world).json()['deputy_id']}"
    answers = at_once([lambda: world.api(subject=MEG).delete(path) for _ in range(RIVALS)])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: RIVALS - 1}
    entries = world.api().get(f"{BASE}/history").json()["entries"]
    assert [each["action"] for each in entries].count("deputy.ended") == 1


def test_against_the_end_a_deputys_acts_either_count_or_are_404(world: World) -> None:
    """Whoever takes the organization first: no act is recorded on behalf of a manager after they ended it."""
    made, found = named(world).json(), ids(world)
    path = f"{BASE}/members/{found[SAM]}"

    def acts(n: int) -> httpx.Response:
        functions = ["claims.submit", "claims.status.view", "eligibility.view"][: n % 3 + 1]
        body, tag = {"functions": functions}, {"If-Match": "*"}
        return world.api(subject=DAN).put(path, json=body, headers=tag)

    calls = [lambda n=n: acts(n) for n in range(RIVALS - 1)]  # type: ignore[misc]
    ends = lambda: world.api(subject=MEG).delete(f"{BASE}/deputies/{made['deputy_id']}")  # noqa: E731
    answers = at_once([*calls, ends])
    assert answers[-1].status_code == 200
    assert {answer.status_code for answer in answers[:-1]} <= {200, 404}
    entries = world.api().get(f"{BASE}/history").json()["entries"]
    newest_first = [each["action"] for each in entries]
    after_the_end = entries[: newest_first.index("deputy.ended")]
    assert [each for each in after_the_end if each["actor"] == DAN] == []
    assert world.api(subject=DAN).get(path).status_code == 404


def test_against_the_manager_who_steps_down_a_deputy_goes_with_the_seat(world: World) -> None:
    """Acts and the step down in the same instant: none of the deputy's is later than the seat's end."""
    named(world)
    found = ids(world)
    path = f"{BASE}/members/{found[SAM]}/removal"
    calls = [lambda: world.api(subject=DAN).post(path, json={}) for _ in range(4)]
    leaves = lambda: world.api(subject=MEG).delete(f"{BASE}/managers/{found[MEG]}")  # noqa: E731
    answers = at_once([*calls, leaves])
    assert answers[-1].status_code == 200
    assert {answer.status_code for answer in answers[:-1]} <= {200, 404, 409}
    assert world.api(subject=DAN).get(f"{BASE}/members").status_code == 404
