"""G13: what cannot wait can be taken up for a short time: listed, reasoned, loud, over by itself, reviewed."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.service.access_manager.partnership import BEN, Partnership
from tests.service.access_manager.world import (
    CLINIC,
    MEG,
    MONDAY,
    OTHER,
    PAT,
    SAM,
    World,
    asks,
    clinic,
    manager,
    member,
)

BASE = f"/api/access/v1/organizations/{CLINIC}"
MAX = "acc_max"
REASON = "The clinician on call cannot be reached tonight"


@pytest.fixture
def clinic_at_night(world: World) -> World:
    """Two managers and a member; clinical records may be taken up for an hour."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member()))
    world.availability.open("clinical.view", "claims.submit", "payment.manage", "eligibility.view")
    assert allow(world, "clinical.view", "claims.submit").status_code == 200
    return world


def allow(world: World, *functions: str, minutes: int = 60, who: str | None = MEG) -> httpx.Response:
    """List functions for emergencies."""
    body = {"functions": list(functions), "minutes": minutes}
    return world.api(subject=who).put(f"{BASE}/emergency-list", json=body, headers={"If-Match": "*"})


def begin(world: World, who: str = SAM, *functions: str, reason: str = REASON, **claims: Any) -> httpx.Response:
    """Take functions up."""
    body = {"organization_id": CLINIC, "functions": list(functions or ("clinical.view",)), "reason": reason}
    return world.api(subject=who, **claims).post("/api/access/v1/me/emergencies", json=body)


def act(world: World, emergency: str, what: str, who: str | None = MEG, **body: object) -> httpx.Response:
    """End or review it, as a manager."""
    return world.api(subject=who).post(f"{BASE}/emergencies/{emergency}/{what}", json=body or None)


def review(world: World, emergency: str, who: str | None = MEG, finding: str = "in_order") -> httpx.Response:
    """Review it."""
    return act(world, emergency, "review", who, finding=finding)


def may(world: World, who: str, function: str) -> bool:
    """Whether the decision point permits it."""
    return bool(world.evaluate(who, function)["decision"])


class TestTheList:
    """What can be taken up at all."""

    def test_nothing_is_listed_until_managers_list_it(self, world: World) -> None:
        """G13: by default nobody can take up anything."""
        world.seed(clinic(manager(), member()))
        assert world.api(subject=MEG).get(f"{BASE}/emergency-list").json()["functions"] == []
        assert begin(world).json()["type"] == "/problems/emergency-not-listed"

    @pytest.mark.parametrize("minutes", [0, 14, 241, 1.5, "60"])
    def test_it_is_never_longer_than_four_hours(self, clinic_at_night: World, minutes: Any) -> None:
        """From a quarter of an hour to four hours."""
        assert allow(clinic_at_night, "clinical.view", minutes=minutes).status_code == 422

    def test_only_what_the_organization_may_hold_is_listed(self, world: World) -> None:
        """And what it may hold no longer cannot be taken up."""
        world.seed(clinic(manager(), member(), contracted=False))
        assert allow(world, "demographics.update").json()["type"] == "/problems/contracted-only"
        assert allow(world, "everything").status_code == 422

    def test_only_a_manager_changes_it_and_says_what_they_read(self, clinic_at_night: World) -> None:
        """404 for a member, 428 without a version, 412 with an old one."""
        assert allow(clinic_at_night, "payment.manage", who=SAM).status_code == 404
        body = {"functions": [], "minutes": 60}
        api = clinic_at_night.api(subject=MEG)
        assert api.put(f"{BASE}/emergency-list", json=body).status_code == 428
        assert api.put(f"{BASE}/emergency-list", json=body, headers={"If-Match": '"0"'}).status_code == 412


class TestTakingUp:
    """A member helps themself, and everybody knows."""

    def test_it_is_there_at_once_and_ends_to_the_second(self, clinic_at_night: World) -> None:
        """G13, G8: a permit names the end; a second before it permits, from it on it denies, and no job has run."""
        world = clinic_at_night
        assert world.evaluate(SAM, "clinical.view")["context"]["reason_code"] == "function_not_granted"
        assert begin(world).status_code == 201
        permit = world.evaluate(SAM, "clinical.view")
        assert permit["decision"] and permit["context"]["valid_until"] == "2026-11-23T16:00:00Z"
        world.clock.freeze(MONDAY + timedelta(minutes=59, seconds=59))
        assert may(world, SAM, "clinical.view")
        world.clock.freeze(MONDAY + timedelta(hours=1))
        assert world.evaluate(SAM, "clinical.view")["context"]["reason_code"] == "grant_expired"
        assert may(world, SAM, "eligibility.view")

    def test_all_managers_the_payer_and_every_listener_are_told(self, clinic_at_night: World) -> None:
        """G13: loud. The reason is in none of it: people write about patients."""
        world = clinic_at_night
        object.__setattr__(world.context.settings, "payer_mail", "emergencies@payer.example")
        begin(world)
        mails = [mail for mail in world.mails() if "Emergency access" in mail.subject]
        assert {mail.recipient for mail in mails} == {
            f"{MEG}@lakeside.example",
            f"{MAX}@lakeside.example",
            "emergencies@payer.example",
        }
        [started] = world.published("emergency.started")
        assert (started.data["account_id"], started.data["functions"]) == (SAM, ["clinical.view"])
        assert REASON not in f"{mails}{started.data}"
        assert world.published("membership.changed")[-1].data["function_ends"] == {
            "clinical.view": "2026-11-23T16:00:00Z"
        }

    @pytest.mark.parametrize(
        ("claims", "status"),
        [
            ({"acr": "urn:gatehouse:acr:1"}, 401),
            ({"auth_time": int((MONDAY - timedelta(minutes=11)).timestamp())}, 401),
            ({"restricted_until": int((MONDAY + timedelta(hours=1)).timestamp())}, 403),
        ],
        ids=["one factor", "old", "held back"],
    )
    def test_it_takes_two_factors_proved_just_now(
        self, clinic_at_night: World, claims: dict[str, Any], status: int
    ) -> None:
        """G13: step-up; a way that was bound after a recovery is not enough (threat 24)."""
        assert begin(clinic_at_night, **claims).status_code == status
        assert clinic_at_night.published("emergency.started") == []

    @pytest.mark.parametrize("reason", ["", "short", "patient 123-45-6789 waits for it", "x" * 501])
    def test_it_takes_a_reason(self, clinic_at_night: World, reason: str) -> None:
        """G13: in words, without a number that looks like a TIN."""
        assert begin(clinic_at_night, reason=reason).status_code == 422

    def test_only_what_is_listed_and_lacking(self, clinic_at_night: World) -> None:
        """Nothing beyond the list; nothing that one has anyway."""
        assert begin(clinic_at_night, SAM, "payment.manage").json()["type"] == "/problems/emergency-not-listed"
        allow(clinic_at_night, "eligibility.view")
        assert begin(clinic_at_night, SAM, "eligibility.view").json()["type"] == "/problems/emergency-held"

    def test_it_decides_nothing_about_anybody(self, clinic_at_night: World) -> None:
        """M10: it cannot be used to change entitlements, one's own or others'."""
        begin(clinic_at_night)
        assert allow(clinic_at_night, "payment.manage", who=SAM).status_code == 404
        assert clinic_at_night.api(subject=SAM).get(f"{BASE}/members").status_code == 404
        members = clinic_at_night.api().get(f"{BASE}/members").json()["members"]
        assert next(each for each in members if each["account_id"] == SAM)["role"] == "member"

    def test_who_is_no_active_member_finds_nothing(self, clinic_at_night: World) -> None:
        """Pending, foreign, removed and over: 404 alike, and nobody is told."""
        world = clinic_at_night
        world.seed(clinic(manager("acc_olga", "Olga Owner"), id=OTHER))
        world.tell("user.registered", "registration", "app_1", **asks())
        assert begin(world, PAT).status_code == begin(world, "acc_olga").status_code == 404
        path = next(
            e["membership_id"] for e in world.api().get(f"{BASE}/members").json()["members"] if e["account_id"] == SAM
        )
        world.api().post(f"{BASE}/members/{path}/removal", json={"reason": "left"})
        assert begin(world).status_code == 404
        assert world.published("emergency.started") == []

    def test_a_program_takes_up_nothing(self, clinic_at_night: World) -> None:
        """It holds no functions."""
        body = {"organization_id": CLINIC, "functions": ["clinical.view"], "reason": REASON}
        assert clinic_at_night.api().post("/api/access/v1/me/emergencies", json=body).status_code == 403

    def test_a_companys_people_have_none(self, world: World) -> None:
        """Who comes through a link has what the link gives, in an emergency too."""
        both = Partnership.seeded(world)
        both.send(both.connected())
        allow(world, "clinical.view")
        assert begin(world, BEN).json()["type"] == "/problems/emergency-partner"


class TestEndingAndReview:
    """It is over soon, and somebody else looks at it before the next time."""

    def test_the_next_use_waits_for_the_review(self, clinic_at_night: World) -> None:
        """G13: refused while it runs and after it ended, permitted once a manager reviewed it."""
        world = clinic_at_night
        first = begin(world).json()["emergency_id"]
        assert begin(world, SAM, "claims.submit").json()["type"] == "/problems/emergency-unreviewed"
        assert review(world, first).json()["type"] == "/problems/emergency-runs"
        world.clock.freeze(MONDAY + timedelta(hours=2))
        assert begin(world).json()["type"] == "/problems/emergency-unreviewed"
        assert review(world, first).json()["finding"] == "in_order"
        assert review(world, first, MAX).json()["type"] == "/problems/emergency-reviewed"
        assert begin(world).status_code == 201

    def test_nobody_reviews_their_own(self, clinic_at_night: World) -> None:
        """A manager's own use is another manager's to review; where there is none, the desk's program does it."""
        world = clinic_at_night
        used = begin(world, MEG).json()["emergency_id"]
        world.clock.freeze(MONDAY + timedelta(hours=2))
        assert review(world, used).status_code == 403
        assert review(world, used, SAM).status_code == 404
        assert review(world, used, None).status_code == 200

    @pytest.mark.parametrize("who", [SAM, MEG])
    def test_it_can_be_ended_early(self, clinic_at_night: World, who: str) -> None:
        """By the member and by a manager; denied at once; once."""
        world = clinic_at_night
        used = begin(world).json()["emergency_id"]
        path = f"/api/access/v1/me/emergencies/{used}/ending" if who == SAM else f"{BASE}/emergencies/{used}/ending"
        assert world.api(subject=who).post(path).status_code == 200
        assert not may(world, SAM, "clinical.view")
        assert world.api(subject=who).post(path).json()["type"] == "/problems/emergency-over"
        [ended] = world.published("emergency.ended")
        assert ended.data["how"] == ("member" if who == SAM else "manager")
        assert world.api(subject=MAX).post(f"/api/access/v1/me/emergencies/{used}/ending").status_code == 404

    def test_a_job_tells_the_end_and_tidies_once(self, clinic_at_night: World) -> None:
        """The row is what it was before; told with the instant it ended, not when the job ran."""
        world = clinic_at_night
        begin(world)
        world.clock.freeze(MONDAY + timedelta(hours=3))
        job = next(each for each in world.context.service.jobs if each.name == "emergency-ends")
        assert (job.run(world.context), job.run(world.context)) == (1, 0)
        [ended] = world.published("emergency.ended")
        assert (ended.data["ended_at"], ended.data["how"]) == ("2026-11-23T16:00:00Z", "time")
        changed = world.published("membership.changed")[-1].data
        assert "clinical.view" not in changed["functions"] and changed["function_ends"] == {}  # type: ignore[operator]

    def test_what_was_given_for_good_meanwhile_stays(self, clinic_at_night: World) -> None:
        """A manager gives the same function by approving a request to join; the emergency's end takes nothing of it."""
        world = clinic_at_night
        used = begin(world).json()["emergency_id"]
        world.tell("user.registered", "registration", "app_2", **asks(SAM, "app_2", functions=["clinical.view"]))
        approval = world.published("approval.required")[-1].data["approval_id"]
        answer = world.api(subject=MEG).post(f"{BASE}/approvals/{approval}/decision", json={"outcome": "approve"})
        assert answer.status_code == 200, answer.text
        act(world, used, "ending")
        assert may(world, SAM, "clinical.view")

    def test_saving_the_persons_page_does_not_keep_it(self, clinic_at_night: World) -> None:
        """Whoever saves all ticked tasks during an emergency gives nothing for good by accident."""
        world = clinic_at_night
        begin(world)
        found = next(e for e in world.api().get(f"{BASE}/members").json()["members"] if e["account_id"] == SAM)
        body = {"functions": found["functions"]}
        path = f"{BASE}/members/{found['membership_id']}"
        assert world.api(subject=MEG).put(path, json=body, headers={"If-Match": "*"}).status_code == 200
        world.clock.freeze(MONDAY + timedelta(hours=1))
        assert not may(world, SAM, "clinical.view")

    def test_other_organizations_see_nothing_of_it(self, clinic_at_night: World) -> None:
        """404 for a foreign manager and a plain member, by every path (threat 35)."""
        world = clinic_at_night
        used = begin(world).json()["emergency_id"]
        world.seed(clinic(manager("acc_olga", "Olga Owner"), id=OTHER))
        for who in ("acc_olga", SAM):
            api = world.api(subject=who)
            for method, path in (("GET", "emergencies"), ("GET", f"emergencies/{used}"), ("GET", "emergency-list")):
                assert api.request(method, f"{BASE}/{path}").status_code == 404
            assert act(world, used, "ending", who).status_code == review(world, used, who).status_code == 404
        foreign = BASE.replace(CLINIC, OTHER)
        assert world.api(subject="acc_olga").get(f"{foreign}/emergencies/{used}").status_code == 404
        assert may(world, SAM, "clinical.view")
