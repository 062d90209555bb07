"""Threat 49 in the history's form: a day before or after all days is a mistake of typing, not of ours."""

import pytest

from tests.service.access_manager.world import MEG, World, clinic, manager, member


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "9999-12-31", "2200-01-01"])
@pytest.mark.parametrize("path", ["/manage/history", "/manage/history.csv", "/manage/history.json"])
def test_attack_49_a_day_at_the_edge_of_time(world: World, path: str, day: str) -> None:
    """Threat 49: asked for as the first day or as the last, the answer is a page or a file, never a fault."""
    world.seed(clinic(manager(), member()))
    visitor = world.browser(MEG)
    for name in ("since", "until"):
        visitor.open(f"{path}?{name}={day}")
        assert visitor.answer.status_code in (200, 422), name
