"""The support desk without a mouse (M12): from the queue to the seat by Tab, Shift+Tab, Enter, Space and typing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.keyboard import USABLE, enter, tab_to, write
from tests.browser.scene import Scene
from tests.journeys.story import THURSDAY, sign_in
from tests.support.chromium import ChromiumVisitor
from tests.support.world import OneProcess, code_now, one_process, person

pytestmark = pytest.mark.browser
_PARTS = 12  # a field for a moment is a stop for each of its parts
ROSA, INES, APPLICANT = "rosa.ramirez", "ines.olsen", "Jordan Blake"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with demo people, and somebody whose office has to be called."""
    with one_process(tmp_path_factory.mktemp("desk"), THURSDAY) as running:
        scene = Scene(running)
        scene.register(scene.applicant(APPLICANT, "Riverbend Behavioral Health"))
        yield running


def arrive(browser: Browser, world: OneProcess, who: str) -> ChromiumVisitor:
    """An agent at the queue, signed in with two factors."""
    world.set_clock(world.now() + timedelta(seconds=30))  # each code is good once
    visitor = ChromiumVisitor(browser, world.base_url)
    sign_in(visitor, "/desk", who, person(world, who)["password"])
    visitor.fill("6-digit code", code_now(world, who))
    visitor.press("Continue")
    return visitor


def leave(visitor: ChromiumVisitor) -> None:
    """Nothing was blocked, nothing failed in a script."""
    visitor.close()
    assert visitor.faults == []


def choose(page: Page, first: str, steps: int) -> None:
    """Reach a group of radio buttons, none of which is chosen yet, and go down to one by arrows."""
    tab_to(page, first)
    page.keyboard.press("Space")
    for _ in range(steps):
        page.keyboard.press("ArrowDown")


def tick(page: Page, label: str) -> None:
    """Reach a checkbox and tick it."""
    tab_to(page, label)
    page.keyboard.press("Space")


def test_every_control_of_every_page_is_reached_in_order(browser: Browser, world: OneProcess) -> None:
    """Tab visits what can be used, Shift+Tab goes back the same way, nothing holds the focus (WCAG 2.1.1, 2.1.2)."""
    visitor = arrive(browser, world, ROSA)
    page = visitor.page
    enter(page, APPLICANT)
    case = page.url
    for address in ("/desk", case, f"{case}/next-call", f"{case}/propose", f"{case}/another", "/desk/letters"):
        visitor.open(address)
        radios = page.evaluate("document.querySelectorAll('input[type=radio]').length")
        expected = page.evaluate(f"{USABLE}.length") - max(0, radios - 1)
        for key in ("Tab", "Shift+Tab"):
            assert len(_walk(page, key, expected + radios + _PARTS)) >= expected, (key, address)
    leave(visitor)


def _walk(page: Page, key: str, steps: int) -> set[int]:
    seen = set()
    for _ in range(steps):
        page.keyboard.press(key)
        seen.add(page.evaluate(f"{USABLE}.indexOf(document.activeElement)"))
    return seen - {-1}


def test_a_case_goes_from_the_queue_to_the_seat(browser: Browser, world: OneProcess) -> None:
    """Queue, case, a call with a fault that is mended, a contact shown, a proposal; a colleague agrees; all by keys."""
    visitor = arrive(browser, world, ROSA)
    page = visitor.page
    enter(page, APPLICANT)
    enter(page, "Show the mobile number")
    assert "+1212555" in visitor.text.replace(" ", "")
    enter(page, "Record call")
    page.wait_for_selector("[data-error-summary]:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first line of the summary leads to the question
    assert page.evaluate("document.activeElement.name") == "outcome"
    page.keyboard.press("Shift+Tab")
    choose(page, "The office confirmed", 2)
    write(page, "Note", "Asked to call back")
    enter(page, "Record call")
    assert "Left a message" in visitor.text and "Rosa Ramirez" in visitor.text
    enter(page, "Ask a colleague to agree")
    write(page, "Why is it right?", "The owner came to our office.")
    enter(page, "Ask a colleague to agree")
    assert "You asked, so somebody else decides." in visitor.text
    leave(visitor)
    _agreed(browser, world)


def _agreed(browser: Browser, world: OneProcess) -> None:
    """Ines narrows the queue to what waits for a colleague, reads, and agrees by Space."""
    visitor = arrive(browser, world, INES)
    page = visitor.page
    tab_to(page, "Narrow the queue down")
    page.keyboard.press("Enter")
    tick(page, "Waits for a second person")
    enter(page, "Show")
    enter(page, APPLICANT)
    assert "The owner came to our office." in visitor.text
    tab_to(page, "Agree and seat")
    with page.expect_navigation():
        page.keyboard.press("Space")
    assert "Decided by Ines Olsen" in visitor.text
    leave(visitor)
