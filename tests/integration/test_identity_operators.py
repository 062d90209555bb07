"""Two of the staff at the same instant, on real PostgreSQL: one outcome, one event, no fault."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from identity.policies import service as policies
from tests.integration.test_identity_races import at_once
from tests.service.identity.offices import WHY
from tests.service.identity.world import PAT, World

ACCOUNTS = "/api/identity/v1/accounts"
RIVALS = 8


@pytest.fixture
def world(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[World]:
    """The service on an empty PostgreSQL database."""
    made = World(tmp_path, postgres("identity"))
    yield made
    made.close()


def test_one_of_many_suspensions_happens(world: World) -> None:
    """One `account.locked`, one support code; the rivals are told that the state has changed."""
    (pat,) = world.seed(PAT)
    answers: list[int] = []

    def suspend() -> None:
        api = world.api("accounts.manage", client="console")
        body = {"act": "suspend", "reason": "Asked by the payer"}
        answers.append(api.post(f"{ACCOUNTS}/{pat}/acts", json=body).status_code)

    at_once([suspend] * RIVALS)
    assert sorted(answers) == [200] + [409] * (RIVALS - 1)
    assert len(world.published("account.locked")) == 1


def test_a_policy_set_by_many_at_once_has_one_value_and_every_act_in_the_audit(world: World) -> None:
    """Nobody is refused for being second; the row is one, and the audit has each of them."""
    answers: list[int] = []

    def decide(minutes: int) -> Callable[[], None]:
        def put() -> None:
            api = world.api("policies.manage", client="console")
            body = {"value": minutes, "justification": WHY}
            answers.append(api.put("/api/identity/v1/policies/lock_minutes", json=body).status_code)

        return put

    at_once([decide(16 + number) for number in range(RIVALS)])
    assert answers == [200] * RIVALS
    with world.context.reading() as session:
        (found,) = policies.deviations(session)
    assert found.value in range(16, 16 + RIVALS)
    assert world.audited().count(("policy.changed", "policy:lock_minutes")) == RIVALS


def test_an_organization_held_by_many_at_once_has_one_policy(world: World) -> None:
    """The same for organizations: whole policies, never a mixture."""

    def hold(minutes: int) -> Callable[[], None]:
        def put() -> None:
            api = world.api("policies.manage", client="console")
            body = {"idle_minutes": minutes, "life_hours": minutes - 4, "justification": WHY}
            assert api.put("/api/identity/v1/organizations/org_clinic/policy", json=body).status_code == 200

        return put

    at_once([hold(5 + number) for number in range(RIVALS)])
    with world.context.reading() as session:
        policy = policies.organization(session, "org_clinic")
    assert (policy.idle_minutes or 0) - (policy.life_hours or 0) == 4
