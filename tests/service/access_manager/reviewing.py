"""What tests of access reviews say and ask: open one, decide, look, and a practice to do it in."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.service.access_manager.world import CLINIC, FRONT_DESK, MEG, MONDAY, SAM, World, clinic, manager, member

BASE = f"/api/access/v1/organizations/{CLINIC}"
REVIEWS = f"{BASE}/reviews"
DUE = MONDAY + timedelta(days=14)
MAX, TOM = "acc_max", "acc_tom"


def practice(world: World) -> World:
    """A practice with two managers and two members, everything open."""
    tom = member(TOM, "Tom Temp", ("eligibility.view", "claims.status.view"))
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member(), tom))
    world.availability.open(*FRONT_DESK, "claims.submit")
    return world


def text(instant: datetime) -> str:
    """An instant as calls carry it."""
    return instant.isoformat().replace("+00:00", "Z")


def opened(world: World, due: datetime = DUE, by: str | None = MEG) -> str:
    """Open a review; its id."""
    answer = world.api(subject=by).post(REVIEWS, json={"due_at": text(due)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["review_id"])


def at(world: World, instant: datetime) -> None:
    """Let it be that instant."""
    world.clock.advance(instant - world.clock.now())


def ids(world: World) -> dict[str, str]:
    """The memberships of the clinic by account."""
    members = world.api().get(f"{BASE}/members").json()["members"]
    return {each["account_id"]: each["membership_id"] for each in members}


def items(world: World, review: str) -> dict[str, dict[str, Any]]:
    """The rows of a review by account."""
    answer = world.api().get(f"{REVIEWS}/{review}/items")
    return {each["account_id"]: each for each in answer.json()["items"]}


def decide(world: World, review: str, account: str, decision: str, by: str = MEG, **more: object) -> httpx.Response:
    """Decide about somebody."""
    membership = items(world, review)[account]["membership_id"]
    path = f"{REVIEWS}/{review}/items/{membership}/decision"
    return world.api(subject=by).post(path, json={"decision": decision, **more})


def shown(world: World, review: str) -> dict[str, Any]:
    """The review with its counts."""
    return dict(world.api().get(f"{REVIEWS}/{review}").json())


def actions(world: World, prefix: str) -> list[str]:
    """The acts in the history that begin so, oldest first."""
    entries = world.api().get(f"{BASE}/history").json()["entries"]
    return [each["action"] for each in reversed(entries) if each["action"].startswith(prefix)]


def everybody_decided(world: World) -> str:
    """A review with two kept, one with fewer functions, one removed; its id."""
    review = opened(world)
    decide(world, review, MAX, "keep", MEG)
    decide(world, review, MEG, "keep", MAX)
    decide(world, review, SAM, "fewer", MAX, functions=["eligibility.view"])
    decide(world, review, TOM, "remove", MEG)
    assert shown(world, review)["decisions"]["undecided"] == 0
    return review
