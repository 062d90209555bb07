"""Windows of Chromium with the cookies of whoever stands there, who got where they are without scripts.

One window per language serves everybody: a new one for each person would be a new process of Chromium, which takes
longer than a page.
"""

from http.cookiejar import Cookie
from typing import Any, Self
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.scene import Scene
from tests.browser.stop import Stop
from tests.support.axe import bring_the_judge

LOCALES = {"en": "en-US", "es": "es-US"}
Somebody = tuple[str, str]  # world and role


class Tab:
    """One window. `status` is that of the last page; `faults` are what the console complained about."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._scene: Scene | None = None
        self._who: Somebody = ("", "")
        self._kept: dict[Somebody, Any] = {}
        bring_the_judge(context)
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.status = 0
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", self._seen)
        # A form that sends itself off to an app would leave before anybody has looked at its page.
        self.page.add_init_script("HTMLFormElement.prototype.submit = () => {}")

    def seat(self, scene: Scene, who: Somebody) -> None:
        """Whoever sits here leaves with their cookies, and somebody else comes with theirs."""
        if who == self._who:
            return
        # Nothing under way may still answer for them. A blank page would do it too, but what is opened after one is
        # in a new process of Chromium, which reads and compiles axe again.
        self.page.evaluate("window.stop()")
        self._kept[self._who] = self._context.cookies()
        self._context.clear_cookies()
        if who not in self._kept:
            self._kept[who] = [_cookie(one, scene) for one in scene.visitor(who[1]).cookies.jar]
        self._context.add_cookies(self._kept[who])
        self._scene, self._who = scene, who

    def go(self, stop: Stop) -> None:
        """Open the page and do what the stop says."""
        self.faults.clear()
        self.page.goto(self._address(stop.address), wait_until="load")
        for selector, value in stop.fill:
            self.page.locator(selector).fill(value)
        if stop.press:
            with self.page.expect_response(lambda answer: _is_page(answer) and not 300 <= answer.status < 400):
                self.page.locator(stop.press).first.click()
            self.page.wait_for_load_state("load")

    def close(self) -> None:
        """Close the window."""
        self._context.close()

    def _address(self, address: str) -> str:
        assert self._scene is not None, "nobody sits here"
        filled = address.format_map(self._scene.places)
        if filled.startswith("portal"):
            return self._scene.world.portal_url + filled.removeprefix("portal")
        return urljoin(self._scene.world.base_url, filled)

    def _note(self, kind: str, text: str) -> None:
        # A status of 4xx on a page is an answer, not a fault of the page.
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.faults.append(f"{kind}: {text}")

    def _seen(self, answer: Response) -> None:
        if _is_page(answer):
            self.status = answer.status


class Tabs:
    """Every window that was opened, by language."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: dict[str, Tab] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for tab in self._open.values():
            tab.close()

    def tab(self, scene: Scene, stop: Stop, language: str) -> Tab:
        """The window of a language, with whom the stop names before it."""
        if language not in self._open:
            size = {"width": 1280, "height": 900}
            self._open[language] = Tab(self._browser.new_context(locale=LOCALES[language], viewport=size))  # type: ignore[arg-type]
        tab = self._open[language]
        tab.seat(scene, (stop.world, stop.who))
        return tab


def _cookie(cookie: Cookie, scene: Scene) -> dict[str, Any]:
    return {"name": cookie.name, "value": cookie.value, "url": scene.world.base_url, "sameSite": "Lax"}


def _is_page(answer: Response) -> bool:
    return answer.request.is_navigation_request() and answer.frame.parent_frame is None
