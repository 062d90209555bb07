"""A browser without JavaScript that also reads pages of other people: placeholders for labels, forms for the app."""

import httpx
from lxml.html import HtmlElement

from tests.support.pages import PageVisitor

# Where the app of the suite is, as far as issuers and people know. FAPI 2.0 wants https, so a loopback will not do.
APP = "https://app.example"


class Browser(PageVisitor):
    """A person's browser (see `tests.support.pages`); for it, the name of the app leads to a listener of ours."""

    def __init__(self, base_url: str, listener: str) -> None:
        super().__init__(base_url)
        self._listener = listener

    def has_field(self, label: str) -> bool:
        """Return whether the page asks for this."""
        return bool(self._page.xpath("//label[contains(normalize-space(.), $label)]", label=label)) or bool(
            self._placeholders(label)
        )

    def has_button(self, words: str) -> bool:
        """Return whether the page has a button that says this."""
        return bool(self._page.xpath("//button[contains(normalize-space(.), $words)]", words=words))

    def shows(self, value: str) -> bool:
        """Return whether a field of the page is filled with this already."""
        return bool(self._page.xpath("//input[@value=$value][not(@type='hidden')]", value=value))

    @property
    def language(self) -> str | None:
        """The language the page says it is in."""
        found = self._page.xpath("/html/@lang")
        return str(found[0]) if found else None

    def send_form_to(self, address: str) -> bool:
        """Press the button of the form that goes to `address`; return False where the page has no such form.

        This is the form of OAuth 2.0 Form Post Response Mode §2, as somebody whose scripts are off sends it.
        """
        forms = [form for form in self._page.xpath("//form") if (form.get("action") or "").startswith(address)]
        if not forms:
            return False
        assert forms[0].method == "POST"
        assert forms[0].xpath(".//button|.//input[@type='submit']"), "no button: without scripts the person is stuck"
        self._go("POST", forms[0].get("action"), [(name, str(value)) for name, value in forms[0].form_values()])
        return True

    def post(self, address: str, fields: dict[str, str]) -> None:
        """Send a form of another site's page."""
        self._go("POST", address, list(fields.items()))

    def _send(self, method: str, address: str, fields: list[tuple[str, str]] | None, here: str) -> httpx.Response:
        if address.startswith(f"{APP}/"):
            address = self._listener + address.removeprefix(APP)
        answer = super()._send(method, address, fields, here)
        # These would have a browser send the same form on, password and all (RFC 9700 §4.12, FAPI 2.0 §5.3.2.2-10).
        assert answer.status_code not in {307, 308}, address
        return answer

    def _field(self, label: str) -> HtmlElement:
        found = self._placeholders(label)
        return found[0] if found else super()._field(label)

    def _placeholders(self, label: str) -> list[HtmlElement]:
        return list(self._page.xpath("//input[@placeholder=$label]", label=label))
