"""G17: functions that need more care take two managers, where the organization wants it and has two."""

from datetime import timedelta

import httpx
import pytest

from tests.service.access_manager.second_words import BASE, MAX, NED, held, id_of, proposed, says
from tests.service.access_manager.world import FRONT_DESK, MEG, SAM, World, asks, clinic, manager, member


@pytest.fixture
def sole(world: World) -> World:
    """A clinic with one manager and two members."""
    world.seed(clinic(manager(), member(), member(NED, "Ned New")))
    return world


@pytest.fixture
def paired(world: World) -> World:
    """A clinic with two managers and two members."""
    world.seed(clinic(manager(), manager(MAX, "Max Manager"), member(), member(NED, "Ned New")))
    return world


def four_eyes(world: World, wanted: bool, by: str | None = MEG) -> httpx.Response:
    """Switch the policy."""
    return world.api(subject=by).put(f"{BASE}/four-eyes", json={"sensitive_functions": wanted})


def gives(world: World, *functions: str, by: str = MEG) -> httpx.Response:
    """Replace Sam's functions."""
    path = f"{BASE}/members/{id_of(world, SAM)}"
    return world.api(subject=by).put(path, json={"functions": list(functions)}, headers={"If-Match": "*"})


def test_sensitive_functions_take_two_managers_where_it_is_wanted(paired: World) -> None:
    """G17: alone 409; proposed, the first word leaves it pending, the second gives it."""
    assert gives(paired, *FRONT_DESK, "clinical.view").status_code == 200
    assert four_eyes(paired, True).json() == {"sensitive_functions": True}
    refused = gives(paired, *FRONT_DESK, "clinical.view", "payment.manage")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/needs-second-manager")
    assert gives(paired, *FRONT_DESK, "clinical.view", "claims.submit").status_code == 200
    made = proposed(paired, kind="functions", functions=["payment.manage"]).json()
    assert (made["missing"], held(paired, SAM) & {"payment.manage"}) == (["approval"], set())
    assert says(paired, MAX, made, "approval").json()["state"] == "carried_out"
    assert held(paired, SAM) == {*FRONT_DESK, "clinical.view", "claims.submit", "payment.manage"}


def test_what_has_ended_is_given_anew(paired: World) -> None:
    """G17: an expired membership that lists a function does not let one manager give it again alone."""
    path, tag = f"{BASE}/members/{id_of(paired, SAM)}", {"If-Match": "*"}
    ends = (paired.clock.now() + timedelta(days=1)).isoformat()
    paired.api().put(path, json={"functions": ["payment.manage"], "ends_at": ends}, headers=tag)
    four_eyes(paired, True)
    assert gives(paired, "payment.manage").status_code == 200
    paired.api().put(path, json={"functions": ["payment.manage"], "ends_at": ends}, headers=tag)
    paired.clock.advance(timedelta(days=2))
    refused = gives(paired, "payment.manage")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/needs-second-manager")


def test_a_request_to_join_is_no_way_around_it(paired: World) -> None:
    """G17: one manager approves the rest, and proposes what needs two."""
    four_eyes(paired, True)
    paired.tell("user.registered", "registration", "app_1", **asks(functions=["claims.submit", "payment.manage"]))
    path = f"{BASE}/approvals/{paired.published('approval.required')[0].subject}/decision"
    refused = paired.api(subject=MEG).post(path, json={"outcome": "approve"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/needs-second-manager")
    assert paired.published("approval.decided") == []
    without = {"outcome": "approve", "functions": ["claims.submit"]}
    assert paired.api(subject=MEG).post(path, json=without).status_code == 200


def test_nobody_proposes_functions_for_themself(paired: World) -> None:
    """G5: they ask, like everybody else; and the one it is for does not agree to it either."""
    four_eyes(paired, True)
    own = proposed(paired, MEG, "functions", functions=["payment.manage"])
    assert (own.status_code, own.json()["type"]) == (403, "/problems/self-raise")
    made = proposed(paired, MAX, "functions", functions=["payment.manage"]).json()
    assert says(paired, MAX, made, "approval").json()["type"] == "/problems/self-approval"
    assert "payment.manage" not in held(paired, MAX)


def test_to_switch_four_eyes_off_takes_four_eyes(paired: World) -> None:
    """G17: else one manager would switch it off, give, and switch it on again."""
    four_eyes(paired, True)
    answer = four_eyes(paired, False)
    assert answer.status_code == 202
    assert paired.api(subject=MEG).get(f"{BASE}/four-eyes").json() == {"sensitive_functions": True}
    assert says(paired, MEG, answer.json(), "approval").json()["type"] == "/problems/self-approval"
    assert says(paired, MAX, answer.json(), "approval").status_code == 200
    assert paired.api(subject=MEG).get(f"{BASE}/four-eyes").json() == {"sensitive_functions": False}
    assert four_eyes(paired, False).status_code == 200


def test_four_eyes_need_two_managers(sole: World) -> None:
    """A sole manager is not locked out: it counts from the second manager on."""
    assert four_eyes(sole, True).status_code == 200
    assert gives(sole, "payment.manage").status_code == 200
    assert four_eyes(sole, False).status_code == 200
    sole.api().put(f"{BASE}/managers/{id_of(sole, NED)}")
    four_eyes(sole, True)
    assert gives(sole, "payment.manage", "clinical.view").status_code == 409


def test_the_organizations_entitlements_bind_two_managers_as_well(world: World) -> None:
    """G5: nothing is granted that the organization may not hold, however many agree."""
    people = (manager(), manager(MAX, "Max Manager"), member())
    world.seed(clinic(*people, contracted=False))
    refused = proposed(world, kind="functions", functions=["demographics.update"])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/contracted-only")
    assert proposed(world, kind="functions", functions=["everything"]).json()["type"] == "/problems/unknown-function"
