"""G12: a billing company works for a practice. Both agree, what is given is the most there ever is, and it can end."""

from datetime import timedelta
from typing import Any

import pytest

from tests.service.access_manager.partnership import BEA, BEN, BILLING, BO, Partnership, company
from tests.service.access_manager.world import CLINIC, MEG, MONDAY, OTHER, SAM, World, clinic, manager, member


@pytest.fixture
def both(world: World) -> Partnership:
    """The clinic and the company, not connected."""
    return Partnership.seeded(world)


@pytest.fixture
def link(both: Partnership) -> str:
    """The same, connected."""
    return both.connected()


class TestComingTogether:
    """Two sides, found by a code that one of them reads to the other."""

    def test_nothing_is_given_until_the_other_side_agrees(self, both: Partnership) -> None:
        """G12: proposed by the practice, accepted by the company; then, and not before, people can be sent."""
        proposed = both.propose()
        assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed")
        link = proposed.json()["link_id"]
        assert both.send(link).json()["type"] == "/problems/partner-over"
        assert both.answer(link).json()["state"] == "active"
        assert both.send(link).status_code == 200
        assert both.may(BEN, "claims.submit")

    def test_the_company_may_ask_first(self, both: Partnership) -> None:
        """The other way round: it asks with the practice's code, and the practice accepts."""
        asked = both.propose(BEA, BILLING, side="company")
        assert asked.json()["side"] == "company"
        assert both.answer(asked.json()["link_id"], who=MEG, organization=CLINIC).json()["side"] == "provider"

    def test_who_asked_does_not_answer(self, both: Partnership) -> None:
        """Neither side answers for the other, nor does a person who manages both."""
        link = both.propose().json()["link_id"]
        assert both.answer(link, who=MEG, organization=CLINIC).json()["type"] == "/problems/partner-other-side"
        both.world.seed(company(manager(MEG, "Meg Manager", ())))
        assert both.answer(link, who=MEG).status_code == 403
        assert both.answer(link, who=BO).status_code == 200

    def test_the_first_answer_counts(self, both: Partnership) -> None:
        """Declined is declined; a withdrawn proposal cannot be accepted."""
        link = both.propose().json()["link_id"]
        assert both.answer(link, "decline").json()["state"] == "declined"
        assert both.answer(link).json()["type"] == "/problems/partner-over"
        again = both.propose().json()["link_id"]
        assert both.call(MEG, "POST", f"partners/{again}/withdrawal", CLINIC).json()["state"] == "withdrawn"
        assert both.answer(again).status_code == 409

    def test_a_code_nobody_has_tells_nothing(self, both: Partnership) -> None:
        """Wrong, replaced and taken away read alike: nobody can look who there is (threat 26)."""
        old = both.code()
        both.code()
        dropped = both.code(CLINIC)
        both.call(None, "DELETE", "connect-code", CLINIC)
        answers = [both.propose(connect_code=code) for code in ("0000-0000-0000", old, dropped, "org_billing")]
        assert {answer.status_code for answer in answers} == {422}
        assert len({answer.json()["detail"] for answer in answers}) == 1

    def test_a_code_is_read_as_people_write_it_down(self, both: Partnership) -> None:
        """Small letters, spaces, O for zero and I for one."""
        spoken = both.code().lower().replace("-", " ").replace("0", "O").replace("1", "I")
        assert both.propose(connect_code=spoken).status_code == 201

    @pytest.mark.parametrize(
        ("changes", "status", "slug"),
        [
            ({"functions": ["everything"]}, 422, "unknown-function"),
            ({"ends_at": "2026-11-23T14:00:00Z"}, 422, "end-in-the-past"),
            ({"functions": []}, 422, "validation"),
            ({"role": "manager"}, 422, "validation"),
        ],
        ids=["unknown", "past", "nothing", "undeclared"],
    )
    def test_what_cannot_be_given_is_refused(
        self, both: Partnership, changes: dict[str, Any], status: int, slug: str
    ) -> None:
        """Nothing is proposed then."""
        answer = both.propose(**changes)
        assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
        assert both.call(MEG, "GET", "partners", CLINIC).json()["partners"] == []

    def test_a_practice_gives_only_what_it_may_hold(self, world: World) -> None:
        """Contracted-only functions never go through a practice without a contract."""
        world.seed(clinic(manager(), contracted=False), company(manager(BEA, "Bea Billing", ())))
        both = Partnership(world)
        refused = both.propose(functions=["claims.submit", "demographics.update"])
        assert refused.json()["type"] == "/problems/contracted-only"
        assert refused.json()["functions"] == ["demographics.update"]

    def test_only_companies_work_for_others_and_none_for_itself(self, both: Partnership) -> None:
        """A practice is no billing company; twice the same pair is refused."""
        both.world.seed(clinic(manager("acc_olga", "Olga Owner"), id=OTHER))
        assert both.propose(connect_code=both.code(OTHER)).json()["type"] == "/problems/partner-kind"
        assert both.propose(connect_code=both.code(CLINIC)).json()["type"] == "/problems/partner-kind"
        both.connected()
        assert both.propose().json()["type"] == "/problems/partner-already"

    def test_the_other_side_is_written_to(self, both: Partnership) -> None:
        """Every manager who has to answer gets a mail that only opens the page; then the asking side learns it."""
        link = both.connected()
        told = {(mail.recipient, mail.subject) for mail in both.world.mails()}
        for account in (BEA, BO):
            assert (f"{account}@lakeside.example", "Lakeside Family Practice proposes a connection") in told
        assert (f"{MEG}@lakeside.example", "Billwell Billing agreed to the connection") in told
        assert all(f"/manage/partners/{link}" in mail.body for mail in both.world.mails())


class TestSending:
    """The company says who does the work, within what it was given."""

    def test_the_managers_of_the_practice_see_who_came(self, both: Partnership, link: str) -> None:
        """As a member who is no manager, by name, in their history too."""
        both.send(link, functions=("claims.submit",))
        ben = both.members()[BEN]
        assert (ben["role"], ben["functions"], ben["display_name"]) == ("member", ["claims.submit"], "Ben Biller")
        [seen] = both.call(MEG, "GET", f"partners/{link}/staff", CLINIC).json()["staff"]
        assert seen["account_id"] == BEN
        told = both.world.published("membership.granted")[-1].data
        assert (told["account_id"], told["organization"]["id"]) == (BEN, CLINIC)  # type: ignore[index]

    def test_no_more_than_the_link_holds(self, both: Partnership, link: str) -> None:
        """A function beyond it is refused, whoever asks, a program too."""
        for who in (BEA, None):
            refused = both.send(link, who=who, functions=("claims.submit", "precert.submit"))
            assert (refused.status_code, refused.json()["type"]) == (409, "/problems/partner-beyond")
        assert BEN not in both.members()

    def test_g10_sent_once_more_what_a_review_lets_lapse_lapses_all_the_same(self, both: Partnership) -> None:
        """The practice decides who still needs it; its company does not free anybody of the due date."""
        link = both.connected()
        assert both.send(link).status_code == 200
        due = MONDAY + timedelta(days=14)
        assert both.call(MEG, "POST", "reviews", CLINIC, {"due_at": due.isoformat()}).status_code == 201
        assert both.send(link).status_code == 200
        assert both.may(BEN, "claims.submit")
        both.world.clock.freeze(due)
        assert both.why_not(BEN, "claims.submit") == "grant_expired"

    def test_it_ends_with_whatever_ends_first(self, both: Partnership) -> None:
        """The asked end, the link's, and the person's own at the company; a permit names it."""
        link = both.connected(ends_at=(MONDAY + timedelta(hours=5)).isoformat())
        assert both.send(link, ends_at=MONDAY + timedelta(hours=9)).json()["ends_at"] == "2026-11-23T20:00:00Z"
        assert both.send(link, ends_at=MONDAY + timedelta(hours=1)).json()["ends_at"] == "2026-11-23T16:00:00Z"
        own = {"functions": [], "ends_at": (MONDAY + timedelta(hours=2)).isoformat()}
        path = f"members/{both.membership(BEN)}"
        assert both.call(BEA, "PUT", path, BILLING, own, **{"If-Match": "*"}).status_code == 200
        assert both.send(link).json()["ends_at"] == "2026-11-23T17:00:00Z"
        assert both.world.evaluate(BEN, "claims.submit")["context"]["valid_until"] == "2026-11-23T17:00:00Z"
        both.world.clock.freeze(MONDAY + timedelta(hours=2))
        assert both.why_not(BEN, "claims.submit") == "grant_expired"

    def test_an_earlier_end_at_the_company_is_an_earlier_end_everywhere(self, both: Partnership, link: str) -> None:
        """In the transaction that writes it."""
        both.send(link)
        own = {"functions": [], "ends_at": (MONDAY + timedelta(hours=2)).isoformat()}
        both.call(BEA, "PUT", f"members/{both.membership(BEN)}", BILLING, own, **{"If-Match": "*"})
        assert both.members()[BEN]["ends_at"] == "2026-11-23T17:00:00Z"

    def test_a_member_of_the_practice_is_not_sent_to_it(self, both: Partnership, link: str) -> None:
        """Sam works for both; what Sam may do at the practice its own managers say."""
        both.world.seed(company(member(SAM, "Sam Staff", ())))
        refused = both.send(link, SAM)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/partner-member")
        assert both.members()[SAM]["functions"] == [
            "eligibility.view",
            "claims.status.view",
            "precert.view",
            "precert.submit",
        ]

    def test_nobody_adds_to_their_own_access_while_a_colleague_could(self, both: Partnership, link: str) -> None:
        """The sole manager of a small company may: the practice decided how much that is."""
        assert both.send(link, BEA, who=BEA).json()["type"] == "/problems/self-raise"
        assert both.send(link, BEA, who=BO).status_code == 200
        assert both.call(BO, "DELETE", f"managers/{both.membership(BO)}", BILLING).status_code == 200
        both.send(link, BEA, who=BEA)
        assert both.may(BEA, "claims.submit")

    def test_what_comes_through_a_company_is_never_handed_on(self, both: Partnership, link: str) -> None:
        """G12: no manager's seat, no functions from the side, no way to a third organization (threat 36)."""
        both.send(link)
        path = both.membership(BEN, CLINIC)
        assert both.call(None, "PUT", f"managers/{path}", CLINIC).json()["type"] == "/problems/through-connection"
        more = both.call(MEG, "PUT", f"members/{path}", CLINIC, {"functions": ["payment.manage"]}, **{"If-Match": "*"})
        assert more.json()["type"] == "/problems/through-connection"
        # Ben acts for nobody at the clinic, and Bea has no say there.
        for who in (BEN, BEA):
            assert both.propose(who, connect_code=both.code()).status_code == 404

    def test_a_companys_own_partner_is_not_sent_further(self, both: Partnership, link: str) -> None:
        """Another company works for Billwell; its people are Billwell's members through a link, and stay there."""
        vendor = "org_vendor"
        both.world.seed(
            company(
                manager("acc_vic", "Vic", ()), member("acc_val", "Val", ()), id=vendor, name="Vendor", kind="vendor"
            )
        )
        inner = both.propose(BEA, BILLING, connect_code=both.code(vendor)).json()["link_id"]
        both.answer(inner, who="acc_vic", organization=vendor)
        body = {"functions": ["claims.submit"]}
        val = both.membership("acc_val", vendor)
        assert both.call("acc_vic", "PUT", f"partners/{inner}/staff/{val}", vendor, body).status_code == 200
        refused = both.send(link, "acc_val")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/partner-own-staff")
        assert "acc_val" not in both.members()

    def test_a_direct_grant_takes_the_place_of_what_came_through(self, both: Partnership, link: str) -> None:
        """Whom the practice takes on itself has what it gave, and keeps that when the company goes."""
        both.send(link)
        case = {"case_id": "case_9", "application_id": "app_9", "account_id": BEN, "outcome": "seated"}
        organization = {"id": CLINIC, "name": "Lakeside", "kind": "practice", "contracted": True, "tin_last4": "1234"}
        person = {"display_name": "Ben Biller", "email": "ben@lakeside.example", "mobile": None}
        told = {**case, "organization": organization, "person": person, "functions": ["remittance.view"]}
        both.world.tell("vetting.completed", "registration", "case_9", **told)
        assert both.members()[BEN]["functions"] == ["remittance.view"]
        both.end(link)
        assert both.may(BEN, "remittance.view") and not both.may(BEN, "claims.submit")
