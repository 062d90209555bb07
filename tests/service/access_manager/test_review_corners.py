"""Access reviews beside everything else that happens to access meanwhile (G10, G11)."""

from datetime import timedelta

import pytest

from access_manager.dormancy import looking
from access_manager.memberships.models import Membership
from access_manager.people.models import Person
from access_manager.reviews import lapsing
from access_manager.settings import AccessManagerSettings
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
)
from tests.service.access_manager.test_dormancy import SUSPENDED, WARNED, letters, look_at
from tests.service.access_manager.world import MEG, MONDAY, SAM, World


@pytest.fixture
def office(world: World) -> World:
    """A practice with two managers and two members, everything open."""
    return practice(world)


def suspended(world: World, account: str) -> None:
    """Suspend somebody, for whatever reason."""
    with world.context.transaction() as work:
        work.session.get_one(Membership, ids(world)[account]).status = "suspended"


def test_a_manager_s_role_does_not_end_by_a_tick(office: World) -> None:
    """G17: another manager's role takes two; the page offers no such answer, and the rule refuses one that is sent."""
    review = opened(office)
    refused = decide(office, review, MAX, "remove", MEG)
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (409, "manager-role-first")
    assert items(office, review)[MAX]["decision"] is None
    meg = office.browser(MEG)
    meg.open(f"/manage/reviews/{review}")
    assert "Their role as an access manager ends under “Managers”." in meg.text
    assert decide(office, review, MAX, "fewer", MEG, functions=["eligibility.view"]).status_code == 200
    assert office.api().get(BASE).json()["manager_count"] == 2


def test_a_task_given_anew_meanwhile_stays(office: World) -> None:
    """Taken and given again by a manager while the review runs: that was a decision about it."""
    review = opened(office)
    path, tag = f"{BASE}/members/{ids(office)[TOM]}", {"If-Match": "*"}
    for functions in (["claims.status.view"], ["claims.status.view", "eligibility.view"]):
        body = {"functions": functions, "ends_at": None}
        assert office.api(subject=MEG).put(path, json=body, headers=tag).status_code == 200
    at(office, DUE)
    lapsing.lapse(office.context)
    assert office.evaluate(TOM, "eligibility.view")["decision"]
    assert not office.evaluate(TOM, "claims.status.view")["decision"]
    assert items(office, review)[TOM]["ended"] == ["claims.status.view"]


def test_an_end_date_typed_meanwhile_is_no_way_around(office: World) -> None:
    """A manager lifts or moves the end of a person's access: what is unconfirmed still ends on the last day."""
    opened(office)
    held = {"functions": ["eligibility.view", "claims.status.view"], "ends_at": "2027-06-01T04:00:00Z"}
    path = f"{BASE}/members/{ids(office)[TOM]}"
    assert office.api(subject=MEG).put(path, json=held, headers={"If-Match": "*"}).status_code == 200
    at(office, DUE)
    assert not office.evaluate(TOM, "eligibility.view")["decision"]


@pytest.mark.parametrize(("decision", "status"), [("keep", "suspended"), ("remove", "removed"), (None, "removed")])
def test_suspended_people_are_reviewed_too(office: World, decision: str | None, status: str) -> None:
    """Their access would come back with the suspension lifted: kept, removed, or ended by nobody's word."""
    suspended(office, TOM)
    membership = ids(office)[TOM]
    review = opened(office)
    if decision:
        assert decide(office, review, TOM, decision).status_code == 200
    at(office, DUE)
    lapsing.lapse(office.context)
    assert office.api().get(f"{BASE}/members/{membership}").json()["status"] == status


def test_whoever_was_removed_meanwhile_is_counted_as_gone(office: World) -> None:
    """No decision is asked for, none is taken, and the review can close."""
    review = opened(office)
    assert office.api(subject=MEG).post(f"{BASE}/members/{ids(office)[TOM]}/removal", json={}).status_code == 200
    assert decide(office, review, TOM, "keep").status_code == 409
    for account, by in ((MAX, MEG), (MEG, MAX), (SAM, MEG)):
        decide(office, review, account, "keep", by)
    assert office.api(subject=MEG).post(f"{REVIEWS}/{review}/closing").status_code == 200
    assert items(office, review)[TOM]["decision"] == "gone"
    assert shown(office, review)["decisions"]["gone"] == 1


def test_whoever_ended_before_is_not_in_it(office: World) -> None:
    """Access whose end date is over is no access."""
    with office.context.transaction() as work:
        work.session.get_one(Membership, ids(office)[TOM]).ends_at = MONDAY
    assert TOM not in items(office, opened(office))


def test_a_decision_sent_twice_with_one_key_is_one(office: World) -> None:
    """Idempotency-Key: a client that repeats until it gets an answer gets the first."""
    review = opened(office)
    path = f"{REVIEWS}/{review}/items/{ids(office)[TOM]}/decision"
    client, key = office.api(subject=MEG), {"Idempotency-Key": "one-answer"}
    first, again = (client.post(path, json={"decision": "remove"}, headers=key) for _ in range(2))
    assert (first.status_code, again.content) == (200, first.content)
    assert actions(office, "review.").count("review.decided") == 1


def test_who_left_the_office_gets_no_letter_without_an_address(office: World) -> None:
    """Nobody to write to is no reason to keep access."""
    with office.context.transaction() as work:
        membership = work.session.get_one(Membership, ids(office)[TOM])
        person = work.session.get_one(Person, membership.account_id)
        person.email = ""
    opened(office)
    at(office, DUE)
    lapsing.lapse(office.context)
    told = [mail.recipient for mail in office.mails() if mail.subject.startswith("Your access")]
    assert "" not in told
    assert TOM not in ids(office)


def test_a_review_counts_as_no_sign_in(office: World) -> None:
    """G11: confirmed by a manager and still not there: suspended after a year all the same."""
    looking.look(office.context)
    look_at(office, WARNED, MEG, MAX, TOM)
    review = opened(office, office.clock.now() + timedelta(days=14))
    assert decide(office, review, SAM, "keep").status_code == 200
    look_at(office, SUSPENDED, MEG, MAX, TOM)
    assert office.evaluate(SAM, "eligibility.view")["context"]["reason_code"] == "membership_suspended"


def test_the_payer_is_written_to_about_a_manager_who_sleeps_alone(office: World) -> None:
    """G11, M8: where the operator named an address; who it is, and that nobody was suspended."""
    settings = office.context.settings_as(AccessManagerSettings)
    object.__setattr__(settings, "payer_mail", "desk@payer.example")
    looking.look(office.context)
    for instant in (WARNED, SUSPENDED):
        look_at(office, instant, SAM, TOM)
    assert "desk@payer.example" in letters(office, "Lakeside Family Practice needs")
    mail = next(mail for mail in office.mails() if mail.recipient == "desk@payer.example")
    assert "Manager is the only access manager of Lakeside Family Practice" in mail.body
