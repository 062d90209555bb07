"""One Chromium and one world with a history for all pages; a second world in which nothing has happened yet."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.browser.scene import Scene, busy
from tests.browser.tabs import Tabs
from tests.journeys.story import THURSDAY
from tests.support.chromium import chromium
from tests.support.world import one_process


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Scene]]:
    """The worlds by name, made when they are first asked for."""
    made: dict[str, Scene] = {}
    with ExitStack() as stack:

        def scene(name: str) -> Scene:
            if name not in made:
                made[name] = Scene(stack.enter_context(one_process(tmp_path_factory.mktemp(name), THURSDAY)))
                if name == "busy":
                    busy(made[name])
            return made[name]

        yield scene


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> Iterator[Tabs]:
    """Open windows, one per world, role and language."""
    with Tabs(browser) as opened:
        yield opened
