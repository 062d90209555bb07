"""G8: access ends exactly at its instant, on the wall clock of the office, and no job is needed for it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.service.access_manager.world import CLINIC, MEG, SAM, World, clinic, manager, member

BASE = f"/api/access/v1/organizations/{CLINIC}"
EASTERN = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    "five",
    [
        datetime(2026, 11, 24, 17, tzinfo=EASTERN),
        datetime(2027, 3, 14, 17, tzinfo=EASTERN),
        datetime(2027, 11, 7, 17, tzinfo=EASTERN),
    ],
    ids=["a winter day", "the spring change", "the autumn change"],
)
def test_until_five_means_until_five(world: World, five: datetime) -> None:
    """G8: until 17:00 Eastern; 16:59:59 permits and names the end, 17:00:00 and 17:00:01 deny; nothing ran between."""
    world.seed(clinic(manager(), member()))
    world.availability.open("claims.submit", "eligibility.view")
    found = next(e for e in world.api().get(f"{BASE}/members").json()["members"] if e["account_id"] == SAM)
    body = {"functions": ["claims.submit"], "ends_at": five.isoformat()}
    path = f"{BASE}/members/{found['membership_id']}"
    assert world.api(subject=MEG).put(path, json=body, headers={"If-Match": "*"}).status_code == 200
    told = len(world.published())
    world.clock.freeze(five - timedelta(seconds=1))
    permit = world.evaluate(SAM, "claims.submit")
    assert permit["decision"] is True
    assert datetime.fromisoformat(permit["context"]["valid_until"]) == five
    for late in (timedelta(0), timedelta(seconds=1)):
        world.clock.freeze(five + late)
        denied = world.evaluate(SAM, "claims.submit")
        assert (denied["decision"], denied["context"]["reason_code"]) == (False, "grant_expired")
    assert len(world.published()) == told


def test_one_function_may_end_before_the_rest(world: World) -> None:
    """G8: the end of a single function is as exact, and leaves the others alone."""
    world.seed(clinic(manager(), member()))
    world.availability.open("clinical.view", "eligibility.view")
    listed = {"functions": ["clinical.view"], "minutes": 90}
    world.api(subject=MEG).put(f"{BASE}/emergency-list", json=listed, headers={"If-Match": "*"})
    asked = {"organization_id": CLINIC, "functions": ["clinical.view"], "reason": "Nobody else is in the office"}
    begun = world.api(subject=SAM).post("/api/access/v1/me/emergencies", json=asked)
    ends = datetime.fromisoformat(begun.json()["ends_at"])
    world.clock.freeze(ends - timedelta(seconds=1))
    permit = world.evaluate(SAM, "clinical.view")
    assert permit["decision"] and datetime.fromisoformat(permit["context"]["valid_until"]) == ends
    world.clock.freeze(ends)
    assert world.evaluate(SAM, "clinical.view")["context"]["reason_code"] == "grant_expired"
    assert world.evaluate(SAM, "eligibility.view")["decision"] is True
