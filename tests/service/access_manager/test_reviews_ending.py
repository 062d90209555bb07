"""Access reviews end: at an instant that needs no job, or early; and what is left is evidence (G10, M5)."""

from datetime import timedelta
from typing import Any

import pytest

from access_manager.people.models import Person
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
    everybody_decided,
    ids,
    items,
    opened,
    practice,
    shown,
    text,
)
from tests.service.access_manager.world import FRONT_DESK, MEG, MONDAY, SAM, World, clinic, manager, member


@pytest.fixture
def office(world: World) -> World:
    """A practice with two managers and two members, everything open."""
    return practice(world)


class TestLastDay:
    """What nobody confirmed ends by itself; the job announces and tidies."""

    def test_one_item_left_ends_at_the_due_instant_without_a_job(self, office: World) -> None:
        """G10, M14: allowed a second before, denied at the instant, and permits said so in `valid_until`."""
        review = opened(office)
        for account in (MAX, SAM):
            decide(office, review, account, "keep")
        before = office.evaluate(TOM, "eligibility.view")
        assert before["context"]["valid_until"] == text(DUE)
        at(office, DUE - timedelta(seconds=1))
        assert office.evaluate(TOM, "eligibility.view")["decision"]
        at(office, DUE)
        assert office.evaluate(TOM, "eligibility.view")["context"]["reason_code"] == "grant_expired"

    def test_the_worker_removes_what_ended_and_tells_the_person(self, office: World) -> None:
        """G10: removed with notice; the review closes, whoever was kept stays."""
        review = opened(office)
        for account, by in ((MAX, MEG), (MEG, MAX), (SAM, MEG)):
            decide(office, review, account, "keep", by)
        at(office, DUE)
        assert lapsing.lapse(office.context) == 2
        assert lapsing.lapse(office.context) == 0
        assert TOM not in ids(office)
        assert items(office, review)[TOM]["decision"] == "lapsed"
        assert items(office, review)[TOM]["enforced_at"].startswith("2026-12-07T15:00:00")
        mail = next(mail for mail in office.mails() if mail.subject.startswith("Your access to Lakeside"))
        assert mail.recipient == "acc_tom@lakeside.example"
        assert (shown(office, review)["state"], shown(office, review)["closed_how"]) == ("closed", "due")
        assert SAM in ids(office)

    def test_nobody_confirms_after_the_last_day(self, office: World) -> None:
        """Also before the worker has looked: access has ended, and a decision would be about the past."""
        review = opened(office)
        at(office, DUE)
        late = decide(office, review, SAM, "keep")
        assert (late.status_code, late.json()["type"].rsplit("/", 1)[-1]) == (409, "review-over")

    def test_time_takes_no_seat(self, office: World) -> None:
        """Unconfirmed managers lose their functions and stay managers: an organization always has one."""
        review = opened(office)
        at(office, DUE)
        lapsing.lapse(office.context)
        assert office.api().get(BASE).json()["manager_count"] == 2
        assert not office.evaluate(MEG, "eligibility.view")["decision"]
        assert items(office, review)[MEG]["decision"] == "lapsed"

    def test_the_only_manager_is_left_out_and_that_is_said(self, world: World) -> None:
        """G10: nobody else can certify them, so their functions go on, and the certificate names it."""
        world.seed(clinic(manager(), member()))
        world.availability.open(*FRONT_DESK)
        review = opened(world)
        assert items(world, review)[MEG]["decision"] == "exempt"
        at(world, DUE)
        lapsing.lapse(world.context)
        assert world.evaluate(MEG, "eligibility.view")["decision"]
        assert "review.exempted" in actions(world, "review.")

    def test_whoever_becomes_the_only_manager_meanwhile_is_left_out(self, office: World) -> None:
        """When the other one leaves before the last day, the due date goes from the one who stays."""
        review = opened(office)
        assert office.api().delete(f"{BASE}/managers/{ids(office)[MAX]}").status_code == 200
        at(office, MONDAY + timedelta(days=7))
        lapsing.remind(office.context)
        at(office, DUE)
        lapsing.lapse(office.context)
        assert items(office, review)[MEG]["decision"] == "exempt"
        assert office.evaluate(MEG, "eligibility.view")["decision"]

    def test_managers_are_reminded_half_way_and_two_business_days_before(self, office: World) -> None:
        """Each once; not when everybody is decided about."""
        opened(office)
        sent = []
        for instant in (7, 7.1, 10, 11, 13):
            at(office, MONDAY + timedelta(days=instant))
            lapsing.remind(office.context)
            sent.append(sum(mail.subject.startswith("Reminder: access") for mail in office.mails()))
        assert sent == [2, 2, 4, 4, 4]

    def test_nobody_is_reminded_of_what_is_decided(self, office: World) -> None:
        """A review without open rows is silent."""
        review = opened(office)
        for account, by in ((MAX, MEG), (MEG, MAX), (SAM, MEG), (TOM, MEG)):
            decide(office, review, account, "keep", by)
        at(office, MONDAY + timedelta(days=7))
        assert lapsing.remind(office.context) == 0


class TestClosing:
    """Early when everybody is decided about; then nothing changes any more."""

    def test_a_review_with_open_rows_is_not_closed(self, office: World) -> None:
        """It says so."""
        review = opened(office)
        early = office.api(subject=MEG).post(f"{REVIEWS}/{review}/closing")
        assert (early.status_code, early.json()["type"].rsplit("/", 1)[-1]) == (409, "review-undecided")

    def test_it_closes_once_everybody_is_decided_about(self, office: World) -> None:
        """Told once, with what was decided; closing again gives the same answer."""
        review = everybody_decided(office)
        first = office.api(subject=MEG).post(f"{REVIEWS}/{review}/closing").json()
        again = office.api(subject=MAX).post(f"{REVIEWS}/{review}/closing").json()
        assert (first["state"], first["closed_how"], again) == ("closed", "decided", first)
        told = office.published("review.closed")
        assert len(told) == 1
        numbers = {"keep": 2, "fewer": 1, "remove": 1, "lapsed": 0, "exempt": 0, "gone": 0}
        assert told[0].data["decisions"] == numbers


class TestEvidence:
    """What an auditor takes home."""

    def test_it_regenerates_byte_by_byte(self, office: World) -> None:
        """M5, G10: whatever happens afterwards (names, access, time), bytes and checksum are the same."""
        review = everybody_decided(office)
        office.api(subject=MEG).post(f"{REVIEWS}/{review}/closing")
        first = office.api(subject=MEG).get(f"{REVIEWS}/{review}/evidence")
        with office.context.transaction() as work:
            work.session.get_one(Person, SAM).display_name = "Sam Renamed"
        office.api(subject=MEG).post(f"{BASE}/members/{ids(office)[SAM]}/removal", json={})
        at(office, MONDAY + timedelta(days=400))
        later = office.api(subject=MEG).get(f"{REVIEWS}/{review}/evidence")
        assert first.content == later.content
        assert first.headers["ETag"].strip('"') == shown(office, review)["evidence_sha256"]

    def test_it_holds_population_decisions_reviewers_and_what_ended(self, office: World) -> None:
        """Every person of the list, who decided what and when, and the version of the membership that it made."""
        review = everybody_decided(office)
        office.api(subject=MEG).post(f"{REVIEWS}/{review}/closing")
        told = office.api(subject=MEG).get(f"{REVIEWS}/{review}/evidence").json()
        people = {each["account_id"]: each for each in told["population"]}
        assert set(people) == {MEG, MAX, SAM, TOM}
        assert (people[TOM]["decision"], people[TOM]["decided_by"]) == ("remove", MEG)
        removed = office.published("membership.removed")[-1]
        assert people[TOM]["enforced_version"] == removed.sequence
        assert told["review"]["organization_name"] == "Lakeside Family Practice"

    def test_every_revoke_leads_to_decisions_that_deny(self, office: World) -> None:
        """M5: each row names the version it made; the event of that version is there, and decisions since then deny."""
        review = opened(office)
        decide(office, review, MAX, "keep", MEG)
        decide(office, review, SAM, "fewer", MAX, functions=["eligibility.view"])
        decide(office, review, MEG, "keep", MAX)
        at(office, DUE)
        lapsing.lapse(office.context)
        told = office.api(subject=MEG).get(f"{REVIEWS}/{review}/evidence").json()
        revoked = [each for each in told["population"] if each["ended"]]
        assert {each["account_id"]: each["decision"] for each in revoked} == {SAM: "fewer", TOM: "lapsed"}
        for row in revoked:
            event = next(
                each
                for each in office.published("membership.changed", "membership.removed")
                if (each.subject, each.sequence) == (row["membership_id"], row["enforced_version"])
            )
            assert text(event.time) >= row["enforced_at"] >= row["decided_at"]
            for function in row["ended"]:
                later = office.evaluate(row["account_id"], function)
                assert not later["decision"], (row["account_id"], function)
                assert later["context"]["reason_code"] in {"function_not_granted", "no_membership"}
        assert office.evaluate(SAM, "eligibility.view")["decision"]

    def test_the_checksum_is_in_the_sealed_record(self, office: World) -> None:
        """M4: whoever rewrites a row of a closed review would have to rewrite the chain of the audit too."""
        review = everybody_decided(office)
        office.api(subject=MEG).post(f"{REVIEWS}/{review}/closing")
        entries = office.api().get(f"{BASE}/history").json()["entries"]
        sealed = next(each for each in entries if each["action"] == "review.closed")
        assert sealed["after"]["evidence_sha256"] == shown(office, review)["evidence_sha256"]

    def test_old_reviews_are_forgotten_after_six_years(self, office: World) -> None:
        """Not a day earlier (45 CFR 164.316(b)(2)(i))."""
        review = everybody_decided(office)
        office.api(subject=MEG).post(f"{REVIEWS}/{review}/closing")
        at(office, MONDAY + timedelta(days=6 * 365))
        assert lapsing.forget(office.context) == 0
        at(office, MONDAY + timedelta(days=6 * 365 + 3))
        assert lapsing.forget(office.context) == 1
        assert office.api().get(f"{REVIEWS}/{review}").status_code == 404


class TestSchedule:
    """Every three months by itself, where an organization wants it."""

    def test_a_review_opens_by_itself(self, office: World) -> None:
        """Three months later to the hour of the wall clock, with two weeks to decide; then again."""
        set_to(office, quarterly=True)
        at(office, MONDAY + timedelta(days=91))
        assert lapsing.open_due(office.context) == 0
        at(office, MONDAY + timedelta(days=92))
        assert lapsing.open_due(office.context) == 1
        found = office.api().get(REVIEWS).json()["reviews"]
        assert [(each["opened_by"], each["state"]) for each in found] == [("system", "open")]
        assert lapsing.open_due(office.context) == 0

    def test_it_can_be_switched_off(self, office: World) -> None:
        """Then none opens."""
        set_to(office, quarterly=True)
        assert set_to(office, quarterly=False) == {"quarterly": False, "next_at": None}
        at(office, MONDAY + timedelta(days=92))
        assert lapsing.open_due(office.context) == 0
        assert actions(office, "review.") == ["review.scheduled", "review.scheduled"]

    def test_none_opens_beside_one_that_is_open(self, office: World) -> None:
        """The schedule waits for its next turn."""
        set_to(office, quarterly=True)
        at(office, MONDAY + timedelta(days=90))
        opened(office, MONDAY + timedelta(days=120))
        at(office, MONDAY + timedelta(days=92))
        assert lapsing.open_due(office.context) == 0


def set_to(world: World, *, quarterly: bool) -> dict[str, Any]:
    """Switch the schedule."""
    answer = world.api(subject=MEG).put(f"{BASE}/review-schedule", json={"quarterly": quarterly})
    assert answer.status_code == 200, answer.text
    assert world.api().get(f"{BASE}/review-schedule").json() == answer.json()
    return dict(answer.json())
