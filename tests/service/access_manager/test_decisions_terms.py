"""Nobody works under terms of use that they have yet to accept; identity tells of both (F10, M2, M14)."""

import random
from datetime import datetime, timedelta

import pytest

from tests.service.access_manager.world import CLINIC, MEG, MONDAY, SAM, World, clinic, manager, member, seated

FUNCTION = "precert.view"
DAY = timedelta(days=1)


@pytest.fixture
def ready(world: World) -> World:
    """A clinic with Meg and Sam; everything is open, without an end."""
    world.seed(clinic(manager(), member()))
    world.availability.open(FUNCTION)
    return world


def published(world: World, version: int, at: datetime = MONDAY) -> None:
    """Identity tells of a version."""
    world.tell("terms.published", "identity", "terms", version, version=version, effective_at=at)


def accepted(world: World, version: int, account: str = SAM) -> None:
    """Identity tells that somebody accepted a version."""
    told = {"account_id": account, "version": version, "accepted_at": world.clock.now()}
    world.tell("terms.accepted", "identity", account, 2, **told)


def reason(world: World, account: str = SAM) -> str:
    """The code of the decision."""
    return str(world.evaluate(account, FUNCTION)["context"]["reason_code"])


def test_nothing_is_asked_where_no_terms_were_ever_published(ready: World) -> None:
    """A deployment without terms decides as before."""
    assert reason(ready) == "granted" and ready.evaluate(SAM, FUNCTION)["context"]["valid_until"] is None


def test_terms_in_force_stop_everybody_who_has_not_accepted_them(ready: World) -> None:
    """Each person for themself; the sentence says where they are found."""
    published(ready, 1)
    accepted(ready, 1, MEG)
    assert (reason(ready), reason(ready, MEG)) == ("terms_not_accepted", "granted")
    context = ready.evaluate(SAM, FUNCTION)["context"]
    assert context["reason"].endswith("They are shown at the next sign-in, and can be accepted there.")
    assert context["who_can_fix"] == "yourself"
    accepted(ready, 1)
    assert reason(ready) == "granted"


def test_a_permit_ends_on_the_day_of_the_next_version(ready: World) -> None:
    """M14: known beforehand, denied at the instant itself, and permitted once it is accepted."""
    published(ready, 1)
    accepted(ready, 1)
    published(ready, 2, MONDAY + DAY)
    permit = ready.evaluate(SAM, FUNCTION)
    assert (permit["decision"], permit["context"]["valid_until"]) == (True, "2026-11-24T15:00:00Z")
    ready.clock.freeze(MONDAY + DAY - timedelta(microseconds=1))
    assert reason(ready) == "granted"
    ready.clock.freeze(MONDAY + DAY)
    assert reason(ready) == "terms_not_accepted"
    accepted(ready, 2)
    assert reason(ready) == "granted" and ready.evaluate(SAM, FUNCTION)["context"]["valid_until"] is None


def test_whoever_skipped_versions_accepts_only_the_newest(ready: World) -> None:
    """As at the sign-in: the highest version whose day has come counts, whatever lower one is still to come."""
    published(ready, 1, MONDAY - 2 * DAY)
    published(ready, 2, MONDAY + DAY)
    published(ready, 3, MONDAY - DAY)
    accepted(ready, 1)
    assert reason(ready) == "terms_not_accepted"
    accepted(ready, 3)
    permit = ready.evaluate(SAM, FUNCTION)
    assert (permit["decision"], permit["context"]["valid_until"]) == (True, None)


@pytest.mark.parametrize("seed", range(3))
def test_events_come_twice_late_and_in_any_order(ready: World, seed: int) -> None:
    """The account may be heard of after its acceptance, the version too; at the end the same is known."""
    standing = {"account_id": SAM, "population": "provider", "status": "active"}
    events = [
        lambda: published(ready, 1),
        lambda: published(ready, 2),
        lambda: published(ready, 3, MONDAY + DAY),
        lambda: accepted(ready, 1),
        lambda: accepted(ready, 2),
        lambda: ready.tell("account.activated", "identity", SAM, 7, **standing),
    ] * 2
    random.Random(seed).shuffle(events)
    for event in events:
        event()
    permit = ready.evaluate(SAM, FUNCTION)
    assert (permit["decision"], permit["context"]["valid_until"]) == (True, "2026-11-24T15:00:00Z")
    assert reason(ready, MEG) == "terms_not_accepted"


def test_an_acceptance_is_kept_for_somebody_nobody_has_heard_of(world: World) -> None:
    """Accepted before the account was told of here, and before there was any membership: not lost."""
    world.availability.open("claims.submit")
    published(world, 1)
    accepted(world, 1, "acc_pat")
    assert world.evaluate("acc_pat", "claims.submit")["context"]["reason_code"] == "no_membership"
    opened = {"account_id": "acc_pat", "reference": "app_case_1", "population": "provider", "status": "pending"}
    world.tell("account.opened", "identity", "acc_pat", 1, **opened)
    world.tell("vetting.completed", "registration", "case_1", **seated())
    assert world.evaluate("acc_pat", "claims.submit")["decision"] is True


def test_what_takes_somebody_else_is_said_first(ready: World) -> None:
    """Whoever is no member, or lacks the function, gets that going; the terms come with the next sign-in anyway."""
    published(ready, 1)
    assert reason(ready, "acc_stranger") == "no_membership"
    assert ready.evaluate(SAM, "remittance.view")["context"]["reason_code"] == "function_not_granted"


def test_terms_are_asked_for_whatever_the_hour(ready: World) -> None:
    """Accepting them is never in vain, so a closed function does not hide them; availability is not troubled."""
    published(ready, 1)
    ready.availability.close(FUNCTION, "function_closed", MONDAY + DAY)
    assert (reason(ready), ready.availability.asked) == ("terms_not_accepted", 0)
    accepted(ready, 1)
    assert reason(ready) == "function_closed"


def test_searches_leave_out_whoever_has_not_accepted(ready: World) -> None:
    """L5: no search says otherwise than an evaluation."""
    published(ready, 1)
    accepted(ready, 1, MEG)
    question = {"action": {"name": FUNCTION}, "resource": {"type": "organization", "id": CLINIC}}
    body = {"subject": {"type": "account"}, **question}
    found = ready.api("access.evaluate").post("/access/v1/search/subject", json=body).json()["results"]
    assert [one["id"] for one in found] == [MEG]
