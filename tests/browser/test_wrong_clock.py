"""A computer whose clock is wrong: its codes would not fit, and the page of sign-in says why, in a real browser."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.scene import Scene

HEADING = "Check the clock of this computer"


@pytest.mark.parametrize(("off", "told"), [(0, False), (50, False), (-50, False), (90, True), (-3600, True)])
def test_a_clock_more_than_a_minute_off_is_told(
    browser: Browser, scenes: Callable[[str], Scene], off: int, told: bool
) -> None:
    """Capability A9: said before anybody types a code; a clock that is nearly right is left alone."""
    world = scenes("empty").world
    page = browser.new_page(locale="en")
    # The browser's time as a whole, that of its navigation included, is what a person's wrong clock changes.
    shown = int((world.now() + timedelta(seconds=off)).timestamp() * 1000)
    page.add_init_script(f"Object.defineProperty(Performance.prototype, 'timeOrigin', {{get: () => {shown}}})")
    page.goto(f"{world.base_url}/login")
    expect(page.get_by_role("heading", name=HEADING)).to_have_count(1 if told else 0)
    page.close()


def test_without_scripts_the_page_says_nothing_of_clocks(browser: Browser, scenes: Callable[[str], Scene]) -> None:
    """Only a script knows the computer's time; without one nobody is warned of what may be right."""
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{scenes('empty').world.base_url}/login")
    expect(page.get_by_text(HEADING)).to_be_hidden()
    context.close()
