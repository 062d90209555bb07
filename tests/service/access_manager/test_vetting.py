"""People the support desk seats, and what identity tells about accounts."""

from datetime import timedelta

import pytest

from tests.service.access_manager.world import CLINIC, MONDAY, PAT, SAM, World, clinic, manager, member, seated


def test_the_first_person_gets_organization_membership_and_seat(world: World) -> None:
    """One event makes all three, in an order a listener can follow; a contracted-only function stays out."""
    world.tell("vetting.completed", "registration", "case_1", **seated())
    types = [event.type for event in world.published()]
    assert types == [
        "organization.changed",
        "membership.granted",
        "membership.changed",
        "manager.changed",
        "organization.changed",
    ]
    last = world.published("membership.changed")[-1].data
    assert (last["role"], last["functions"]) == ("manager", ["claims.submit"])
    assert world.published("organization.changed")[-1].data["manager_count"] == 1


def test_the_same_case_told_twice_changes_nothing_even_after_a_removal(world: World) -> None:
    """Somebody removed meanwhile does not come back by an old fact."""
    world.tell("vetting.completed", "registration", "case_1", **seated())
    world.tell("vetting.completed", "registration", "case_2", **seated("case_2", SAM))
    removed = world.published("membership.granted")[0].subject
    path = f"/api/access/v1/organizations/{CLINIC}/members/{removed}/removal"
    assert world.api().post(path, json={"reason": "left"}).status_code == 200
    before = len(world.published())
    world.tell("vetting.completed", "registration", "case_1", **seated())
    assert len(world.published()) == before


def test_a_refused_case_makes_nothing(world: World) -> None:
    """The desk's no is registration's to tell."""
    refused = seated(outcome="refused", organization=None, functions=[])
    world.tell("vetting.completed", "registration", "case_1", **refused)
    assert world.published() == []


def test_a_full_house_takes_the_vetted_person_as_a_member(world: World) -> None:
    """Fifteen managers sit already: the sixteenth person joins without the seat, and no event is parked."""
    world.seed(clinic(*(manager(f"acc_{n}", f"Manager {n}") for n in range(15))))
    world.tell("vetting.completed", "registration", "case_1", **seated())
    assert world.published("membership.granted")[-1].data["role"] == "member"
    assert world.published("manager.changed")[-1].data["count"] == 15


def standing(status: str, **more: object) -> dict[str, object]:
    """Return the data of an account event."""
    return {"account_id": SAM, "population": "provider", "status": status, **more}


@pytest.fixture
def open_clinic(world: World) -> World:
    """A clinic with Sam, open for the day."""
    world.seed(clinic(manager(), member()))
    world.availability.open("claims.submit", "precert.submit", until=MONDAY + timedelta(hours=8))
    return world


def test_attack_28_wrong_passwords_of_a_stranger_do_not_cut_the_work_of_somebody_signed_in(open_clinic: World) -> None:
    """A timed lock stops new sign-ins at identity; who is signed in already goes on, with the same answer as before."""
    before = open_clinic.evaluate(SAM, "precert.submit")
    until = MONDAY + timedelta(minutes=15)
    open_clinic.tell("account.locked", "identity", SAM, 4, **standing("locked", locked_until=until, reason=None))
    assert open_clinic.evaluate(SAM, "precert.submit") == before
    assert before["decision"] is True


def test_an_account_locked_without_an_end_is_denied(open_clinic: World) -> None:
    """A lock that somebody set, and that no time ends, closes the account for decisions too."""
    open_clinic.tell("account.locked", "identity", SAM, 4, **standing("locked", locked_until=None, reason=None))
    assert open_clinic.evaluate(SAM, "precert.submit")["context"]["reason_code"] == "account_locked"


def test_an_older_standing_never_replaces_a_newer_one(open_clinic: World) -> None:
    """Unlocked as version 5 stays, when locked as version 4 arrives late."""
    open_clinic.tell("account.unlocked", "identity", SAM, 5, **standing("active"))
    open_clinic.tell("account.locked", "identity", SAM, 4, **standing("locked", locked_until=None, reason=None))
    assert open_clinic.evaluate(SAM, "precert.submit")["decision"] is True


def test_an_account_of_another_population_is_told_so(open_clinic: World) -> None:
    """A member's account asks at the provider portal's door."""
    data = {"account_id": "acc_mo", "population": "member", "status": "active", "reference": None}
    open_clinic.tell("account.opened", "identity", "acc_mo", 1, **data)
    assert open_clinic.evaluate("acc_mo", "precert.submit")["context"]["reason_code"] == "wrong_population"


def test_a_pending_person_reads_that_the_request_waits(open_clinic: World) -> None:
    """Before a decision: registration_pending, also at an organization they never asked."""
    data = {"account_id": PAT, "population": "provider", "status": "pending", "reference": "app_1"}
    open_clinic.tell("account.opened", "identity", PAT, 1, **data)
    denied = open_clinic.evaluate(PAT, "precert.submit")["context"]
    assert denied["reason_code"] == "registration_pending"
    assert "Meg" not in str(denied)
