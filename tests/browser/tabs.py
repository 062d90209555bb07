"""Windows of Chromium, each with the cookies of somebody who got where they are without scripts."""

from http.cookiejar import Cookie
from typing import Any, Self
from urllib.parse import urljoin

from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.scene import Scene
from tests.browser.stop import Stop

LOCALES = {"en": "en-US", "es": "es-US"}
# Every window keeps connections, and the server of a test takes a hundred at most.
_MOST = 6


class Tab:
    """One window. `status` is that of the last page; `faults` are what the console complained about."""

    def __init__(self, context: BrowserContext, scene: Scene) -> None:
        self._scene = scene
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.status = 0
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", self._seen)
        # A form that sends itself off to an app would leave before anybody has looked at its page.
        self.page.add_init_script("HTMLFormElement.prototype.submit = () => {}")

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

    def _address(self, address: str) -> str:
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
    """Every window that was opened, by world, role and language."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._open: dict[tuple[str, str, str], tuple[BrowserContext, Tab]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for context, _tab in self._open.values():
            context.close()

    def tab(self, scene: Scene, stop: Stop, language: str) -> Tab:
        """The window of somebody, in a language."""
        key = (stop.world, stop.who, language)
        if key not in self._open:
            self._make_room()
            context = self._browser.new_context(locale=LOCALES[language], viewport={"width": 1280, "height": 900})
            context.add_cookies([_cookie(one, scene) for one in scene.visitor(stop.who).cookies.jar])  # type: ignore[arg-type]
            self._open[key] = (context, Tab(context, scene))
        return self._open[key][1]

    def _make_room(self) -> None:
        while len(self._open) >= _MOST:
            oldest = next(iter(self._open))
            self._open.pop(oldest)[0].close()


def _cookie(cookie: Cookie, scene: Scene) -> dict[str, Any]:
    return {"name": cookie.name, "value": cookie.value, "url": scene.world.base_url, "sameSite": "Lax"}


def _is_page(answer: Response) -> bool:
    return answer.request.is_navigation_request() and answer.frame.parent_frame is None
