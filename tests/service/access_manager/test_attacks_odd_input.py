"""Threat 49 at the access manager's doors: edges of time, odd characters in addresses, doubled slashes."""

import pytest

from tests.service.access_manager.world import CLINIC, MEG, World, clinic, manager, member

HISTORY = f"/api/access/v1/organizations/{CLINIC}/history"
EDGES = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", ["since", "until"])
def test_attack_49_an_instant_before_or_after_all_time(world: World, name: str, edge: str) -> None:
    """Threat 49: an instant that UTC cannot say is refused with the name of its field."""
    world.seed(clinic(manager(), member()))
    answer = world.api(subject=MEG).get(HISTORY, params={name: edge})
    assert answer.status_code == 422
    assert name in answer.json()["errors"]


@pytest.mark.parametrize("edge", EDGES)
def test_attack_49_nothing_ends_outside_of_all_time(world: World, edge: str) -> None:
    """Threat 49: the same where it is written: a deputy's end, a review's due date."""
    world.seed(clinic(manager(), manager("acc_max", "Max Manager"), member()))
    api, base = world.api(subject=MEG), f"/api/access/v1/organizations/{CLINIC}"
    row = api.get(f"{base}/members").json()["members"][-1]
    deputy = {"membership_id": row["membership_id"], "scopes": ["requests"], "ends_at": edge}
    assert api.post(f"{base}/deputies", json=deputy).status_code in (409, 422)
    assert api.post(f"{base}/reviews", json={"due_at": edge}).status_code in (409, 422)


@pytest.mark.parametrize("odd", ["%0d%0aSet-Cookie:x=1", "%7f", "a%5cb", ".x"])
def test_attack_43_a_line_break_in_an_address_is_no_fault_of_ours(world: World, odd: str) -> None:
    """Threat 43: signed in or not, no address makes a header of its own or a trace in our log."""
    world.seed(clinic(manager(), member()))
    for visitor in (world.browser(), world.browser(MEG)):
        for path in (f"/manage/people/{odd}", f"/manage/partners/{odd}", f"/manage/partners/{odd}/narrow"):
            visitor.open(path)
            assert visitor.answer.status_code < 500, path
            assert "set-cookie: x" not in str(visitor.answer.headers).lower()
