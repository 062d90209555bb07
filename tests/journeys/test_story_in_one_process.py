"""The story in the all-in-one shape, page by page without JavaScript."""

from pathlib import Path

from tests.journeys.story import THURSDAY, TOLD, Story
from tests.support.pages import PageVisitor
from tests.support.world import one_process


def test_from_registration_to_an_open_gate(tmp_path: Path) -> None:
    """Everything that the README promises happens, in order, through the front door."""
    with one_process(tmp_path, THURSDAY) as world:
        Story(world, lambda: PageVisitor(world.base_url)).tell()
        assert {event.type for event in world.events()} >= TOLD
