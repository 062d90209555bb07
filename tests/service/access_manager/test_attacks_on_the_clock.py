"""Threat 51 at the decision point: only the server's clock tells what is open, and it is asked at every decision."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.service.access_manager.world import CLINIC, SAM, World, clinic, manager, member

CLOSING = datetime(2026, 11, 24, 8, tzinfo=UTC)  # Tuesday 03:00 Eastern
ASKED: dict[str, Any] = {
    "subject": {"type": "account", "id": SAM},
    "action": {"name": "precert.submit"},
    "resource": {"type": "organization", "id": CLINIC},
}
NOON = "2026-11-24T17:00:00Z"  # when it is open again


@pytest.fixture
def closed(world: World) -> World:
    """A clinic with Sam, on Tuesday at 03:00:00 Eastern, when precertification has just closed."""
    world.seed(clinic(manager(), member()))
    world.clock.freeze(CLOSING)
    world.availability.close("precert.submit", "function_closed", CLOSING + timedelta(hours=2))
    return world


@pytest.mark.parametrize("place", ["context", "subject", "resource", "action"])
def test_attack_51_a_portal_that_brings_its_own_time(closed: World, place: str) -> None:
    """Threat 51: whatever the question says of time, wherever it says it, the hours are the server's."""
    told = dict.fromkeys(["time", "now", "at", "date", "timestamp", "valid_until"], NOON) | {"timezone": "Asia/Tokyo"}
    more = {"context": told} if place == "context" else {place: {**ASKED[place], "properties": told}}
    headers = {"Date": "Tue, 24 Nov 2026 17:00:00 GMT", "X-Time-Zone": "Asia/Tokyo"}
    answer = closed.api("access.evaluate").post("/access/v1/evaluation", json={**ASKED, **more}, headers=headers)
    assert answer.json()["decision"] is False
    assert answer.json()["context"]["reason_code"] == "function_closed"


def test_attack_51_what_was_issued_before_closing_is_asked_again_after_it(world: World) -> None:
    """Threat 51, ASVS 8.2.4: one token, one question, a second apart: the permit ends with the window, half-open."""
    world.seed(clinic(manager(), member()))
    world.availability.open("precert.submit", until=CLOSING)
    world.clock.freeze(CLOSING - timedelta(seconds=1))
    portal = world.api("access.evaluate")
    before = portal.post("/access/v1/evaluation", json=ASKED).json()
    assert before["decision"] is True and before["context"]["valid_until"] == "2026-11-24T08:00:00Z"
    world.clock.freeze(CLOSING)
    world.availability.close("precert.submit", "function_closed", CLOSING + timedelta(hours=2))
    after = portal.post("/access/v1/evaluation", json=ASKED).json()
    assert after["decision"] is False and after["context"]["reason_code"] == "function_closed"
