"""A person at a browser without JavaScript: reads pages, fills what labels name, presses what buttons say.

The same verbs are spoken by `tests.support.chromium`, so one story runs over plain HTTP and in a real browser.
"""

import re
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html
from lxml.html import FormElement, HtmlElement

_REDIRECTS = 15
_TRUSTED = httpx.create_ssl_context()  # made once: reading the list of authorities takes longer than most pages


class Visitor(Protocol):
    """What a person can do, whatever stands behind it."""

    def open(self, address: str) -> None:
        """Go to an address, absolute or a path of the suite."""
        ...

    def fill(self, label: str, value: str) -> None:
        """Type into the field with this label, replacing what was there."""
        ...

    def choose(self, label: str) -> None:
        """Pick the radio button or tick the box with this label."""
        ...

    def untick(self, label: str) -> None:
        """Take the tick out of the box with this label."""
        ...

    def press(self, button: str) -> None:
        """Press the button that says this."""
        ...

    def follow(self, link: str) -> None:
        """Follow the link that says this."""
        ...

    def leads_to(self, link: str) -> str:
        """Return where the link that says this leads."""
        ...

    @property
    def text(self) -> str:
        """The words of the page's main part, white space folded."""
        ...

    @property
    def address(self) -> str:
        """The address of the page."""
        ...


class PageVisitor:
    """The person over plain HTTP."""

    def __init__(self, base_url: str, language: str = "en") -> None:
        self._base = base_url
        # No connection is kept: a visitor needs no closing, and leaves no socket behind when a test forgets it.
        self._http = httpx.Client(
            follow_redirects=False,
            timeout=20,
            verify=_TRUSTED,
            headers={"Accept-Language": language},
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._typed: dict[str, str | bool] = {}
        self._page: HtmlElement = html.fromstring("<html><body></body></html>")
        self.answer = httpx.Response(200)
        self.visited: list[str] = []
        self.stop_at = "\n"  # an address prefix at which redirects are not followed (an app that is not there)

    @property
    def address(self) -> str:
        """See Visitor."""
        return str(self.answer.url) if self.visited else self._base

    @property
    def text(self) -> str:
        """See Visitor."""
        main = self._page.xpath("//main")
        return _folded((main[0] if main else self._page).text_content())

    @property
    def cookies(self) -> httpx.Cookies:
        """What the browser keeps."""
        return self._http.cookies

    def open(self, address: str) -> None:
        """See Visitor."""
        self._go("GET", urljoin(self._base, address), None)

    def fill(self, label: str, value: str) -> None:
        """See Visitor."""
        self._typed[self._name_of(self._field(label))] = value

    def choose(self, label: str) -> None:
        """See Visitor."""
        field = self._field(label)
        if field.get("type") == "radio":
            for other in field.xpath("ancestor::form[1]//input[@type='radio'][@name=$name]", name=field.get("name")):
                other.attrib.pop("checked", None)
        field.set("checked", "checked")

    def untick(self, label: str) -> None:
        """See Visitor."""
        self._field(label).attrib.pop("checked", None)

    def press(self, button: str) -> None:
        """See Visitor."""
        chosen = self._one(_best(self._page.xpath("//button|//input[@type='submit']"), button), f"button {button!r}")
        form = chosen.xpath("ancestor::form[1]")[0]
        fields = self._values(form)
        if chosen.get("name"):
            fields.append((chosen.get("name"), chosen.get("value", "")))
        target = urljoin(self.address, chosen.get("formaction") or form.get("action") or self.address)
        if (form.get("method") or "get").lower() == "get":
            self._go("GET", str(httpx.URL(target).copy_merge_params(fields)), None)
        else:
            self._go("POST", target, fields)

    def follow(self, link: str) -> None:
        """See Visitor."""
        chosen = self._one(_best(self._page.xpath("//a[@href]"), link), f"link {link!r}")
        self._go("GET", urljoin(self.address, chosen.get("href")), None)

    def leads_to(self, link: str) -> str:
        """See Visitor."""
        chosen = self._one(_best(self._page.xpath("//a[@href]"), link), f"link {link!r}")
        return urljoin(self.address, chosen.get("href"))

    def links(self) -> list[str]:
        """The addresses of every link on the page, absolute."""
        return [urljoin(self.address, a.get("href")) for a in self._page.xpath("//a[@href]")]

    def _go(self, method: str, address: str, fields: list[tuple[str, str]] | None) -> None:
        here = self.address
        for _ in range(_REDIRECTS):
            self.answer = self._send(method, address, fields, here)
            assert self.answer.status_code != 500, f"{method} {address}: {self.answer.text[:2000]}"
            self.visited.append(f"{method} {address}")
            here = address
            if self.answer.is_redirect:
                method, address, fields = "GET", urljoin(address, self.answer.headers["Location"]), None
                if address.startswith(self.stop_at):
                    self.visited.append(f"{method} {address}")
                    return
                continue
            self._read()
            refresh = self._page.xpath("//meta[translate(@http-equiv,'REFSH','refsh')='refresh']/@content")
            if not refresh:
                return
            method, address, fields = "GET", urljoin(address, refresh[0].split("url=", 1)[1]), None
        raise AssertionError(f"more than {_REDIRECTS} redirects, last to {address}: {self.visited[-6:]}")

    def _send(self, method: str, address: str, fields: list[tuple[str, str]] | None, here: str) -> httpx.Response:
        if method == "GET":
            return self._http.get(address, headers={"Accept": "text/html"})
        parts = urlsplit(here)
        origin = f"{parts.scheme}://{parts.netloc}"
        site = "same-origin" if address.startswith(origin + "/") else "cross-site"
        body: dict[str, list[str]] = {}
        for name, value in fields or []:
            body.setdefault(name, []).append(value)
        headers = {"Accept": "text/html", "Origin": origin, "Sec-Fetch-Site": site}
        return self._http.post(address, data=body, headers=headers)

    def _read(self) -> None:
        self._typed = {}
        content = self.answer.text if "html" in self.answer.headers.get("Content-Type", "") else ""
        self._page = html.fromstring(content or f"<html><body><main>{self.answer.text}</main></body></html>")

    def _field(self, label: str) -> HtmlElement:
        chosen = self._one(_best(self._page.xpath("//label"), label), f"label {label!r}")
        target = chosen.get("for")
        fields = (
            self._page.xpath("//*[@id=$id]", id=target) if target else chosen.xpath(".//input|.//select|.//textarea")
        )
        return self._one(fields, f"field of label {label!r}")

    @staticmethod
    def _name_of(field: HtmlElement) -> str:
        return str(field.get("name"))

    def _values(self, form: FormElement) -> list[tuple[str, str]]:
        found = [(name, str(value)) for name, value in form.form_values() if name not in self._typed]
        names = {field.get("name") for field in form.xpath(".//input|.//textarea|.//select")}
        return found + [(name, str(value)) for name, value in self._typed.items() if name in names]

    def _one(self, found: list[HtmlElement], what: str) -> HtmlElement:
        if not found:
            raise AssertionError(
                f"no {what} at {self.address} ({self.answer.status_code}); the page says: {self.text[:1500]}"
            )
        return found[0]


def _best(elements: list[HtmlElement], words: str) -> list[HtmlElement]:
    """Return those that say exactly this, or else those that contain it."""
    said = [(element, _words_of(element).lower()) for element in elements]
    exact = [element for element, text in said if text == words.lower()]
    return exact or [element for element, text in said if words.lower() in text]


def _words_of(element: HtmlElement) -> str:
    return _folded(element.text_content()) or str(element.get("value", "") or element.get("aria-label", ""))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
