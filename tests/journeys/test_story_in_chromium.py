"""The story in a real browser, with scripts and without; nothing may complain on the console."""

from pathlib import Path

import pytest

from tests.journeys.story import THURSDAY, Story
from tests.support.chromium import ChromiumVisitor, chromium
from tests.support.world import one_process

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_from_registration_to_an_open_gate_in_a_browser(tmp_path: Path, *, scripts: bool) -> None:
    """The same story, every page rendered by Chromium under the strict content security policy."""
    visitors: list[ChromiumVisitor] = []
    with one_process(tmp_path, THURSDAY) as world, chromium() as browser:

        def open_browser() -> ChromiumVisitor:
            visitors.append(ChromiumVisitor(browser, world.base_url, scripts=scripts))
            return visitors[-1]

        Story(world, open_browser).tell()
    assert [fault for visitor in visitors for fault in visitor.faults] == []
