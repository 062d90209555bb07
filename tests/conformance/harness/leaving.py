"""Signing out through an app: what the RP-initiated and the back-channel logout plans share."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.conformance.harness import answers
from tests.conformance.harness.exchange import Completed, Exchange
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Arrival, Listener

# What is told where a page would be needed and none may be shown (OIDC Core §3.1.2.6).
NEEDS_A_PAGE = ("login_required", "interaction_required", "consent_required", "account_selection_required")


@dataclass(frozen=True)
class Guest:
    """Somebody who is signed in to an app, and about to leave."""

    exchange: Exchange
    done: Completed
    app: Listener

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return a request to sign out as the plans make it, with a long state; None takes a parameter out."""
        sound: dict[str, str | None] = {
            "id_token_hint": self.done.tokens["id_token"],
            "post_logout_redirect_uri": self.exchange.client.landing,
            "state": secrets.token_hex(64),
        }
        return {name: value for name, value in (sound | changes).items() if value is not None}

    def leave(self, sent: dict[str, str]) -> list[Arrival]:
        """Send the browser to the end-session endpoint and say yes where asked; return what reached the app.

        Whatever was asked, a page of the issuer or the app's own address is the end of it.
        """
        known = len(self._landed())
        endpoint = self.exchange.subject.discovery["end_session_endpoint"]
        self.exchange.browser.open(f"{endpoint}?{urlencode(sent)}")
        self.exchange.subject.confirm_sign_out(self.exchange.browser)
        self.exchange.subject.settle()
        return self._landed()[known:]

    def is_gone(self) -> None:
        """Nobody is signed in on this browser any more: `prompt=none` is refused."""
        self.exchange.refused(*NEEDS_A_PAGE, prompt="none")

    def stays_here(self, sent: dict[str, str], *, question: bool = True) -> None:
        """The issuer says what is wrong, or asks where `question` is allowed, and never goes to the app.

        Nobody is signed out before they have said yes.
        """
        before, browser = len(self.app.arrivals), self.exchange.browser
        browser.open(f"{self.exchange.subject.discovery['end_session_endpoint']}?{urlencode(sent)}")
        assert browser.address.startswith(self.exchange.subject.issuer)
        if browser.answer.status_code == 200 and question:
            assert self.exchange.subject.confirm_sign_out(browser), browser.text
        else:
            answers.kept_here(self.exchange.subject, browser)
        # A logout token of the back channel may come; the browser may not.
        told = self.app.at(self.exchange.client.signed_out)
        assert [one for one in self.app.arrivals[before:] if one not in told] == []

    def _landed(self) -> list[Arrival]:
        return self.app.at(self.exchange.client.landing)


def arrive(subject: Subject, app: Listener) -> Guest:
    """Sign somebody in to the first app."""
    exchange = Exchange(subject, app)
    return Guest(exchange, exchange.completed(), app)
