"""A person's own pages without a mouse (WCAG 2.1.1): a sign-in with two factors, a second way set up and removed, a
browser forgotten, a password recovered. Every step is reached by Tab, with a focus that is seen, and done by Enter."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.keyboard import enter, tab_to, write
from tests.journeys.story import THURSDAY, code_in
from tests.support.chromium import ChromiumVisitor
from tests.support.world import OneProcess, code_now, one_process, person

pytestmark = pytest.mark.browser
WHO, MAIL = "david.chen", "david.chen@northfield.example"
NEW_PASSWORD = "seven purple trams at noon"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with demo people, of whom nobody has done anything yet."""
    with one_process(tmp_path_factory.mktemp("keys"), THURSDAY) as running:
        yield running


@pytest.fixture
def page(browser: Browser, world: OneProcess) -> Iterator[Page]:
    """A window at the page of sign-in; at its end the console has complained of nothing."""
    visitor = ChromiumVisitor(browser, world.base_url)
    visitor.open("/login")
    yield visitor.page
    visitor.close()
    assert visitor.faults == []


def sign_in(page: Page, world: OneProcess, password: str) -> None:
    """User ID, password, the code of the app; nothing more for now."""
    write(page, "User ID", WHO)
    write(page, "Password", password)
    enter(page, "Sign in")
    assert "/login/prove" in page.url
    write(page, "6-digit code", fresh_code(world))
    enter(page, "Continue")
    if "/login/nudge" in page.url:
        enter(page, "Not now")
    assert page.url.endswith("/account")


def fresh_code(world: OneProcess) -> str:
    """Each code is good once, so half a minute passes."""
    world.set_clock(world.now() + timedelta(seconds=30))
    return code_now(world, WHO)


def words(page: Page) -> str:
    """What the page says."""
    return page.locator("main").inner_text()


def test_an_app_is_added_and_removed_and_a_browser_forgotten(page: Page, world: OneProcess) -> None:
    """Capabilities B2, B3 and A4 by keys alone; what is folded away is opened by Enter too."""
    sign_in(page, world, person(world, WHO)["password"])
    enter(page, "Sign-in methods")
    enter(page, "Add an authenticator app")
    tab_to(page, "I cannot scan the picture")
    page.keyboard.press("Enter")
    key = re.search(r"\b(?:[A-Z2-7]{4} ?){8}\b", words(page))
    assert key, words(page)
    write(page, "6-digit code", pyotp.TOTP(key.group().replace(" ", "")).at(world.now()))
    write(page, "Name of the app", "tablet")
    enter(page, "Finish setting up")
    assert "The new way of signing in is ready" in words(page)
    enter(page, "Remove Authenticator app tablet")
    enter(page, "Remove it")
    assert "It was removed" in words(page)
    enter(page, "Devices")
    enter(page, "Forget ")
    assert "No browser is known." in words(page)


def test_a_password_is_recovered(page: Page, world: OneProcess) -> None:
    """Capability C2 by keys alone: a code to the mailbox, the app, a new password, and in with it."""
    enter(page, "I forgot my user ID or password")
    enter(page, "Choose a new password")
    write(page, "User ID", WHO)
    write(page, "E-mail address or mobile number of your account", MAIL)
    enter(page, "Send a code")
    world.settle()
    write(page, "6-digit code", code_in(world, MAIL))
    enter(page, "Continue")
    write(page, "6-digit code from your authenticator app", fresh_code(world))
    enter(page, "Continue")
    write(page, "New password", NEW_PASSWORD)
    enter(page, "Save my new password")
    assert "Your password is changed" in words(page)
    enter(page, "Sign in")
    sign_in(page, world, NEW_PASSWORD)


def test_the_summary_of_what_is_wrong_leads_to_the_field(page: Page) -> None:
    """WCAG 3.3.1: after a fault the summary has the focus, and Enter on its line puts it into the field."""
    enter(page, "Sign in")
    page.wait_for_selector("[data-error-summary]:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "user_id"
