"""M5: every revoke of a review leads, in its own evidence, to decisions that deny; and that evidence never changes."""

import json
from datetime import timedelta
from typing import Any

import pytest

from access_manager.reviews import lapsing
from access_manager.reviews.models import Review
from tests.service.access_manager.reviewing import (
    BASE,
    DUE,
    MAX,
    REVIEWS,
    TOM,
    at,
    everybody_decided,
    ids,
    opened,
    practice,
    shown,
    text,
)
from tests.service.access_manager.world import MEG, MONDAY, SAM, World

_OWN = {"function_not_granted", "no_membership", "grant_expired"}


@pytest.fixture
def office(world: World) -> World:
    """Two managers, two members."""
    return practice(world)


def pack(world: World, review: str) -> dict[str, Any]:
    """The evidence as an auditor downloads it."""
    return dict(world.api(subject=MEG).get(f"{REVIEWS}/{review}/evidence").json())


def revoked(world: World, review: str) -> dict[str, dict[str, Any]]:
    """The rows of the evidence whose access the review ended, by account."""
    return {each["account_id"]: each for each in pack(world, review)["population"] if each["ended"]}


def closed(world: World, review: str) -> None:
    """Close it early, an hour later."""
    world.clock.advance(timedelta(hours=1))
    assert world.api(subject=MEG).post(f"{REVIEWS}/{review}/closing").is_success


def test_every_revoke_holds_later_decisions_that_deny(office: World) -> None:
    """Each function that ended was asked for at the revoke, and an hour later when the review closed: denied for it."""
    review = everybody_decided(office)
    closed(office, review)
    rows = revoked(office, review)
    assert {account: row["decision"] for account, row in rows.items()} == {SAM: "fewer", TOM: "remove"}
    for row in rows.values():
        for function in row["ended"]:
            answers = [each for each in row["later_decisions"] if each["function"] == function]
            assert [each["decision"] for each in answers] == [False, False]
            assert {each["reason_code"] for each in answers} <= _OWN
            assert [each["membership_version"] for each in answers] == [row["enforced_version"]] * 2
            first, last = (each["asked_at"] for each in answers)
            assert row["enforced_at"] <= first < last == text(MONDAY + timedelta(hours=1))


def test_the_answer_is_the_one_that_a_portal_gets(office: World) -> None:
    """The same decision, asked through the front door in the same instant: same answer, same reason."""
    review = everybody_decided(office)
    for account, row in revoked(office, review).items():
        for told in row["later_decisions"]:
            answer = office.evaluate(account, told["function"])
            assert (answer["decision"], answer["context"]["reason_code"]) == (told["decision"], told["reason_code"])


def test_what_was_kept_is_not_asked_about(office: World) -> None:
    """Only what a review ends needs a proof."""
    review = everybody_decided(office)
    closed(office, review)
    kept = [each for each in pack(office, review)["population"] if not each["ended"]]
    assert {each["account_id"] for each in kept} == {MEG, MAX}
    assert all(each["later_decisions"] == [] for each in kept)


def test_what_lapses_by_itself_is_proved_too(office: World) -> None:
    """Nobody answered; the worker comes a day late, and what it writes down was denied since the due instant."""
    review = opened(office)
    at(office, DUE + timedelta(days=1))
    lapsing.lapse(office.context)
    rows = revoked(office, review)
    assert set(rows) == {MEG, MAX, SAM, TOM}
    for row in rows.values():
        assert {each["function"] for each in row["later_decisions"]} == set(row["ended"])
        assert all(not each["decision"] and each["reason_code"] in _OWN for each in row["later_decisions"])
        assert all(each["asked_at"] > row["enforced_at"] for each in row["later_decisions"])


def test_what_was_given_again_before_the_end_says_so(office: World) -> None:
    """The revoke was denied; at the close it is permitted, under the later version of the membership that gave it."""
    review = everybody_decided(office)
    sam = ids(office)[SAM]
    given = {"functions": ["eligibility.view", "precert.submit"]}
    answer = office.api(subject=MEG).put(f"{BASE}/members/{sam}", json=given, headers={"If-Match": "*"})
    assert answer.is_success, answer.text
    closed(office, review)
    row = revoked(office, review)[SAM]
    told = [each for each in row["later_decisions"] if each["function"] == "precert.submit"]
    assert [(each["decision"], each["reason_code"]) for each in told] == [
        (False, "function_not_granted"),
        (True, "granted"),
    ]
    assert told[1]["membership_version"] > told[0]["membership_version"] == row["enforced_version"]


@pytest.mark.parametrize("form", ["evidence", "evidence.csv"])
def test_it_is_frozen_with_the_rest(office: World, form: str) -> None:
    """Access given afterwards changes no byte, in neither form; and the later answers are in both."""
    review = everybody_decided(office)
    closed(office, review)
    address = f"/manage/reviews/{review}/evidence.csv" if form == "evidence.csv" else f"{REVIEWS}/{review}/{form}"
    visitor = office.browser(MEG)

    def downloaded() -> bytes:
        if not address.startswith("/manage"):
            return office.api(subject=MEG).get(address).content
        visitor.open(address)
        return visitor.answer.content

    before = downloaded()
    assert b"function_not_granted" in before and b"no_membership" in before
    given = {"functions": ["precert.submit"]}
    office.api(subject=MEG).put(f"{BASE}/members/{ids(office)[SAM]}", json=given, headers={"If-Match": "*"})
    office.clock.advance(timedelta(days=30))
    assert downloaded() == before


def test_a_review_of_before_keeps_the_evidence_that_was_sealed(office: World) -> None:
    """Form 1, without these answers: what was sealed before the upgrade is still what is downloaded."""
    review = everybody_decided(office)
    with office.context.transaction() as work:
        work.session.get_one(Review, review).evidence_format = 1
    closed(office, review)
    told = pack(office, review)
    assert told["format"] == "gatehouse-access-review/1"
    assert all("later_decisions" not in each for each in told["population"])
    sealed = json.dumps(shown(office, review)["evidence_sha256"])
    assert office.api(subject=MEG).get(f"{REVIEWS}/{review}/evidence").headers["ETag"] == sealed
