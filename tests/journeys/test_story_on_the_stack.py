"""The story on the production shape: gunicorn, workers, gateway, PostgreSQL, Redis, RabbitMQ."""

import pytest

from tests.journeys.story import TOLD, Story
from tests.support.pages import PageVisitor
from tests.support.world import World

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


def test_from_registration_to_an_open_gate_on_the_stack(stack_world: World) -> None:
    """The same words as in one process, told to real servers."""
    Story(stack_world, lambda: PageVisitor(stack_world.base_url)).tell()
    assert {event.type for event in stack_world.events()} >= TOLD
