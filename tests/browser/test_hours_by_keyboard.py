"""`/hours` without a mouse (capability O1): change hours, look, publish, go back; start maintenance and end it."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.keyboard import USABLE, enter, tab_to, write
from tests.journeys.story import THURSDAY, sign_in
from tests.support.chromium import ChromiumVisitor
from tests.support.world import OneProcess, code_now, one_process, person

pytestmark = pytest.mark.browser
OPERATOR = "kim.tanaka"
PAGES = ("/hours", "/hours/maintenance/new", "/hours/calendars/precertification", "/hours/versions/1", "/status")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with demo people."""
    with one_process(tmp_path_factory.mktemp("hours"), THURSDAY) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, world: OneProcess) -> Iterator[ChromiumVisitor]:
    """The operator at /hours, with two factors."""
    world.set_clock(world.now() + timedelta(seconds=30))  # each code is good once
    found = ChromiumVisitor(browser, world.base_url)
    sign_in(found, "/hours", OPERATOR, person(world, OPERATOR)["password"])
    found.fill("6-digit code", code_now(world, OPERATOR))
    found.press("Continue")
    yield found
    found.close()
    assert found.faults == []


def is_open(world: OneProcess, function: str) -> bool:
    """What the gate says."""
    return httpx.get(f"{world.base_url}/gate/check", params={"function": function}).status_code == 204


def tick(page: Page, label: str) -> None:
    """Reach a checkbox or a radio button and choose it."""
    tab_to(page, label)
    page.keyboard.press("Space")


def test_every_control_of_every_page_is_reached(visitor: ChromiumVisitor) -> None:
    """Tab visits everything that can be used, and nothing holds it (WCAG 2.1.1, 2.1.2)."""
    for address in PAGES:
        visitor.open(address)
        expected = visitor.page.evaluate(f"{USABLE}.length")
        radios = visitor.page.evaluate("document.querySelectorAll('input[type=radio]').length")
        seen = set()
        for _ in range(expected + 25):  # a date field has several places to stop
            visitor.page.keyboard.press("Tab")
            seen.add(visitor.page.evaluate(f"{USABLE}.indexOf(document.activeElement)"))
        assert len(seen - {-1}) >= expected - max(0, radios - 1), address


def test_hours_are_changed_looked_at_published_and_taken_back(visitor: ChromiumVisitor) -> None:
    """J9, M13: edit, preview, publish; and the version before it counts again."""
    page = visitor.page
    enter(page, "Change the hours of Precertification")
    tab_to(page, "Opening hours, one line for each")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("Mon-Sat 05:00-03:00\nSun 05:00-22:00")
    write(page, "Reason", "Longer Sundays")
    enter(page, "See what would change")
    assert "What would change: Precertification" in visitor.text
    assert "960 minutes" in visitor.text
    enter(page, "Publish this change")
    assert "Sunday: 5:00 a.m. to 10:00 p.m." in visitor.text.replace("\u00a0", " ")
    enter(page, "1")
    write(page, "Reason", "Nobody came")
    enter(page, "Go back to this version")
    assert "Sunday: 5:00 a.m. to 9:00 p.m." in visitor.text.replace("\u00a0", " ")


def test_maintenance_is_started_and_ended(visitor: ChromiumVisitor, world: OneProcess) -> None:
    """J2: after a fault the summary has the focus; then it begins, closes, is ended, and everything is open."""
    page = visitor.page
    enter(page, "Start maintenance now")
    tick(page, "Website")
    write(page, "Reason", "Something broke")
    enter(page, "Confirm maintenance")
    page.wait_for_selector("[data-error-summary]:focus")
    assert "outside the maintenance allowance" in visitor.text
    tick(page, "Yes: it cannot wait")
    enter(page, "Confirm maintenance")
    assert "Maintenance has started" in visitor.text
    assert not is_open(world, "claims.submit")
    enter(page, "End maintenance")
    write(page, "Reason", "Mended")
    enter(page, "End this maintenance")
    assert is_open(world, "claims.submit")
