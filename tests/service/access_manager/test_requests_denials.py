"""M2: every denial is explained: a code, a plain sentence, who can mend it, and when, if time changes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from access_manager.decisions.decide import EXPLANATIONS, Reason
from shared.auth import ACR_PASSWORD, ACR_TWO_FACTORS
from tests.service.access_manager.world import CLINIC, MONDAY, SAM, World, asks, clinic, manager, member

SOON = MONDAY + timedelta(hours=2)
SOON_AS_TEXT = SOON.isoformat().replace("+00:00", "Z")
ROLES = {"access_manager", "support_desk", "time", "yourself", "operator"}
DESK, MANAGER, YOURSELF, TIME, OPERATOR = "support_desk", "access_manager", "yourself", "time", "operator"


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


def new_terms(world: World) -> None:
    """Terms are in force that Sam has not accepted; his access ends soon."""
    world.tell("terms.published", "identity", "terms", version=1, effective_at=MONDAY)
    _changed(world, f"ends_at = '{SOON:%Y-%m-%d %H:%M:%S}'")


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


@dataclass(frozen=True)
class Way:
    """How a reason is reached: what happens before, who asks for what and where, and what the answer must add."""

    who_can_fix: str | None
    happen: Callable[[World], None] = nothing
    account: str = SAM
    function: str = "precert.view"
    organization: str = CLINIC
    acr: str | None = ACR_TWO_FACTORS
    valid_until: str | None = None
    next_open: str | None = None
    acr_values: str | None = None


REACHED: dict[Reason, Way] = {
    Reason.GRANTED: Way(None, valid_until=SOON_AS_TEXT),
    Reason.ORGANIZATION_NOT_SELECTED: Way(YOURSELF, organization=""),
    Reason.ACCOUNT_LOCKED: Way(DESK, stands("locked")),
    Reason.ACCOUNT_CLOSED: Way(DESK, stands("closed")),
    Reason.WRONG_POPULATION: Way(YOURSELF, stands("active", "member")),
    Reason.REGISTRATION_PENDING: Way(MANAGER, waits, account="acc_new"),
    Reason.NO_MEMBERSHIP: Way(MANAGER, account="acc_stranger"),
    Reason.MEMBERSHIP_SUSPENDED: Way(MANAGER, suspended),
    Reason.CONTRACTED_ONLY: Way(OPERATOR, function="demographics.update"),
    Reason.FUNCTION_NOT_GRANTED: Way(MANAGER, function="remittance.view"),
    Reason.GRANT_EXPIRED: Way(MANAGER, ended),
    Reason.TERMS_NOT_ACCEPTED: Way(YOURSELF, new_terms, valid_until=SOON_AS_TEXT),
    Reason.FUNCTION_CLOSED: Way(TIME, closed, valid_until=SOON_AS_TEXT, next_open=SOON_AS_TEXT),
    Reason.MAINTENANCE: Way(TIME, mended, valid_until=SOON_AS_TEXT, next_open=SOON_AS_TEXT),
    Reason.HOURS_UNKNOWN: Way(OPERATOR, hours_away),
    Reason.STEP_UP_REQUIRED: Way(
        YOURSELF,
        function="clinical.view",
        acr=ACR_PASSWORD,
        valid_until=SOON_AS_TEXT,
        acr_values=ACR_TWO_FACTORS,
    ),
}
# Whoever stands outside: these hear a role, and nothing that the organization has inside.
OUTSIDE = {Reason.REGISTRATION_PENDING, Reason.NO_MEMBERSHIP}


@pytest.fixture
def staffed(world: World) -> World:
    """A clinic without a contract, a manager and a member; what they hold is open until soon."""
    world.seed(clinic(manager(), member(functions=("precert.view", "clinical.view")), contracted=False))
    world.availability.open("precert.view", "clinical.view", until=SOON)
    return world


def ask(world: World, way: Way, language: str = "en") -> dict[str, Any]:
    """Ask the decision point in a language."""
    body = {
        "subject": {"type": "account", "id": way.account},
        "action": {"name": way.function},
        "resource": {"type": "organization", "id": way.organization},
        "context": {"acr": way.acr},
    }
    headers = {"Accept-Language": language}
    answer = world.api("access.evaluate").post("/access/v1/evaluation", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("reason", REACHED)
def test_every_answer_is_reached_and_explains_itself(staffed: World, reason: Reason) -> None:
    """M2: code, sentence and role; when, where time changes it; and never a person's name or address."""
    way = REACHED[reason]
    way.happen(staffed)
    answer = ask(staffed, way)
    context = answer["context"]
    assert (answer["decision"], context["reason_code"]) == (reason is Reason.GRANTED, reason.value)
    assert context["reason"] == EXPLANATIONS[reason][0]
    assert context["who_can_fix"] == way.who_can_fix and (way.who_can_fix or "time") in ROLES
    assert (context["valid_until"], context["next_open"]) == (way.valid_until, way.next_open)
    assert context.get("acr_values") == way.acr_values
    assert "Meg" not in str(answer) and "Sam" not in str(answer) and "@" not in str(answer)
    in_spanish = ask(staffed, way, "es")["context"]
    assert in_spanish.pop("reason") != context.pop("reason")
    assert in_spanish == context


@pytest.mark.parametrize("reason", [reason for reason in REACHED if REACHED[reason].who_can_fix == TIME])
def test_what_time_mends_is_mended_at_the_instant_that_was_named(staffed: World, reason: Reason) -> None:
    """M2: nobody has to do anything, and nobody has to ask before that instant."""
    REACHED[reason].happen(staffed)
    staffed.clock.freeze(SOON - timedelta(microseconds=1))
    assert ask(staffed, REACHED[reason])["context"]["reason_code"] == reason.value
    staffed.clock.freeze(SOON)
    staffed.availability.open("precert.view", until=SOON + timedelta(hours=1))
    assert ask(staffed, REACHED[reason])["decision"] is True


@pytest.mark.parametrize("reason", sorted(OUTSIDE))
def test_whoever_stands_outside_learns_nothing_of_those_inside(staffed: World, reason: Reason) -> None:
    """M2: a pending person hears the same whoever works there, and whether a function is given to anybody or not."""
    way = REACHED[reason]
    way.happen(staffed)
    heard, same = (
        str(ask(staffed, Way(None, account=way.account, function=each))) for each in ("precert.view", "none")
    )
    assert heard == same
    assert not any(word in heard for word in ("Meg", "Sam", "Lakeside", "acc_", "mem_"))


def test_no_reason_is_left_out() -> None:
    """A new reason needs a way to it here, and a sentence."""
    assert set(REACHED) == set(EXPLANATIONS) == set(Reason)
