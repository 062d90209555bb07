"""M2: every denial is explained: a code, a plain sentence, who can mend it, and when, if time mends it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from access_manager.decisions.decide import EXPLANATIONS, Reason
from tests.service.access_manager.world import CLINIC, MONDAY, SAM, World, asks, clinic, manager, member

SOON = MONDAY + timedelta(hours=2)
ROLES = {"access_manager", "support_desk", "time", "yourself", "operator"}


def nothing(_world: World) -> None:
    """Nothing has happened."""


def stands(status: str, population: str = "provider") -> Callable[[World], None]:
    """Let identity tell how Sam's account stands."""

    def tell(world: World) -> None:
        told = {"account_id": SAM, "population": population, "status": status}
        kind = {"locked": "account.locked", "closed": "account.closed"}.get(status, "account.activated")
        world.tell(kind, "identity", SAM, 2, **told)

    return tell


def waits(world: World) -> None:
    """Sam was never a member, and has asked to join."""
    world.tell("user.registered", "registration", "app_1", **asks("acc_new"))


def ended(world: World) -> None:
    """Sam's access ended an hour ago."""
    _changed(world, "ends_at = '2026-11-23 14:00:00'")


def suspended(world: World) -> None:
    """Sam's access is suspended."""
    _changed(world, "status = 'suspended'")


def closed(world: World) -> None:
    """It is night."""
    world.availability.close("precert.view", "closed", SOON)


def mended(world: World) -> None:
    """Maintenance is under way."""
    world.availability.close("precert.view", "maintenance", SOON)


def hours_away(world: World) -> None:
    """Availability has never answered."""
    world.availability.away = True


def _changed(world: World, to: str) -> None:
    with world.context.transaction() as work:
        work.session.connection().exec_driver_sql(f"UPDATE memberships SET {to} WHERE account_id = '{SAM}'")


REACHED: dict[Reason, tuple[Callable[[World], None], str, str, str]] = {
    Reason.ORGANIZATION_NOT_SELECTED: (nothing, SAM, "precert.view", ""),
    Reason.ACCOUNT_LOCKED: (stands("locked"), SAM, "precert.view", CLINIC),
    Reason.ACCOUNT_CLOSED: (stands("closed"), SAM, "precert.view", CLINIC),
    Reason.WRONG_POPULATION: (stands("active", "member"), SAM, "precert.view", CLINIC),
    Reason.REGISTRATION_PENDING: (waits, "acc_new", "precert.view", CLINIC),
    Reason.NO_MEMBERSHIP: (nothing, "acc_stranger", "precert.view", CLINIC),
    Reason.MEMBERSHIP_SUSPENDED: (suspended, SAM, "precert.view", CLINIC),
    Reason.CONTRACTED_ONLY: (nothing, SAM, "demographics.update", CLINIC),
    Reason.FUNCTION_NOT_GRANTED: (nothing, SAM, "remittance.view", CLINIC),
    Reason.GRANT_EXPIRED: (ended, SAM, "precert.view", CLINIC),
    Reason.FUNCTION_CLOSED: (closed, SAM, "precert.view", CLINIC),
    Reason.MAINTENANCE: (mended, SAM, "precert.view", CLINIC),
    Reason.HOURS_UNKNOWN: (hours_away, SAM, "precert.view", CLINIC),
}


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic without a contract, a manager and a member."""
    world.seed(clinic(manager(), member(), contracted=False))
    return world


@pytest.mark.parametrize("reason", REACHED)
def test_every_denial_is_reached_and_says_who_can_mend_it(staffed: World, reason: Reason) -> None:
    """M2: code, sentence and role; when, where time mends it; and never a person's name or address."""
    happen, account, function, organization = REACHED[reason]
    happen(staffed)
    answer = staffed.evaluate(account, function, organization)
    context = answer["context"]
    assert (answer["decision"], context["reason_code"]) == (False, reason.value)
    assert context["reason"] == EXPLANATIONS[reason][0]
    assert context["who_can_fix"] in ROLES
    if context["who_can_fix"] == "time":
        assert context["next_open"] == SOON.isoformat().replace("+00:00", "Z")
    assert "Meg" not in str(answer) and "@" not in str(answer)


def test_no_reason_is_left_out() -> None:
    """A new reason needs a way to it here."""
    assert set(REACHED) == set(Reason) - {Reason.GRANTED}
