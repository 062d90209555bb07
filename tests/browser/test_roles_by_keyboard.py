"""Every page of each role's console in Chromium: Tab visits whatever can be used there, and the focus is seen (O1).

The pages are those that their links lead to (`tests/journeys/test_pages_of_roles.py`), one of each kind; thousands of
keys, so it is for the long runs. The longest tasks are done by keyboard in tests of their own.
"""

from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import USABLE
from tests.browser.tabs import LOCALES
from tests.journeys.story import THURSDAY
from tests.journeys.test_pages_of_roles import ROLES, Walk, arrive
from tests.support.world import one_process

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(900)]
_MINE = f"{USABLE}.indexOf(document.activeElement)"
# Of radio buttons with one name Tab visits one; the arrows reach the others.
_GROUPS = """[...document.querySelectorAll('input[type=radio]')].length
    - new Set([...document.querySelectorAll('input[type=radio]')].map(one => one.name)).size"""
# The browser itself marks the part of a day or an hour that is typed next; Tab visits each part, and the calendar.
_IN_PARTS = "input[type=date], input[type=time], input[type=datetime-local]"
_SEEN = f"""() => {{ const one = document.activeElement, style = getComputedStyle(one);
    return one.matches('{_IN_PARTS}') || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }}"""
_PARTS = 6


@pytest.mark.parametrize("role", ROLES)
def test_tab_visits_every_control_of_every_page(browser: Browser, tmp_path: Path, role: str) -> None:
    """O1: nothing is left out or holds the focus back, and the focus is seen (WCAG 2.1.1, 2.1.2, 2.4.7)."""
    user_id, begins, kinds = ROLES[role]
    with one_process(tmp_path, THURSDAY) as world:
        walk = Walk(arrive(world, user_id, begins[0]))
        walk.everywhere(*begins)
        context = browser.new_context(locale=LOCALES["en"])
        jar = walk.visitor.cookies.jar
        context.add_cookies([{"name": one.name, "value": one.value or "", "url": world.base_url} for one in jar])
        page = context.new_page()
        visited = 0
        for address in sorted(walk.pages.values()):
            page.goto(urljoin(world.base_url, address))
            usable = page.evaluate(f"{USABLE}.length")
            seen = set()
            for _ in range(usable + 3 + _PARTS * page.locator(_IN_PARTS).count()):
                page.keyboard.press("Tab")
                here = page.evaluate(_MINE)
                seen.add(here)
                assert here < 0 or page.evaluate(_SEEN), (address, here)
            assert len(seen - {-1}) >= usable - page.evaluate(_GROUPS), address
            visited += 1
        context.close()
    assert visited >= kinds * 3 // 4
