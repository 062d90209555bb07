"""G8: access ends exactly at its instant, on the wall clock of the office; a job only tells it to others."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from access_manager.memberships import ends
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, SAM, World, clinic, manager, member

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


def until(world: World, end: datetime, account: str = SAM) -> str:
    """Give somebody an end; return their membership."""
    found = next(e for e in world.api().get(f"{BASE}/members").json()["members"] if e["account_id"] == account)
    body = {"functions": ["claims.submit"], "ends_at": end.isoformat()}
    path = f"{BASE}/members/{found['membership_id']}"
    assert world.api(subject=MEG).put(path, json=body, headers={"If-Match": "*"}).status_code == 200
    return str(found["membership_id"])


class TestTellingTheEnd:
    """K4: nothing ends by this job; whoever follows events hears from it that something has."""

    def test_it_is_told_once_as_it_stands(self, world: World) -> None:
        """The whole membership with its end, under a version of its own, and no entry in the history."""
        world.seed(clinic(manager(), member()))
        end = MONDAY + timedelta(hours=2)
        membership = until(world, end)
        world.clock.freeze(end - timedelta(seconds=1))
        before, history = world.published()[-1], world.api().get(f"{BASE}/history").json()["entries"]
        assert ends.tell(world.context) == 0
        world.clock.freeze(end)
        assert (ends.tell(world.context), ends.tell(world.context)) == (1, 0)
        told = world.published()[-1]
        assert (told.type, told.subject, told.sequence) == ("membership.changed", membership, before.sequence + 1)
        assert {**told.data, "at": None} == {**before.data, "at": None}
        assert datetime.fromisoformat(str(told.data["ends_at"])) == end
        assert world.api().get(f"{BASE}/history").json()["entries"] == history

    def test_the_worker_looks_every_minute(self, world: World) -> None:
        """A minute is the bound that docs/decisions/0057 names."""
        job = next(each for each in world.context.service.jobs if each.name == "membership-ends")
        assert job.every == timedelta(minutes=1) and job.run is ends.tell

    def test_many_that_end_together_are_told_in_one_run(self, world: World) -> None:
        """End dates end at midnight, all of them."""
        crew = [f"acc_c{number}" for number in range(5)]
        end = MONDAY + timedelta(hours=2)
        people = [replace(member(each, each), ends_at=end) for each in crew]
        world.seed(clinic(manager(), *people))
        world.clock.freeze(end)
        before = len(world.published())
        assert ends.tell(world.context) == 5
        assert {each.data["account_id"] for each in world.published()[before:]} == set(crew)

    @pytest.mark.parametrize("who", ["prolonged", "removed", "changed"])
    def test_what_somebody_changed_after_its_end_was_told_with_that(self, world: World, who: str) -> None:
        """The change says how things stand; saying it again would be noise."""
        world.seed(clinic(manager(), member()))
        end = MONDAY + timedelta(hours=2)
        membership = until(world, end)
        world.clock.freeze(end + timedelta(seconds=5))
        path = f"{BASE}/members/{membership}"
        api = world.api(subject=MEG)
        if who == "removed":
            assert api.post(f"{path}/removal", json={}).is_success
        else:
            later = None if who == "prolonged" else end.isoformat()
            body = {"functions": ["eligibility.view"], "ends_at": later}
            assert api.put(path, json=body, headers={"If-Match": "*"}).is_success
        assert ends.tell(world.context) == 0
