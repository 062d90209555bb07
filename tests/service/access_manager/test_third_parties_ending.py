"""G12: what goes through a link ends with it, at once and for everybody, and nobody else sees anything of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from access_manager.memberships import pausing
from access_manager.memberships.models import Membership
from access_manager.organizations import service as organizations
from tests.service.access_manager.partnership import BEA, BEN, BILLING, BO, GIVEN, Partnership
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, OTHER, SAM, World, clinic, manager


@pytest.fixture
def both(world: World) -> Partnership:
    """The clinic and the company, not connected."""
    return Partnership.seeded(world)


@pytest.fixture
def link(both: Partnership) -> str:
    """The same, connected."""
    return both.connected()


class TestEnding:
    """The practice can take it all back at any moment, and so can the company."""

    def test_the_moment_the_link_ends_nobody_comes_through_it(self, both: Partnership, link: str) -> None:
        """G12: the next decision denies; events and audit name every person (threat 53)."""
        both.send(link)
        both.send(link, BO)
        assert both.may(BEN, "claims.submit") and both.may(BO, "claims.submit")
        before = len(both.world.published("membership.removed"))
        assert both.end(link).json()["state"] == "ended"
        assert both.why_not(BEN, "claims.submit") == both.why_not(BO, "claims.submit") == "no_membership"
        removed = both.world.published("membership.removed")[before:]
        assert {event.data["account_id"] for event in removed} == {BEN, BO}
        assert both.end(link).status_code == 409 and both.send(link).status_code == 409

    def test_the_company_may_give_it_up(self, both: Partnership, link: str) -> None:
        """From its own side, with the same effect."""
        both.send(link)
        assert both.end(link, BEA, BILLING).json()["state"] == "ended"
        assert not both.may(BEN, "claims.submit")

    def test_made_smaller_it_is_smaller_for_everybody(self, both: Partnership, link: str) -> None:
        """Each keeps what is in both; who has nothing left is gone; a later end or more tasks are refused."""
        both.send(link, functions=("claims.submit", "remittance.view"))
        both.send(link, BO, functions=("eligibility.view",))
        ends_at = MONDAY + timedelta(hours=3)
        assert both.narrow(link, "remittance.view", "claims.status.view", ends_at=ends_at).status_code == 200
        assert both.members()[BEN]["functions"] == ["remittance.view"]
        assert both.members()[BEN]["ends_at"] == "2026-11-23T18:00:00Z"
        assert BO not in both.members()
        for wider in (both.narrow(link, "claims.submit", ends_at=ends_at), both.narrow(link, "remittance.view")):
            assert wider.json()["type"] == "/problems/partner-narrower"
        assert both.send(link, functions=("claims.submit",)).json()["type"] == "/problems/partner-beyond"

    def test_only_the_practice_makes_it_smaller(self, both: Partnership, link: str) -> None:
        """And only with the version it read."""
        body = {"functions": ["claims.submit"], "ends_at": None}
        path = f"partners/{link}"
        assert (
            both.call(BEA, "PUT", path, BILLING, body, **{"If-Match": "*"}).json()["type"]
            == "/problems/partner-other-side"
        )
        assert both.call(MEG, "PUT", path, CLINIC, body, **{"If-Match": '"1"'}).status_code == 412
        assert both.call(MEG, "PUT", path, CLINIC, body).status_code == 428

    def test_whom_the_practice_takes_off_stays_off(self, both: Partnership, link: str) -> None:
        """One person goes, the others stay; the company cannot put them back."""
        both.send(link)
        both.send(link, BO)
        path = f"members/{both.membership(BEN, CLINIC)}/removal"
        assert both.call(MEG, "POST", path, CLINIC, {"reason": "concern"}).status_code == 200
        assert not both.may(BEN, "claims.submit") and both.may(BO, "claims.submit")
        assert both.send(link).json()["type"] == "/problems/partner-refused"

    def test_who_leaves_the_company_works_nowhere_through_it(self, both: Partnership, link: str) -> None:
        """In the same transaction: first the company's event, then the practice's."""
        both.send(link)
        path = f"members/{both.membership(BEN)}/removal"
        assert both.call(BEA, "POST", path, BILLING, {"reason": "left"}).status_code == 200
        assert both.why_not(BEN, "claims.submit") == "no_membership"
        gone = [event.data["organization"]["id"] for event in both.world.published("membership.removed")]  # type: ignore[index]
        assert gone[-2:] == [BILLING, CLINIC]

    def test_whoever_is_suspended_is_not_brought_back_by_the_company(self, both: Partnership, link: str) -> None:
        """Suspended at the practice: not sent anew; what was taken meanwhile is not there when they are resumed."""
        both.send(link)
        self.pause(both, CLINIC, pausing.suspend)
        assert both.send(link).json()["type"] == "/problems/partner-refused"
        both.narrow(link, "remittance.view")
        self.pause(both, CLINIC, pausing.resume)
        assert both.members()[BEN]["functions"] == ["remittance.view"]
        self.pause(both, CLINIC, pausing.suspend)
        both.end(link)
        assert BEN not in both.members()

    def test_whoever_is_suspended_at_the_company_works_nowhere_through_it(self, both: Partnership, link: str) -> None:
        """In the same transaction; resumed there, they have to be sent again."""
        both.send(link)
        self.pause(both, BILLING, pausing.suspend)
        assert both.why_not(BEN, "claims.submit") == "no_membership"
        assert both.send(link).json()["type"] == "/problems/partner-own-staff"
        self.pause(both, BILLING, pausing.resume)
        assert not both.may(BEN, "claims.submit") and both.send(link).is_success

    def pause(self, both: Partnership, organization: str, act: Callable[..., Membership]) -> None:
        """Suspend or resume Ben, as a sleeping account is: the system does it, and no page."""
        membership = both.membership(BEN, organization)
        with both.world.context.transaction() as work:
            place = organizations.hold(work, organization)
            act(work, place, work.session.get_one(Membership, membership), "dormant")

    def test_a_closed_account_works_nowhere(self, both: Partnership, link: str) -> None:
        """Neither at the company nor for the practice."""
        both.send(link)
        both.world.tell("account.closed", "identity", BEN, 9, account_id=BEN, status="closed", population="provider")
        assert BEN not in both.members() and BEN not in both.members(BILLING)

    def test_the_company_takes_a_person_off_and_sends_them_again(self, both: Partnership, link: str) -> None:
        """Its own choice, unlike the practice's."""
        both.send(link)
        path = f"partners/{link}/staff/{both.membership(BEN)}"
        assert both.call(BEA, "DELETE", path, BILLING).json()["functions"] == []
        assert not both.may(BEN, "claims.submit")
        assert both.call(BEA, "DELETE", path, BILLING).status_code == 404
        assert both.send(link).status_code == 200

    def test_a_link_ends_at_its_instant_and_a_job_only_tells(self, both: Partnership) -> None:
        """Denied from the instant on without anything running; then the rows are tidied once."""
        link = both.connected(ends_at=(MONDAY + timedelta(hours=2)).isoformat())
        both.send(link)
        both.world.clock.freeze(MONDAY + timedelta(hours=2))
        assert both.why_not(BEN, "claims.submit") == "grant_expired"
        assert both.send(link).status_code == 409
        job = next(each for each in both.world.context.service.jobs if each.name == "partner-ends")
        assert (job.run(both.world.context), job.run(both.world.context)) == (1, 0)
        assert both.call(MEG, "GET", f"partners/{link}", CLINIC).json()["state"] == "ended"
        assert BEN not in both.members()

    def test_a_new_link_takes_the_place_of_one_that_has_run_out(self, both: Partnership) -> None:
        """Also before the job came by."""
        both.connected(ends_at=(MONDAY + timedelta(hours=2)).isoformat())
        both.world.clock.freeze(MONDAY + timedelta(hours=3))
        assert both.send(both.connected()).status_code == 200


class TestStrangers:
    """Whoever is on neither side sees nothing."""

    def test_a_link_of_others_is_404(self, both: Partnership, link: str) -> None:
        """By every path, with every role, without a trace (threat 35)."""
        both.world.seed(clinic(manager("acc_olga", "Olga Owner"), id=OTHER))
        before = len(both.world.published())
        ben = both.membership(BEN)
        calls: tuple[tuple[str, str, Any], ...] = (
            ("GET", f"partners/{link}", None),
            ("PUT", f"partners/{link}", {"functions": ["claims.submit"], "ends_at": None}),
            ("POST", f"partners/{link}/decision", {"outcome": "accept"}),
            ("POST", f"partners/{link}/withdrawal", None),
            ("POST", f"partners/{link}/ending", None),
            ("GET", f"partners/{link}/staff", None),
            ("PUT", f"partners/{link}/staff/{ben}", {"functions": ["claims.submit"]}),
            ("DELETE", f"partners/{link}/staff/{ben}", None),
        )
        for method, path, body in calls:
            for who, organization in (("acc_olga", OTHER), ("acc_olga", CLINIC), (SAM, CLINIC), (BEN, BILLING)):
                answer = both.call(who, method, path, organization, body, **{"If-Match": "*"})
                assert answer.status_code == 404, (method, path, who, answer.text)
                assert "Billwell" not in answer.text
        assert len(both.world.published()) == before

    def test_a_member_of_another_company_is_nobody_here(self, both: Partnership, link: str) -> None:
        """The membership in the path must be the company's own."""
        body = {"functions": ["claims.submit"]}
        sam = both.membership(SAM, CLINIC)
        assert both.call(BEA, "PUT", f"partners/{link}/staff/{sam}", BILLING, body).status_code == 404

    def test_only_the_company_sends(self, both: Partnership, link: str) -> None:
        """The practice says how much, not who."""
        body = {"functions": list(GIVEN)}
        path = f"partners/{link}/staff/{both.membership(SAM, CLINIC)}"
        assert both.call(MEG, "PUT", path, CLINIC, body).json()["type"] == "/problems/partner-other-side"
