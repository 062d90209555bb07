"""Every page of the suite for every kind of person, in Chromium: wide and narrow, in English and in Spanish.

SCREENSHOTS=some/folder writes a picture of each, for eyes.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.scene import Scene
from tests.browser.stop import Stop
from tests.browser.stops import STOPS
from tests.browser.tabs import Tab, Tabs
from tests.support.axe import violations

pytestmark = pytest.mark.browser
WIDTHS = (1280, 320)  # a desk; WCAG 1.4.10 (also a desk at 400 %)
CONSOLES = ("/manage", "/desk", "/hours", "/admin")
PICTURES = os.environ.get("SCREENSHOTS")
VISITS = [pytest.param(stop, language, id=f"{stop.name}-{language}") for stop in STOPS for language in stop.languages]
# Every form can be sent where no script runs; buttons that only scripts can use are hidden until they do.
DEAD_FORMS = "[...document.forms].filter(form => !form.querySelector('button:not([type=button]):not([hidden])')).length"
HEADINGS = "[...document.querySelectorAll('h1')].map(one => one.innerText)"
# What is said is read before every fold is opened, in one question: each costs the way to the page and back.
SAID = f"""() => {{
    const said = {{ language: document.documentElement.lang, title: document.title, headings: {HEADINGS},
        dead_forms: {DEAD_FORMS} }};
    document.querySelectorAll("details").forEach(one => {{ one.open = true }});
    return said;
}}"""
# A table with more columns than fit scrolls inside its frame, and whoever does not know that misses the last of them.
CUT_OFF = "[...document.querySelectorAll('.usa-table-container')].filter(it => it.scrollWidth > it.clientWidth).length"
WIDE = f"() => ({{ page: document.documentElement.scrollWidth, cut_off: {CUT_OFF} }})"


@pytest.mark.parametrize(("stop", "language"), VISITS)
def test_a_page_is_fit_for_everybody(stop: Stop, language: str, scenes: Callable[[str], Scene], tabs: Tabs) -> None:
    """axe finds nothing, nothing overflows, nothing is blocked, and the page says what it is, in its language."""
    scene = scenes(stop.world)
    tab = tabs.tab(scene, stop, language)
    now = scene.world.now()
    scene.world.set_clock(stop.at or now)
    try:
        tab.go(stop)
    finally:
        scene.world.set_clock(now)
    assert tab.status == stop.status, tab.page.locator("main").inner_text()
    if stop.address.startswith(CONSOLES):
        assert ("/login" in tab.page.url) is stop.on_the_way, tab.page.url
    said = tab.page.evaluate(SAID)
    assert said["language"] == language
    assert said["dead_forms"] == 0
    assert len(said["headings"]) == 1 and " | " in said["title"], said
    for width in WIDTHS:
        tab.page.set_viewport_size({"width": width, "height": 900})
        _picture(tab, f"{stop.name}-{language}-{width}")
        wide = tab.page.evaluate(WIDE)
        assert wide["page"] <= width
        assert wide["cut_off"] == 0, f"a table is cut off at {width} pixels"
        assert violations(tab.page) == [], f"{width} pixels wide"
    assert tab.faults == []


def _picture(tab: Tab, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        tab.page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
