"""A person at a real browser: Debian's Chromium through Playwright, with the verbs of `tests.support.pages`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urljoin

from playwright.sync_api import Browser, Locator, Page, sync_playwright

EXECUTABLE = "/usr/bin/chromium"
_FLAGS = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page follows a page in the process of its window. Without this a spare one is started and ended at every page.
    "--renderer-process-limit=1",
]


class ChromiumVisitor:
    """The person in Chromium; `scripts` switches JavaScript on or off."""

    def __init__(self, browser: Browser, base_url: str, *, scripts: bool = True, width: int = 1280) -> None:
        self._base = base_url
        self._context = browser.new_context(
            java_script_enabled=scripts, viewport={"width": width, "height": 900}, locale="en-US"
        )
        self.page: Page = self._context.new_page()
        self.faults: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        # A status of 4xx on a page is an answer, not a fault of the page.
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(text)

    @property
    def address(self) -> str:
        """See Visitor."""
        return self.page.url

    @property
    def text(self) -> str:
        """See Visitor."""
        return re.sub(r"\s+", " ", self.page.locator("main").first.inner_text()).strip()

    def open(self, address: str) -> None:
        """See Visitor."""
        self.page.goto(urljoin(self._base, address))

    def fill(self, label: str, value: str) -> None:
        """See Visitor."""
        self._labelled(label).fill(value)

    def choose(self, label: str) -> None:
        """See Visitor."""
        self._labelled(label).check(force=True)

    def untick(self, label: str) -> None:
        """See Visitor."""
        self._labelled(label).uncheck(force=True)

    def press(self, button: str) -> None:
        """See Visitor."""
        self._named("button", button).click()
        self.page.wait_for_load_state("load")

    def follow(self, link: str) -> None:
        """See Visitor."""
        self._named("link", link).click()
        self.page.wait_for_load_state("load")

    def leads_to(self, link: str) -> str:
        """See Visitor."""
        return str(self._named("link", link).get_attribute("href"))

    def _labelled(self, label: str) -> Locator:
        exact = self.page.get_by_label(label, exact=True)
        return exact.first if exact.count() else self.page.get_by_label(label).first

    def _named(self, role: Literal["button", "link"], name: str) -> Locator:
        exact = self.page.get_by_role(role, name=name, exact=True)
        return exact.first if exact.count() else self.page.get_by_role(role, name=name).first

    def close(self) -> None:
        """Close the window and forget its cookies."""
        self._context.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium once; every visitor gets cookies of their own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=EXECUTABLE, args=_FLAGS, chromium_sandbox=False, headless=True
        )
        try:
            yield browser
        finally:
            browser.close()
