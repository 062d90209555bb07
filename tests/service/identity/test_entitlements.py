"""What access-manager tells becomes what tokens say: in any order, any number of times."""

import itertools
from datetime import timedelta

import pytest

from identity.entitlements import service as entitlements
from tests.service.identity.world import MONDAY, NEW, PAT, World, membership

VERSIONS = [
    ("membership.granted", 1, {"functions": ["claims.status.view"]}),
    ("membership.changed", 2, {"functions": ["claims.status.view", "precert.submit"], "role": "manager"}),
    ("membership.removed", 3, {"functions": [], "status": "removed"}),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_newest_version_holds_whatever_the_order(world: World, order: tuple[int, ...]) -> None:
    """Late and repeated events change nothing (threat 41)."""
    (pat,) = world.seed(PAT)
    for index in (*order, *order):
        kind, sequence, changes = VERSIONS[index]
        world.tell(kind, membership(pat, **changes), sequence)
    assert _active(world, pat) == []


def test_a_function_removed_is_gone_at_once(world: World) -> None:
    """The next reading says so."""
    (pat,) = world.seed(PAT)
    for kind, sequence, changes in VERSIONS[:2]:
        world.tell(kind, membership(pat, **changes), sequence)
    (held,) = _active(world, pat)
    assert (held.functions, held.role) == (("claims.status.view", "precert.submit"), "manager")
    assert held.organization == {
        "id": "org_clinic",
        "name": "Lakeside Family Practice",
        "kind": "practice",
        "contracted": True,
    }
    assert held.tin_last4 == "1234"


def test_the_first_membership_makes_a_pending_account_active_once(world: World) -> None:
    """Published once, however many memberships follow."""
    (new,) = world.seed(NEW)
    world.tell("membership.granted", membership(new))
    world.tell("membership.granted", membership(new, membership_id="mbr_2"))
    (activated,) = world.published("account.activated")
    assert (activated.subject, activated.data["status"]) == (new, "active")
    assert activated.sequence > world.published("account.opened")[0].sequence


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "suspended"},
        {"status": "removed"},
        {"ends_at": MONDAY},
    ],
)
def test_what_does_not_run_now_is_not_held_and_activates_nobody(world: World, changes: dict[str, object]) -> None:
    """Suspended, removed and ended memberships give nothing."""
    (new,) = world.seed(NEW)
    world.tell("membership.granted", membership(new, **changes))
    assert _active(world, new) == [] and not world.published("account.activated")


def test_a_membership_that_starts_a_moment_later_activates_the_account(world: World) -> None:
    """Clocks of two machines differ: a membership of the next second is held from then on, and nobody stays pending."""
    (new,) = world.seed(NEW)
    world.tell("membership.granted", membership(new, starts_at=MONDAY + timedelta(seconds=1)))
    assert _active(world, new) == [] and len(world.published("account.activated")) == 1
    world.clock.advance(timedelta(seconds=1))
    assert len(_active(world, new)) == 1


def test_a_membership_ends_by_itself(world: World) -> None:
    """The end is half-open: at the instant itself it is over."""
    (pat,) = world.seed(PAT)
    world.tell("membership.granted", membership(pat, ends_at=MONDAY + timedelta(hours=1)))
    assert len(_active(world, pat)) == 1
    world.clock.advance(timedelta(hours=1))
    assert _active(world, pat) == []


def test_tokens_speak_of_the_chosen_organization_or_the_only_one(world: World) -> None:
    """Several and none chosen: of none."""
    (pat,) = world.seed(PAT)
    world.tell("membership.granted", membership(pat))
    held = _active(world, pat)
    assert entitlements.chosen(held, None) == entitlements.chosen(held, "org_gone") == held[0]
    other = {"id": "org_a", "name": "A Practice", "kind": "practice", "contracted": True, "tin_last4": None}
    world.tell("membership.granted", membership(pat, membership_id="mbr_2", organization=other))
    held = _active(world, pat)
    assert entitlements.chosen(held, None) is None
    chosen = entitlements.chosen(held, "org_clinic")
    assert chosen is not None and chosen.organization["id"] == "org_clinic"


def _active(world: World, account_id: str) -> list[entitlements.Entitlement]:
    with world.context.reading() as session:
        return entitlements.active(session, account_id, world.clock.now())
