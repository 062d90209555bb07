"""One browser and one client at an issuer: the steps that every module of the OpenID Connect plans shares.

    ask ──▶ authorization endpoint ──▶ pages of the issuer ──▶ our redirect URI
            (browser)                  (the person)             (Listener)
    redeem ─▶ token endpoint ──▶ ID token validated ──▶ userinfo

Each step holds the answer to what the specifications say of every answer; modules add what is theirs.
"""

import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.conformance.harness import answers, id_tokens
from tests.conformance.harness.issuers.roles import FIRST
from tests.conformance.harness.issuers.subject import BASIC, Subject
from tests.conformance.harness.listener import Arrival, Listener
from tests.conformance.harness.wire import HTTP

_PAGES = 6  # no sign-in leads over more


@dataclass(frozen=True)
class Completed:
    """A sign-in brought to its end. `pages` says which pages the person met."""

    sent: dict[str, str]
    code: str
    pages: tuple[str, ...]
    tokens: dict[str, Any]
    claims: dict[str, Any]


class Exchange:
    """One client, one browser. `mode` is the response mode of the plan: None for the default."""

    def __init__(self, subject: Subject, app: Listener, mode: str | None = None, client: str = FIRST) -> None:
        self.subject = subject
        self.client = subject.clients[client]
        self.browser = subject.browser()
        self._app = app
        self._mode = mode
        self._before = len(app.at(self.client.redirect_uri))

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters of an authorization request as the plans make it; None takes one out."""
        sound: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uri,
            "scope": "openid",
            "state": secrets.token_urlsafe(9),
            "nonce": secrets.token_urlsafe(9),
            "response_mode": self._mode,
        }
        return {name: value for name, value in (sound | changes).items() if value is not None}

    def open(self, sent: dict[str, str], method: str = "GET") -> None:
        """Send the browser from the app with a request; a page that only carries the answer back is passed on."""
        endpoint = self.subject.discovery["authorization_endpoint"]
        if method == "GET":
            self.browser.open(f"{endpoint}?{urlencode(sent)}")
        else:
            self.browser.open(self._app.origin)
            self.browser.post(endpoint, sent)
        self.browser.send_form_to(self.client.redirect_uri)

    def arrivals(self) -> list[Arrival]:
        """Return what has reached our redirect URI since this exchange began."""
        return self._app.at(self.client.redirect_uri)[self._before :]

    def answered(self, sent: dict[str, str], method: str = "GET") -> tuple[Arrival, tuple[str, ...]]:
        """Walk through the pages with the person until the app is reached; return what came and which pages there were.

        Where the request says `form_post`, the answer comes as a form and nothing of it stands in the address (OAuth
        2.0 Form Post Response Mode §2); otherwise in the query.
        """
        known = len(self.arrivals())
        pages: list[str] = []
        self.open(sent, method)
        while len(self.arrivals()) == known:
            assert len(pages) < _PAGES, pages
            pages.append(self.subject.step(self.browser))
            self.browser.send_form_to(self.client.redirect_uri)
        (arrival,) = self.arrivals()[known:]
        posted = sent.get("response_mode") == "form_post"
        assert arrival.method == ("POST" if posted else "GET")
        assert not (arrival.query if posted else arrival.form)
        return arrival, tuple(pages)

    def authorized(self, **changes: str | None) -> tuple[dict[str, str], str, tuple[str, ...]]:
        """Return the request, the code, and the pages on the way."""
        sent = self.request(**changes)
        arrival, pages = self.answered(sent)
        return sent, answers.authorized(self.subject, arrival, sent.get("state")), pages

    def refused(self, *errors: str, **changes: str | None) -> None:
        """The request comes back with one of these errors, and no page is shown on the way."""
        sent = self.request(**changes)
        arrival, pages = self.answered(sent)
        assert pages == ()
        answers.refused(self.subject, arrival, sent.get("state"), *errors)

    def completed(self, verifier: str | None = None, **changes: str | None) -> Completed:
        """Sign in and redeem the code; the ID token is validated."""
        sent, code, pages = self.authorized(**changes)
        told = answers.tokens(self.redeem(code, verifier))
        claims = id_tokens.validated(self.subject, self.client, told, sent.get("nonce"), sent)
        return Completed(sent, code, pages, told, claims)

    def redeem(self, code: str, verifier: str | None = None) -> httpx.Response:
        """Take a code to the token endpoint."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.client.redirect_uri}
        return self.token({**form, **({"code_verifier": verifier} if verifier else {})})

    def token(self, form: dict[str, str]) -> httpx.Response:
        """POST to the token endpoint as this client, by the method it is registered with (OIDC Core §9)."""
        me = (self.client.client_id, self.client.secret or "")
        endpoint = self.subject.discovery["token_endpoint"]
        if self.client.method == BASIC:
            return HTTP.post(endpoint, data=form, auth=me)
        return HTTP.post(endpoint, data={**form, "client_id": me[0], "client_secret": me[1]})

    def refresh(self, token: str, **more: str) -> httpx.Response:
        """Use a refresh token."""
        return self.token({"grant_type": "refresh_token", "refresh_token": token, **more})

    def userinfo(self, access_token: str) -> httpx.Response:
        """Ask for the person's claims with a bearer token in the header."""
        address = self.subject.discovery["userinfo_endpoint"]
        return HTTP.get(address, headers={"Authorization": f"Bearer {access_token}"})

    def person(self, done: Completed) -> dict[str, Any]:
        """Return the checked claims of the userinfo endpoint."""
        return answers.userinfo(self.userinfo(done.tokens["access_token"]), done.claims["sub"])
