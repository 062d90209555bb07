"""What passkeys.js does, over plain HTTP and with an authenticator in software behind it."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from tests.support.authenticator import Authenticator
from tests.support.pages import PageVisitor

MAKE = "/account/methods/passkeys"
ENROL = "/login/enrol/passkey"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Script:
    """The script on the page that a visitor has open."""

    def __init__(self, visitor: PageVisitor, device: Authenticator) -> None:
        self.visitor = visitor
        self.device = device

    def send(self, address: str, body: Any, **headers: str) -> httpx.Response:
        """POST JSON with the token of the page, as `fetch` does; redirects are not followed."""
        token = TOKEN.search(self.visitor.answer.text)
        given = {
            "Origin": self.visitor._base,
            "Sec-Fetch-Site": "same-origin",
            "X-CSRF-Token": token.group(1) if token else "",
            "Accept-Language": self.visitor._http.headers["Accept-Language"],
            **headers,
        }
        query = urlsplit(self.visitor.address).query
        target = urljoin(self.visitor._base, address) + (f"?{query}" if query else "")
        return self.visitor._http.post(target, json=body, headers=given)

    def options(self) -> dict[str, Any]:
        """What the browser is to ask its person for."""
        answer = self.send("/login/passkey/options", {})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def use(self) -> httpx.Response:
        """Use the newest passkey on the page that is open."""
        return self.send("/login/passkey", self.device.get(self.options()))

    def sign_in(self, address: str = "/login") -> httpx.Response:
        """Open sign-in, use the newest passkey, go where the answer says."""
        self.visitor.open(address)
        return self.follow(self.use())

    def make(self, at: str = MAKE) -> httpx.Response:
        """Make a passkey on the page at this address, and go where the answer says."""
        path = urlsplit(self.visitor.address).path
        if path != at:
            self.visitor.open(at)
        answer = self.send(f"{at}/options", {})
        assert answer.status_code == 200, answer.text
        return self.follow(self.send(f"{at}/made", self.device.create(answer.json())))

    def follow(self, answer: httpx.Response) -> httpx.Response:
        """Open where a good answer leads."""
        if answer.status_code == 200:
            self.visitor.open(answer.json()["next"])
        return answer
