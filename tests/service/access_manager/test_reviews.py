"""Access reviews: a frozen population, one decision for each, by others than oneself (G10)."""

from datetime import datetime, timedelta

import pytest

from access_manager.memberships.models import Membership
from access_manager.reviews import lapsing
from tests.service.access_manager.reviewing import (
    BASE,
    DUE,
    MAX,
    REVIEWS,
    TOM,
    actions,
    at,
    decide,
    ids,
    items,
    opened,
    practice,
    shown,
    text,
)
from tests.service.access_manager.world import FRONT_DESK, MEG, MONDAY, OTHER, SAM, World, clinic, manager, member


@pytest.fixture
def office(world: World) -> World:
    """A practice with two managers and two members, everything open."""
    return practice(world)


class TestOpening:
    """The population is what it was at that instant."""

    def test_a_grant_added_later_is_not_in_it(self, office: World) -> None:
        """G10: who is added after the opening is not listed and does not lapse; nor does a task given later."""
        review = opened(office)
        office.seed(clinic(member("acc_new", "Nell New")))
        sam = ids(office)[SAM]
        version = office.api().get(f"{BASE}/members/{sam}").json()["version"]
        more = {"functions": [*FRONT_DESK, "claims.submit"], "ends_at": None}
        put = office.api().put(f"{BASE}/members/{sam}", json=more, headers={"If-Match": f'"{version}"'})
        assert put.status_code == 200
        assert set(items(office, review)) == {MEG, MAX, SAM, TOM}
        at(office, DUE)
        assert office.evaluate("acc_new", "eligibility.view")["decision"]
        assert office.evaluate(SAM, "claims.submit")["decision"]
        assert not office.evaluate(SAM, "eligibility.view")["decision"]

    def test_rows_say_what_was_held_and_when_the_person_was_last_seen(self, office: World) -> None:
        """Role, functions, end and last sign-in as they were; a later sign-in does not change the list."""
        office.tell("session.started", "identity", "ses_1", **signed_in(SAM, MONDAY - timedelta(days=3)))
        review = opened(office)
        office.tell("session.started", "identity", "ses_2", **signed_in(SAM, MONDAY + timedelta(hours=1)))
        row = items(office, review)[SAM]
        assert (row["role"], row["functions"]) == ("member", list(FRONT_DESK))
        assert row["last_seen_at"].startswith("2026-11-20T15:00:00")
        assert items(office, review)[MEG]["role"] == "manager"

    def test_whoever_changed_since_is_shown_as_changed(self, office: World) -> None:
        """Another set of tasks now than on the list; whose access was removed is gone and needs no decision."""
        review = opened(office)
        sam, tom = ids(office)[SAM], ids(office)[TOM]
        assert office.api(subject=MEG).post(f"{BASE}/members/{tom}/removal", json={}).status_code == 200
        tag = {"If-Match": "*"}
        less = {"functions": ["eligibility.view"], "ends_at": None}
        assert office.api(subject=MEG).put(f"{BASE}/members/{sam}", json=less, headers=tag).status_code == 200
        rows = items(office, review)
        assert (rows[SAM]["changed"], rows[TOM]["gone"], rows[MAX]["changed"]) == (True, True, False)
        assert shown(office, review)["decisions"]["undecided"] == 3

    def test_one_review_at_a_time(self, office: World) -> None:
        """A second one is refused while one is open."""
        opened(office)
        again = office.api(subject=MAX).post(REVIEWS, json={"due_at": text(DUE)})
        assert (again.status_code, again.json()["type"].rsplit("/", 1)[-1]) == (409, "review-open")

    @pytest.mark.parametrize("days", [-1, 2, 91])
    def test_the_last_day_is_near_and_not_too_near(self, office: World, days: int) -> None:
        """Three days to ninety."""
        answer = office.api(subject=MEG).post(REVIEWS, json={"due_at": text(MONDAY + timedelta(days=days))})
        assert answer.status_code == 422
        assert office.published("review.opened") == []

    def test_opening_is_told(self, office: World) -> None:
        """To every manager by mail, to those who listen as an event, and to the history."""
        review = opened(office)
        told = [mail for mail in office.mails() if mail.subject.startswith("Who still needs access")]
        assert sorted(mail.recipient for mail in told) == ["acc_max@lakeside.example", "acc_meg@lakeside.example"]
        assert f"/manage/reviews/{review}" in told[0].body
        event = office.published("review.opened")[0]
        assert (event.data["people"], event.data["due_at"]) == (4, text(DUE))
        assert actions(office, "review.") == ["review.opened"]

    def test_a_large_organization_is_marked_by_the_worker(self, world: World) -> None:
        """The first few hundred carry the due date at once, the rest within minutes, each once."""
        crowd = [member(f"acc_{n:03}", f"Person {n:03}", ("eligibility.view",)) for n in range(230)]
        world.seed(clinic(manager(), manager(MAX, "Max Manager"), *crowd))
        world.availability.open(*FRONT_DESK)
        review = opened(world)
        ending = "Person 229"
        assert shown(world, review)["people"] == 232
        assert lapsing.mark_waiting(world.context) == 32
        assert lapsing.mark_waiting(world.context) == 0
        at(world, DUE - timedelta(seconds=1))
        assert world.evaluate("acc_229", "eligibility.view")["decision"], ending
        at(world, DUE)
        assert not world.evaluate("acc_229", "eligibility.view")["decision"]


class TestDeciding:
    """Item by item, effective at once, recorded with who and when."""

    def test_what_is_kept_goes_on_after_the_last_day(self, office: World) -> None:
        """G10: confirming takes the due date away; who decided and when stands in the row and in the history."""
        review = opened(office)
        at(office, MONDAY + timedelta(days=1))
        kept = decide(office, review, SAM, "keep").json()
        assert (kept["decision"], kept["decided_by"], kept["decided_by_name"]) == ("keep", MEG, "Meg Manager")
        assert kept["decided_at"].startswith("2026-11-24T15:00:00")
        at(office, DUE + timedelta(days=1))
        lapsing.work_on_reviews(office.context)
        assert office.evaluate(SAM, "eligibility.view")["decision"]
        assert "review.decided" in actions(office, "review.")

    def test_whoever_is_removed_loses_access_at_once(self, office: World) -> None:
        """Not on the last day."""
        review = opened(office)
        row = decide(office, review, TOM, "remove").json()
        assert not office.evaluate(TOM, "eligibility.view")["decision"]
        assert sorted(row["ended"]) == ["claims.status.view", "eligibility.view"]
        assert office.published("membership.removed")[-1].data["account_id"] == TOM

    def test_fewer_functions_may_be_kept(self, office: World) -> None:
        """The others end at once; what stays has no end any more."""
        review = opened(office)
        row = decide(office, review, SAM, "fewer", functions=["eligibility.view", "precert.view"]).json()
        assert row["kept"] == ["eligibility.view", "precert.view"]
        assert not office.evaluate(SAM, "claims.status.view")["decision"]
        at(office, DUE + timedelta(days=1))
        assert office.evaluate(SAM, "eligibility.view")["decision"]

    def test_none_left_is_not_fewer(self, office: World) -> None:
        """Nor can a review give what was not held."""
        review = opened(office)
        assert decide(office, review, TOM, "fewer", functions=["claims.submit"]).status_code == 422

    def test_nobody_certifies_themself(self, office: World) -> None:
        """G10, threat 36: a reviewer's own row waits for another manager."""
        review = opened(office)
        own = decide(office, review, MEG, "keep", by=MEG)
        assert (own.status_code, own.json()["type"].rsplit("/", 1)[-1]) == (403, "self-review")
        assert items(office, review)[MEG]["decision"] is None
        assert decide(office, review, MEG, "keep", by=MAX).status_code == 200

    def test_a_second_decision_is_told_who_was_first(self, office: World) -> None:
        """The first decision is the only one; the same again by the same person changes nothing."""
        review = opened(office)
        assert decide(office, review, SAM, "keep", by=MEG).status_code == 200
        assert decide(office, review, SAM, "keep", by=MEG).status_code == 200
        late = decide(office, review, SAM, "remove", by=MAX)
        assert (late.status_code, late.json()["decided_by_name"]) == (409, "Meg Manager")
        assert office.evaluate(SAM, "eligibility.view")["decision"]
        assert actions(office, "review.").count("review.decided") == 1

    def test_a_function_that_ends_earlier_still_ends_then(self, office: World) -> None:
        """Confirming gives back what was there before, not more."""
        with office.context.transaction() as work:
            from_row = work.session.get_one(Membership, ids(office)[SAM])
            from_row.function_ends = {"precert.view": text(MONDAY + timedelta(days=2))}
        review = opened(office)
        decide(office, review, SAM, "keep")
        at(office, MONDAY + timedelta(days=2))
        assert not office.evaluate(SAM, "precert.view")["decision"]
        assert office.evaluate(SAM, "eligibility.view")["decision"]

    @pytest.mark.parametrize("by", [SAM, "acc_stranger"])
    def test_only_managers_decide(self, office: World, by: str) -> None:
        """Members and strangers get 404 of every door, and nothing moves."""
        review = opened(office)
        path = f"{REVIEWS}/{review}"
        mine = office.api(subject=by)
        calls = [mine.get(path), mine.get(f"{path}/items"), mine.get(f"{path}/evidence"), mine.post(f"{path}/closing")]
        calls += [
            mine.get(REVIEWS),
            mine.post(REVIEWS, json={"due_at": text(DUE)}),
            decide(office, review, TOM, "keep", by),
        ]
        assert {answer.status_code for answer in calls} == {404}

    def test_a_review_of_others_is_not_there(self, office: World) -> None:
        """Nor through one's own organization (threat 35)."""
        office.seed(clinic(manager("acc_oda", "Oda Other"), id=OTHER))
        review = opened(office)
        theirs = office.api(subject="acc_oda").get(f"/api/access/v1/organizations/{OTHER}/reviews/{review}")
        assert theirs.status_code == 404


def signed_in(account: str, started: datetime) -> dict[str, object]:
    """The data of `session.started`."""
    facts = {"session_id": f"ses_{account}", "account_id": account, "acr": "urn:gatehouse:acr:2", "amr": ["pwd"]}
    return {**facts, "started_at": started}


class TestLines:
    """A manager of some lines of business (G2)."""

    def test_sees_and_decides_only_within_them(self, office: World) -> None:
        """Others' rows are not there; what names everybody is for managers of all lines."""
        limited(office, MAX, ["dental"])
        limited(office, SAM, ["dental"])
        review = opened(office)
        mine = office.api(subject=MAX)
        assert [each["account_id"] for each in mine.get(f"{REVIEWS}/{review}/items").json()["items"]] == [MAX, SAM]
        assert decide(office, review, SAM, "keep", MAX).status_code == 200
        assert decide(office, review, TOM, "keep", MAX).status_code == 404
        assert mine.get(f"{REVIEWS}/{review}/evidence").status_code == 403
        assert mine.post(f"{REVIEWS}/{review}/closing").status_code == 403
        assert mine.put(f"{BASE}/review-schedule", json={"quarterly": True}).status_code == 403
        browser = office.browser(MAX, name="Max Manager")
        browser.open(f"/manage/reviews/{review}")
        assert "Tom Temp" not in browser.text
        browser.open(f"/manage/reviews/{review}/people/{items(office, review)[TOM]['membership_id']}")
        assert browser.answer.status_code == 404


def limited(world: World, account: str, lines: list[str]) -> None:
    """Limit somebody to lines of business."""
    with world.context.transaction() as work:
        work.session.get_one(Membership, ids(world)[account]).lines = lines
