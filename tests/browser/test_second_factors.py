"""Second factors in Chromium under the real Content-Security-Policy: the countdown, printing, pasting, no scripts."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.story import THURSDAY, code_in
from tests.support.chromium import ChromiumVisitor
from tests.support.world import OneProcess, one_process, person

pytestmark = pytest.mark.browser
WHO, MOBILE = "priya.nair", "+12025550113"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneProcess]:
    """The suite with demo people, of whom nobody has done anything yet."""
    with one_process(tmp_path_factory.mktemp("factors"), THURSDAY) as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, world: OneProcess) -> Iterator[ChromiumVisitor]:
    """A window with scripts; at its end the console has complained of nothing."""
    yield from _window(browser, world, scripts=True)


@pytest.fixture
def plain(browser: Browser, world: OneProcess) -> Iterator[ChromiumVisitor]:
    """A window without scripts."""
    yield from _window(browser, world, scripts=False)


def _window(browser: Browser, world: OneProcess, *, scripts: bool) -> Iterator[ChromiumVisitor]:
    opened = ChromiumVisitor(browser, world.base_url, scripts=scripts)
    yield opened
    opened.close()
    assert opened.faults == []


def type_password(visitor: ChromiumVisitor, world: OneProcess) -> None:
    """Sign in by user ID and password."""
    visitor.open("/login")
    visitor.fill("User ID", WHO)
    visitor.fill("Password", person(world, WHO)["password"])
    visitor.press("Sign in")


def code_of_app(visitor: ChromiumVisitor, world: OneProcess) -> str:
    """What an app shows that has just been given the key of the page."""
    address = visitor.leads_to("On this phone: open it in the app")
    app = pyotp.parse_uri(address)
    assert isinstance(app, pyotp.TOTP)
    return app.at(world.now())


def test_the_countdown_counts_and_speaks_once(visitor: ChromiumVisitor, world: OneProcess) -> None:
    """Capability C7: seconds by eye; read aloud only when the next code may be asked for."""
    type_password(visitor, world)
    visitor.page.clock.install()
    visitor.open("/account/methods/phone")
    visitor.press("Send the code")
    wait = visitor.page.locator("[data-countdown]")
    seconds = int(wait.get_attribute("data-countdown") or 0)
    assert 1 <= seconds <= 30
    visitor.page.clock.run_for(1100)
    expect(wait).to_contain_text("Seconds until you can ask for another code: ")
    assert wait.get_attribute("role") is None
    visitor.page.clock.run_for(seconds * 1000)
    expect(wait).to_have_text("You can ask for another code now.")
    assert wait.get_attribute("role") == "status"


def test_a_code_is_pasted_in_groups_and_codes_on_paper_are_printed(visitor: ChromiumVisitor, world: OneProcess) -> None:
    """WCAG 1.3.5, 3.3.8: one field for six digits, marked as one-time code; the codes to keep are printed or copied."""
    type_password(visitor, world)
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor.page.add_init_script("window.print = () => { window.printed = true }")
    visitor.open("/account/methods/app")
    code = code_of_app(visitor, world)
    field = visitor.page.get_by_label("6-digit code")
    assert (field.get_attribute("autocomplete"), field.get_attribute("inputmode")) == ("one-time-code", "numeric")
    visitor.page.evaluate("text => navigator.clipboard.writeText(text)", f" {code[:3]} {code[3:]} ")
    field.focus()
    visitor.page.keyboard.press("Control+V")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/account/methods?added")
    visitor.open("/account/methods/recovery-codes")
    visitor.press("Show me my codes")
    visitor.press("Print them")
    assert visitor.page.evaluate("window.printed") is True
    visitor.press("Copy")
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert len(re.findall(r"(?m)^(?:[0-9a-z]{4}-){3}[0-9a-z]{4}$", copied)) == 10


def test_everything_works_with_scripts_switched_off(plain: ChromiumVisitor, world: OneProcess) -> None:
    """A phone is set up, asked for, and another way is picked; what only scripts can do is not shown."""
    type_password(plain, world)
    plain.open("/account/methods/phone")
    plain.press("Send the code")
    assert "You can ask for another code in 30 seconds." in plain.text
    world.settle()
    plain.fill("6-digit code", code_in(world, MOBILE))
    plain.press("Finish setting up")
    plain.open("/account/methods/recovery-codes")
    plain.press("Show me my codes")
    assert "Print them" not in plain.text and "Copy" not in plain.text
    paper = re.findall(r"\b(?:[0-9a-z]{4}-){3}[0-9a-z]{4}\b", plain.text)
    plain.open("/logout")
    plain.press("Sign out")
    type_password(plain, world)
    assert "We send a 6-digit code to •••• 0113." in plain.text
    plain.follow("Use another way")
    plain.choose("Recovery code")
    plain.press("Continue")
    plain.fill("Recovery code", paper[0].upper())
    plain.press("Continue")
    assert plain.address.endswith("/account")
