"""Two and a half minutes before a sign-in ends, every service warns, one press goes on, and the end explains itself.

The page's clock and the suite's are moved together: nobody waits an hour.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.browser.scene import Scene
from tests.browser.stop import Stop
from tests.browser.tabs import Tabs
from tests.journeys.story import THURSDAY
from tests.support.axe import violations
from tests.support.world import one_process

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("SCREENSHOTS")
IDLE = timedelta(minutes=60)
# One page of each service: identity, access-manager, availability, registration.
PLACES = [("manager", "/account"), ("manager", "/manage"), ("operator", "/hours"), ("desk", "/desk")]
WORDS = {
    "en": ("You will be signed out soon", "Keep me signed in", "We signed you out", "Sign in again"),
    "es": ("Su sesión se cerrará pronto", "Mantener la sesión", "Cerramos su sesión", "Iniciar sesión de nuevo"),
}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The whole suite, with nothing but its demo people."""
    with one_process(tmp_path_factory.mktemp("idle"), THURSDAY) as world:
        yield Scene(world)


@pytest.fixture
def tabs(browser: Browser) -> Iterator[Tabs]:
    """Windows of this test only: a stopped clock belongs to nobody else."""
    with Tabs(browser) as opened:
        yield opened


def later(scene: Scene, page: Page, by: timedelta) -> None:
    """Let time pass, for the suite and for the page."""
    scene.world.set_clock(scene.world.now() + by)
    page.clock.run_for(int(by.total_seconds() * 1000))


def opened(scene: Scene, tabs: Tabs, who: str, address: str, language: str = "en") -> Page:
    """A page of somebody, with a clock that the test moves."""
    page = tabs.tab(scene, Stop(f"idle{address}", address, who), language).page
    page.clock.install()
    page.goto(scene.world.base_url + address)
    assert page.url == scene.world.base_url + address
    return page


def warned(page: Page, name: str) -> Locator:
    """The warning, once it stands."""
    dialog = page.get_by_role("dialog", name=name)
    dialog.wait_for()
    return dialog


@pytest.mark.parametrize(("who", "address"), PLACES, ids=[address for _, address in PLACES])
def test_every_service_warns_and_one_press_goes_on(scene: Scene, tabs: Tabs, who: str, address: str) -> None:
    """WCAG 2.2.1: the dialog is fit for everybody, its button gives the whole time again, and the page stays."""
    scene._people.pop(who, None)
    page = opened(scene, tabs, who, address)
    later(scene, page, IDLE - timedelta(minutes=2))
    dialog = warned(page, WORDS["en"][0])
    assert violations(page) == []
    _picture(page, f"time-out{address.replace('/', '-')}")
    dialog.get_by_role("button", name=WORDS["en"][1]).click()
    dialog.wait_for(state="hidden")
    later(scene, page, timedelta(minutes=30))
    page.reload()
    assert page.url == scene.world.base_url + address


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_end_explains_itself_and_leads_back(scene: Scene, tabs: Tabs, language: str) -> None:
    """A3: an hour without use; the page that says so leads to sign-in, and from there to where one was."""
    scene._people.pop("manager", None)
    page = opened(scene, tabs, "manager", "/manage/people", language)
    later(scene, page, IDLE - timedelta(minutes=1))
    page.set_viewport_size({"width": 320, "height": 700})
    warned(page, WORDS[language][0])
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    _picture(page, f"time-out-{language}-320")
    later(scene, page, timedelta(minutes=2))
    page.get_by_role("heading", name=WORDS[language][2]).wait_for()
    page.get_by_role("link", name=WORDS[language][3]).click()
    page.wait_for_url("**/login?ticket=*")
    page.get_by_role("textbox").first.wait_for()


def test_signing_out_in_the_warning_signs_out_everywhere(scene: Scene, tabs: Tabs) -> None:
    """The other button of the dialog."""
    scene._people.pop("manager", None)
    page = opened(scene, tabs, "manager", "/manage")
    later(scene, page, IDLE - timedelta(minutes=2))
    warned(page, WORDS["en"][0]).get_by_role("button", name="Sign me out").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    page.goto(f"{scene.world.base_url}/account")
    assert "/login" in page.url


def _picture(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))
