"""What only a browser can tell: nothing overflows, nothing is blocked, scripts give comfort, and pages work without."""

import logging
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright
from werkzeug.serving import make_server

from tests.unit.web_shell.gallery import make_app

pytestmark = pytest.mark.browser
PAGES = ["/gallery", "/gallery/form", "/gallery/form?lang=es", "/gallery/help", "/gallery/refused"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The gallery on a port of its own; its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("localhost", 0, app := make_app(), threaded=True)
    address = f"http://localhost:{server.server_port}"
    app.extensions["gatehouse_csrf"] = make_app(public_url=address).extensions["gatehouse_csrf"]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield address
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium, the system's own."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when the policy blocks something or a script breaks."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_overflows(tab: Page, site: str, path: str, width: int) -> None:
    """WCAG 1.4.10: no sideways scrolling at 320 pixels, also with the text spacing of WCAG 1.4.12."""
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(site + path)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.evaluate(
        """() => { const sheet = new CSSStyleSheet();
        sheet.replaceSync('*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}');
        document.adoptedStyleSheets = [sheet]; }"""
    )
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/gallery", "/gallery/form"])
def test_targets_are_large_enough(tab: Page, site: str, path: str) -> None:
    """WCAG 2.5.8: whatever can be pressed, outside running text, is at least 24 pixels high."""
    tab.set_viewport_size({"width": 320, "height": 900})
    tab.goto(site + path)
    boxes = tab.locator("button:visible, .usa-button:visible, footer a, nav a, input:visible, select:visible").all()
    heights = [box["height"] for target in boxes if (box := target.bounding_box())]
    assert len(heights) > 5
    assert min(heights) >= 22  # a native checkbox is 22 px inside a label that fills its 48 px tile


def test_an_error_takes_the_focus_and_leads_to_the_field(tab: Page, site: str) -> None:
    """The summary is focused; its first link lands in the input."""
    tab.goto(f"{site}/gallery/form")
    tab.get_by_role("button", name="Continue").click()
    assert tab.title().startswith("Error: ")
    assert tab.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    tab.get_by_role("link", name="Enter the TIN").click()
    assert tab.evaluate("document.activeElement.id") == "f-tin"


def test_a_password_can_be_looked_at(tab: Page, site: str) -> None:
    """The button says what it does, a status says what happened, and it is hidden again when it is sent."""
    tab.goto(f"{site}/gallery/form")
    tab.fill("#f-password", "correct horse")
    tab.get_by_role("button", name="Show password").click()
    assert tab.locator("#f-password").get_attribute("type") == "text"
    assert tab.get_by_role("status").text_content() == "Your password is shown"
    tab.get_by_role("button", name="Hide password").click()
    assert tab.locator("#f-password").get_attribute("type") == "password"


def test_a_second_click_sends_nothing(tab: Page, site: str) -> None:
    """The guard swallows the second submission of a form under way."""
    tab.goto(f"{site}/gallery/form")
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    tab.evaluate("() => { const b = document.querySelector('main button[type=submit]'); b.click(); b.click(); }")
    tab.get_by_role("heading", name="There is a problem").wait_for()
    assert sent == ["POST"]


def lasting(tab: Page, site: str, seconds: int) -> list[str]:
    """Let the server say how long the session lasts, from now on; return the methods it is asked with."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.method)
        route.fulfill(json={"seconds": 900 if route.request.method == "POST" else seconds})

    tab.route(f"{site}/gallery/session", answer)
    return asked


def test_the_session_warns_before_it_ends(tab: Page, site: str) -> None:
    """Nothing until 150 seconds before the end; then a dialog whose clock runs each second, the spoken one less."""
    asked = lasting(tab, site, 140)
    tab.clock.install()
    tab.goto(f"{site}/gallery")
    tab.clock.run_for(740_000)
    assert not tab.locator("dialog").is_visible() and asked == []
    tab.clock.run_for(20_000)
    tab.get_by_role("dialog", name="You will be signed out soon").wait_for()
    assert tab.locator("[data-clock]").text_content() == "2:20"
    assert tab.locator("[data-spoken]").text_content() == "Seconds left until you are signed out: 150"
    assert tab.evaluate("document.activeElement.textContent.trim()") == "Keep me signed in"
    assert asked == ["GET"]
    tab.clock.run_for(15_000)
    assert tab.locator("[data-clock]").text_content() in {"2:05", "2:06"}
    assert tab.locator("[data-spoken]").text_content() == "Seconds left until you are signed out: 150"


def test_the_session_ends_on_the_page_that_says_so(tab: Page, site: str) -> None:
    """At zero the server is asked once more; if it agrees, the page is left."""
    lasting(tab, site, 0)
    tab.clock.install()
    tab.goto(f"{site}/gallery")
    tab.clock.run_for(760_000)
    tab.wait_for_url(f"{site}/")
    assert tab.url == f"{site}/"


@pytest.mark.parametrize("way", ["Keep me signed in", "Escape"])
def test_one_press_keeps_the_session(tab: Page, site: str, way: str) -> None:
    """The button and the Escape key say that somebody is there; the dialog goes, and stays away (WCAG 2.2.1)."""
    asked = lasting(tab, site, 140)
    tab.clock.install()
    tab.goto(f"{site}/gallery")
    tab.clock.run_for(760_000)
    dialog = tab.get_by_role("dialog", name="You will be signed out soon")
    dialog.wait_for()
    tab.keyboard.press("Escape") if way == "Escape" else tab.get_by_role("button", name=way).click()
    dialog.wait_for(state="hidden")
    assert asked == ["GET", "POST"]
    tab.clock.run_for(700_000)
    assert not dialog.is_visible() and asked == ["GET", "POST"]


def test_work_in_another_tab_counts_in_this_one(tab: Page, site: str) -> None:
    """The server knows of it, so nobody is warned."""
    asked = lasting(tab, site, 900)
    tab.clock.install()
    tab.goto(f"{site}/gallery")
    with tab.expect_response(f"{site}/gallery/session"):
        tab.clock.run_for(760_000)
    tab.clock.run_for(60_000)
    assert not tab.locator("dialog").is_visible() and asked == ["GET"]


def test_everything_works_without_scripts(browser: Browser, site: str) -> None:
    """No dead buttons, and the form goes its way."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/gallery/form")
    assert page.get_by_role("button", name="Show password").count() == 0
    page.get_by_role("button", name="Continue").click()
    assert page.get_by_role("heading", name="There is a problem").is_visible()
    page.get_by_role("link", name="Español").click()
    assert page.get_by_role("heading", name="Unirse a un consultorio").is_visible()
    context.close()


def test_forced_colours_keep_what_colour_says(browser: Browser, site: str) -> None:
    """A chosen tile and the current page still have a mark when the system paints."""
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{site}/gallery")
    assert page.evaluate("getComputedStyle(document.querySelector('.usa-radio:has(:checked)')).borderWidth") == "2px"
    assert page.evaluate("getComputedStyle(document.querySelector('.usa-button')).borderStyle") == "solid"
    context.close()
