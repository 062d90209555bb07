"""Access reviews with rivals at once, on real PostgreSQL, through the front door: one decision, one close."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import httpx
import pytest

from access_manager.dormancy import looking
from access_manager.reviews import lapsing
from tests.integration.test_access_manager_races import at_once
from tests.service.access_manager.reviewing import (
    BASE,
    DUE,
    MAX,
    REVIEWS,
    TOM,
    at,
    decide,
    items,
    opened,
    shown,
    text,
)
from tests.service.access_manager.world import FRONT_DESK, MEG, MONDAY, SAM, World, clinic, manager, member

RIVALS = 12
Call = Callable[[], httpx.Response]


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """A practice on an empty PostgreSQL database, with a dozen managers."""
    made = World(tmp_path, postgres("access"))
    seats = [manager(f"acc_{n}", f"Manager {n}") for n in range(RIVALS)]
    tom = member(TOM, "Tom Temp", ("eligibility.view", "claims.status.view"))
    made.seed(clinic(manager(), manager(MAX, "Max Manager"), *seats, member(), tom))
    made.availability.open(*FRONT_DESK)
    yield made
    made.close()


def deciding(world: World, review: str, account: str, decision: str, by: str) -> Call:
    """A call that decides about somebody, ready to be made."""
    path = f"{REVIEWS}/{review}/items/{items(world, review)[account]['membership_id']}/decision"
    client = world.api(subject=by)
    return lambda: client.post(path, json={"decision": decision})


def test_of_many_decisions_about_one_person_exactly_one_counts(world: World) -> None:
    """G10: half of the managers keep, half remove; the row, the membership, the events and the record agree."""
    review = opened(world)
    calls = [deciding(world, review, SAM, ("keep", "remove")[n % 2], f"acc_{n}") for n in range(RIVALS)]
    answers = at_once(calls)
    assert Counter(each.status_code for each in answers) == {200: 1, 409: RIVALS - 1}
    row = items(world, review)[SAM]
    first = next(each.json() for each in answers if each.status_code == 200)
    assert (row["decision"], row["decided_by"]) == (first["decision"], first["decided_by"])
    assert world.evaluate(SAM, "eligibility.view")["decision"] == (row["decision"] == "keep")
    assert len(world.published("membership.removed")) == (row["decision"] == "remove")
    entries = world.api().get(f"{BASE}/history").json()["entries"]
    assert [each["action"] for each in entries].count("review.decided") == 1


def test_a_review_opens_once(world: World) -> None:
    """Of a dozen who press the button at once one opens it; everybody carries one due date."""
    clients = [world.api(subject=f"acc_{n}") for n in range(RIVALS)]
    body = {"due_at": text(DUE)}
    answers = at_once([lambda client=client: client.post(REVIEWS, json=body) for client in clients])  # type: ignore[misc]
    assert Counter(each.status_code for each in answers) == {201: 1, 409: RIVALS - 1}
    assert len(world.published("review.opened")) == 1


def test_the_last_decision_and_the_close_never_cross(world: World) -> None:
    """G10: closed means that everybody was decided about; whoever closes too early is told."""
    review = opened(world)
    for number in range(RIVALS):
        decide(world, review, f"acc_{number}", "keep", MAX)
    for account, by in ((MAX, MEG), (MEG, MAX), (SAM, MEG)):
        decide(world, review, account, "keep", by)
    clients = [world.api(subject=f"acc_{n}") for n in range(RIVALS - 1)]
    closing = [lambda client=client: client.post(f"{REVIEWS}/{review}/closing") for client in clients]  # type: ignore[misc]
    answers = at_once([deciding(world, review, TOM, "remove", MEG), *closing])
    assert answers[0].status_code == 200
    assert {each.status_code for each in answers[1:]} <= {200, 409}
    world.api(subject=MEG).post(f"{REVIEWS}/{review}/closing")
    assert shown(world, review)["state"] == "closed"
    told = world.published("review.closed")
    assert [event.data["decisions"]["remove"] for event in told] == [1]
    assert items(world, review)[TOM]["decision"] == "remove"


def test_who_decides_at_the_last_moment_and_the_end_never_cross(world: World) -> None:
    """G10: the due instant comes while managers answer: each row has one outcome, and the membership is that one's."""
    review = opened(world)
    at(world, DUE - timedelta(seconds=1))
    calls = [deciding(world, review, account, "keep", MEG) for account in (SAM, TOM, *(f"acc_{n}" for n in range(8)))]
    workers = [Thread(target=come_due, args=(world, number == 0)) for number in range(2)]
    for worker in workers:
        worker.start()
    answers = at_once(calls)
    for worker in workers:
        worker.join()
    lapsing.lapse(world.context)
    assert {each.status_code for each in answers} <= {200, 409}
    rows = items(world, review)
    kept = {each.json()["account_id"] for each in answers if each.status_code == 200}
    assert {account for account, row in rows.items() if row["decision"] == "keep"} == kept
    assert len(world.published("review.closed")) == 1
    removed = Counter(event.data["account_id"] for event in world.published("membership.removed"))
    assert removed == dict.fromkeys({SAM, TOM} - kept, 1)
    assert all(world.evaluate(each, "eligibility.view")["decision"] == (each in kept) for each in (SAM, TOM, "acc_3"))
    assert world.api().get(BASE).json()["manager_count"] == RIVALS + 2


def come_due(world: World, first: bool) -> None:
    """The due instant comes, and a worker looks."""
    if first:
        world.clock.advance(timedelta(seconds=1))
    lapsing.lapse(world.context)


def test_managers_who_all_sleep_leave_one(world: World) -> None:
    """G11, threat 37: two workers suspend a row of dormant managers at once; one stays, and the count is right."""
    looking.look(world.context)
    for days in (335, 366):
        at(world, MONDAY + timedelta(days=days))
        workers = [Thread(target=looking.look, args=(world.context,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert world.api().get(BASE).json()["manager_count"] == 1
    members = world.api().get(f"{BASE}/members").json()["members"]
    assert sum(each["role"] == "manager" and each["status"] == "active" for each in members) == 1
    assert len(world.published("manager.dormant")) == 1
